// Lines of text or of values: few stand as they are, wrap and can be searched in the browser; of many, only those in
// sight exist.

import { h } from "./dom.js";
import { Virtual } from "./virtual.js";

/** Lines that stand as they are. */
const FEW = 1_500;
/** Characters of all of them together. */
const SHORT = 200_000;
/** Height of a line among many, in pixels. */
const HEIGHT = 20;
/** Most characters of one line that are shown where it does not wrap. */
export const LONGEST = 2_000;

/** Shows `count` lines; `make(index)` makes one. `characters` is how many they have in all, roughly. Gives a function
 * that brings a line into sight. */
export function show(into, { count, characters, make, label, kind, attributes = {} }) {
  if (count <= FEW && characters <= SHORT) {
    const lines = h("div", { class: `lines ${kind} flow`, ...attributes });
    for (let index = 0; index < count; index += 1) lines.append(make(index));
    into.replaceChildren(lines);
    return { lines, reveal: (index) => lines.children[index]?.scrollIntoView({ block: "center" }) };
  }
  const lines = h("div", { class: `lines ${kind} many`, tabindex: "0", "aria-label": label, role: "group", ...attributes });
  into.replaceChildren(lines);
  const rows = new Virtual(lines, HEIGHT, make);
  rows.refresh(count);
  return { lines, rows, reveal: (index) => rows.show(index, { middle: true }) };
}

/** How many characters fit into a line of an element. */
export function columns(element) {
  const probe = h("span", { class: "probe" }, "0".repeat(50));
  element.append(probe);
  const width = probe.getBoundingClientRect().width / 50 || 8;
  probe.remove();
  return Math.max(20, Math.floor((element.clientWidth - 40) / width));
}
