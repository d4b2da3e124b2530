// The keys.

import { dialog } from "./actions.js";
import { h } from "./dom.js";

const KEYS = [
  ["j  k", "the next and the one before"],
  ["g  G", "the newest, the oldest that is read"],
  ["Enter", "into the delivery"],
  ["Esc", "back to the list"],
  ["/", "filter"],
  ["1 … 8", "body, headers, signature, answer, attempts, copy as, replay, compare"],
  ["r", "replay"],
  ["c", "copy as a curl command"],
  ["d", "compare: with the one that was marked, else mark it"],
  ["p", "pin, unpin"],
  ["x", "delete"],
  ["Space", "pause, go on"],
  ["s", "send an event"],
  ["a", "change the answers"],
  ["?", "this"],
];

export function openHelp() {
  dialog("Keys", () => [
    h("dl", { class: "keys" }, KEYS.map(([keys, about]) => [h("dt", {}, keys.split("  ").map((key) => h("kbd", {}, key))), h("dd", {}, about)])),
    h("h3", {}, "Filter"),
    h(
      "p",
      {},
      "Conditions with spaces between, all of which must hold, as in ",
      h("code", {}, "provider=ken event=lead_* verdict!=valid path~/webhooks"),
      ". Fields are provider, event, path, verdict, method, id, duplicate and text. ",
      h("code", {}, "="),
      " takes ",
      h("code", {}, "*"),
      " for any text, ",
      h("code", {}, "~"),
      " finds a part, ",
      h("code", {}, "!"),
      " turns either round, and a comma stands between alternatives. It is the language of ",
      h("code", {}, "listen --filter"),
      ", and the address bar holds it.",
    ),
  ]);
}
