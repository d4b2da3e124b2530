// JSON over several lines, each value as it was written.

import { h } from "./dom.js";
import { LIST, NUMBER, OBJECT, STRING } from "./json.js";
import { LONGEST, show as showLines } from "./lines.js";
import { shown } from "./text.js";

/** Deepest indentation, in steps: beyond, lines would leave the screen. */
const DEEPEST = 40;

export function show(values, into) {
  const lines = lay(values);
  showLines(into, {
    count: lines.length,
    characters: values.text.length + lines.length * 4,
    label: "Body, printed prettily",
    kind: "pretty",
    make: (index) => line(values, lines[index], index),
  });
}

/** The lines: a value, how deep it lies, and whether the line ends it. */
function lay(values) {
  const lines = [];
  const open = [];
  const { kind, children, after, count } = values;
  for (let value = 0; value < count; value += 1) {
    while (open.length && after[open.at(-1)] <= value) {
      const closed = open.pop();
      lines.push([closed, open.length, true]);
    }
    lines.push([value, open.length, false]);
    if ((kind[value] === OBJECT || kind[value] === LIST) && children[value] > 0) open.push(value);
  }
  while (open.length) {
    const closed = open.pop();
    lines.push([closed, open.length, true]);
  }
  return lines;
}

function line(values, [value, depth, isEnd], index) {
  const { kind, children, parent } = values;
  const up = parent[value];
  const comma = up >= 0 && values.index[value] < children[up] - 1 ? "," : "";
  const content = [];
  const key = isEnd ? null : values.key(value);
  if (key !== null) content.push(h("span", { class: "key" }, scalar(key)), ": ");
  if (kind[value] === OBJECT || kind[value] === LIST) {
    const [from, to] = kind[value] === OBJECT ? "{}" : "[]";
    if (isEnd) content.push(to, comma);
    else content.push(from, children[value] === 0 ? [to, comma] : null);
  } else {
    content.push(valueOf(values, value), comma);
  }
  const text = h("span", { class: "text" }, content.flat());
  text.style.paddingLeft = `${Math.min(depth, DEEPEST) * 1.25}em`;
  return h("div", { class: "line" }, h("span", { class: "number", "aria-hidden": "true" }, String(index + 1)), text);
}

/** A value that holds no others, in its colour. */
export function valueOf(values, value) {
  const kind = values.kind[value];
  const name = kind === STRING ? "string" : kind === NUMBER ? "digits" : "word";
  return h("span", { class: name }, scalar(values.written(value)));
}

/** The start of a text, if it is long. */
export function scalar(text) {
  if (text.length <= LONGEST) return shown(text);
  return [...shown(text.slice(0, LONGEST)), h("span", { class: "cut" }, ` … ${(text.length - LONGEST).toLocaleString("en")} more`)];
}
