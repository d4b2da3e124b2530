// What stands in the place of a delivery while none is chosen: how to get one.

import { button, h } from "./dom.js";
import { command } from "./commands.js";
import { model } from "./model.js";
import { openSend } from "./send.js";

export function welcome() {
  const { session } = model;
  if (!session) return h("div", { class: "welcome" });
  const { url, example, forward, quoted } = session;
  const trust = quoted.certificate ? ` --cacert ${quoted.certificate}` : "";
  const provider = example?.split("/")[0];
  const send = example ? `hookctl send ${quoted.example} --to ${url}/webhooks/${provider}${trust}` : null;
  const curl = `curl${trust} --json '{"hello":"world"}' ${url}/test`;
  const isEmpty = model.rows.length === 0 && !model.query;
  return h(
    "div",
    { class: "welcome" },
    h("h2", {}, isEmpty ? "Waiting for the first delivery" : "Choose a delivery"),
    h(
      "p",
      {},
      isEmpty
        ? "Whatever is sent to this URL appears here by itself, with its verdict."
        : "Deliveries appear in the list by themselves. One click shows all of one.",
    ),
    h("p", { class: "big-url" }, command(url)),
    forward.length ? h("p", { class: "faint" }, `Each is passed on to ${forward.join(", ")}.`) : null,
    h("h3", {}, "Try it"),
    h(
      "dl",
      { class: "tries" },
      send ? [h("dt", {}, "A signed event"), h("dd", {}, command(send))] : null,
      h("dt", {}, "Anything at all"),
      h("dd", {}, command(curl)),
      h("dt", {}, "Or from here"),
      h("dd", {}, button("Send an event …", openSend, { class: "primary" })),
    ),
    h("p", { class: "faint" }, "Press ", h("kbd", {}, "?"), " for the keys."),
  );
}
