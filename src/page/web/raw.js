// Text as it came, with the place marked where it stops to be JSON.

import { h } from "./dom.js";
import { columns, show as showLines } from "./lines.js";
import { shown } from "./text.js";

/** Shows a text. Gives a function that brings the marked place into sight. */
export function show(text, into, marked = -1) {
  const lines = split(text, into);
  const place = marked == null || marked < 0 ? -1 : lines.findIndex(({ end }) => marked < end);
  const markedLine = marked >= 0 && place < 0 ? lines.length - 1 : place;
  const { reveal } = showLines(into, {
    count: lines.length,
    characters: text.length,
    label: "Body",
    kind: "raw",
    make: (index) => line(text, lines[index], index === markedLine ? marked : -1),
  });
  return { reveal: () => reveal(markedLine) };
}

function line(text, { start, end, number }, marked) {
  const content = [];
  const until = text[end - 1] === "\n" ? end - 1 : end;
  if (marked < 0) {
    content.push(shown(text.slice(start, until), { keep: "\t" }));
  } else {
    const width = text.codePointAt(marked) > 0xffff ? 2 : 1;
    const at = Math.min(marked, until);
    content.push(
      shown(text.slice(start, at), { keep: "\t" }),
      h("mark", {}, shown(text.slice(at, Math.min(at + width, until)) || "⏎")),
      shown(text.slice(Math.min(at + width, until), until), { keep: "\t" }),
    );
  }
  return h("div", { class: "line" }, h("span", { class: "number", "aria-hidden": "true" }, number), h("span", { class: "text" }, content));
}

/** The lines of a text. Of a long text, those that would not fit are cut into several. */
function split(text, into) {
  const isLong = text.length > 200_000;
  const width = isLong ? columns(into) : 4_000;
  const lines = [];
  let number = 1;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found + 1;
    for (let from = start, isFirst = true; from < end; isFirst = false) {
      let to = Math.min(from + width, end);
      // Halves of pairs stay together.
      const code = text.charCodeAt(to - 1);
      if (to < end && code >= 0xd800 && code <= 0xdbff) to += 1;
      lines.push({ start: from, end: to, number: isFirst ? String(number) : "" });
      from = to;
    }
    number += 1;
    start = end;
  }
  if (lines.length === 0) lines.push({ start: 0, end: 0, number: "1" });
  return lines;
}
