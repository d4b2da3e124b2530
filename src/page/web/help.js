// The keys.

import { dialog } from "./actions.js";
import { h } from "./dom.js";
import { model } from "./model.js";

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
      "Conditions with spaces between them, all of which must hold, as in ",
      h("code", {}, "provider=ken event=lead_* verdict!=valid path~/webhooks"),
      ". ",
      h("code", {}, "="),
      " takes ",
      h("code", {}, "*"),
      " for any text, ",
      h("code", {}, "~"),
      " finds a part, ",
      h("code", {}, "< <= > >="),
      " compare, ",
      h("code", {}, "!"),
      " turns a condition round, and a comma separates alternatives. A word alone, or a phrase in double quotes, is searched for in everything. It is the language of ",
      h("code", {}, "listen --filter"),
      " and ",
      h("code", {}, "history --filter"),
      ", and the address bar holds it.",
    ),
    h("dl", { class: "keys" }, (model.session?.fields ?? []).map(({ example, about }) => [h("dt", {}, h("code", {}, example)), h("dd", {}, about)])),
  ]);
}
