// Commands to copy.

import { copy } from "./actions.js";
import { button, h } from "./dom.js";
import { model } from "./model.js";
import { shown } from "./text.js";

/** What a command of this listener's history needs beside itself. */
export function withStore(text) {
  const file = model.session?.quoted.store;
  return file ? text.replace(/^hookctl /, () => `hookctl --store ${file} `) : text;
}

/** A command with a button that copies it. */
export function command(text) {
  const whole = withStore(text);
  const copies = button("Copy", () => copy(whole, "command"), { "aria-label": `Copy: ${whole}` });
  return h("span", { class: "command" }, h("code", {}, shown(whole)), copies);
}
