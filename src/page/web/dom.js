// Elements, made without markup: whatever is passed as a child or as text stays text.

import { prose } from "./text.js";

/** Makes an element. Attributes that start with `on` are listeners, `true` is an attribute without a value, and
 * `false`, `null` and `undefined` leave one out. Children are nodes, texts, or lists of these. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  put(element, children);
  return element;
}

function put(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) put(element, child);
    else if (child != null && child !== false) element.append(child);
  }
}

/** Puts these in place of all that an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  put(element, children);
  return element;
}

export const byId = (id) => document.getElementById(id);

/** A button. */
export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", ...attributes, onclick }, label);
}

let last = 0;
/** A name that nothing else on the page has. */
export function freshId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** A label with its control below it, and what is worth knowing about it. */
export function field(label, control, about) {
  control.id ||= freshId("field");
  const note = about ? h("small", { id: freshId("about") }, prose(about)) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, prose(label)), control, note);
}

/** A checkbox with its label behind it. */
export function checkbox(label, attributes = {}) {
  const input = h("input", { type: "checkbox", id: freshId("box"), ...attributes });
  return { input, element: h("div", { class: "checkbox" }, input, h("label", { for: input.id }, label)) };
}

/** A choice of a few, as buttons of which one is pressed. */
export function choice(label, options, chosen, pick) {
  const buttons = options.map(([value, text]) =>
    button(text, () => choose(value), { "aria-pressed": String(value === chosen), "data-value": value }),
  );
  function choose(value) {
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.value === value));
    pick(value);
  }
  return h("div", { class: "choice", role: "group", "aria-label": label }, buttons);
}

/** A field for what is written to the letter. */
export function written(tag, attributes) {
  return h(tag, { class: "mono", autocomplete: "off", spellcheck: "false", ...attributes });
}

/** What is at the start and at the end of a line. */
export const bar = (start, end) => h("div", { class: "bar" }, start, h("span", { class: "bar-end" }, end));

/** That there is nothing, and why. */
export const nothing = (...text) => h("p", { class: "nothing" }, text);

/** Fields beside one another. */
export const beside = (...fields) => h("div", { class: "field-row" }, fields);

/** What sends a form. */
export const submit = (label, ...more) =>
  h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, label), more);

/** A text over several lines. */
export const pre = (label, name = "code") => h("pre", { class: name, role: "group", tabindex: "0", "aria-label": label });

/** A table with names above its columns. */
export const grid = (names, rows) =>
  h(
    "table",
    { class: "grid" },
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))),
  );

/** A list to choose from; each option is `[value, text]`. */
export function select(options, chosen, attributes = {}) {
  const list = h("select", attributes);
  for (const [value, text] of options) {
    list.append(h("option", { value, selected: value === chosen }, text));
  }
  return list;
}
