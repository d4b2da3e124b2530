// JSON as a tree to open and close. A click on a line copies its path, as `--set` takes it.

import { copy } from "./actions.js";
import { h } from "./dom.js";
import { LIST, OBJECT } from "./json.js";
import { show as showLines } from "./lines.js";
import { scalar, valueOf } from "./pretty.js";

/** Lines that are open at the start. */
const OPEN_AT_FIRST = 400;
const DEEPEST = 24;

export function show(values, into) {
  const open = atFirst(values);
  let lines = [];
  let chosen = 0;
  let drawn;

  const isContainer = (value) => values.kind[value] === OBJECT || values.kind[value] === LIST;
  const canOpen = (value) => isContainer(value) && values.children[value] > 0;

  function lay() {
    lines = [];
    const after = [];
    for (let value = 0; value < values.count; ) {
      while (after.length && after.at(-1) <= value) after.pop();
      lines.push([value, after.length]);
      if (canOpen(value) && open.has(value)) {
        after.push(values.after[value]);
        value += 1;
      } else {
        value = values.after[value];
      }
    }
  }

  function draw(focus) {
    lay();
    chosen = Math.min(chosen, lines.length - 1);
    const scroll = drawn?.lines.scrollTop;
    drawn = showLines(into, {
      count: lines.length,
      characters: lines.length * 60,
      label: "Body as a tree",
      kind: "tree",
      attributes: {
        role: "tree",
        tabindex: "0",
        "aria-label": "Body as a tree",
        "aria-activedescendant": `node-${lines[chosen][0]}`,
        onkeydown: keys,
      },
      make: line,
    });
    if (scroll) drawn.lines.scrollTop = scroll;
    if (focus) drawn.lines.focus({ preventScroll: true });
  }

  function line(index) {
    const [value, depth] = lines[index];
    const key = values.key(value);
    const path = () => values.path(value) || "the whole body";
    const isOpen = open.has(value);
    const content = [];
    if (key !== null) content.push(h("span", { class: "key" }, scalar(JSON.parse(key).match(/^[\w$-]+$/) ? key.slice(1, -1) : key)), ": ");
    else if (values.parent[value] >= 0) content.push(h("span", { class: "index" }, `${values.index[value]}`), ": ");
    if (isContainer(value)) content.push(summary(value, isOpen));
    else content.push(valueOf(values, value));
    const toggle = canOpen(value)
      ? h("span", { class: "toggle", onclick: (event) => (event.stopPropagation(), flip(value)) }, isOpen ? "▾" : "▸")
      : h("span", { class: "toggle" });
    const item = h(
      "div",
      {
        class: "line",
        role: "treeitem",
        id: `node-${value}`,
        "aria-level": depth + 1,
        "aria-expanded": canOpen(value) ? String(isOpen) : null,
        "aria-selected": String(index === chosen),
        title: "Copy the path",
        onclick: () => {
          choose(index);
          if (!getSelection().toString()) copy(values.path(value), `path ${path()}`);
        },
      },
      toggle,
      h("span", { class: "text" }, content),
    );
    item.style.paddingLeft = `${Math.min(depth, DEEPEST) * 1.25}em`;
    return item;
  }

  function summary(value, isOpen) {
    const isObject = values.kind[value] === OBJECT;
    const several = values.children[value];
    if (several === 0) return isObject ? "{}" : "[]";
    const words = isObject ? (several === 1 ? "field" : "fields") : several === 1 ? "item" : "items";
    const brackets = isObject ? ["{", "}"] : ["[", "]"];
    const text = `${several.toLocaleString("en")} ${words}`;
    return [`${brackets[0]} `, h("span", { class: "several" }, text), isOpen ? null : ` ${brackets[1]}`];
  }

  function choose(index) {
    chosen = index;
    for (const item of drawn.lines.querySelectorAll('[aria-selected="true"]')) item.setAttribute("aria-selected", "false");
    const id = `node-${lines[index][0]}`;
    drawn.rows?.show(index);
    const item = drawn.lines.querySelector(`#${id}`);
    item?.setAttribute("aria-selected", "true");
    if (!drawn.rows) item?.scrollIntoView({ block: "nearest" });
    drawn.lines.setAttribute("aria-activedescendant", id);
  }

  function flip(value, to = !open.has(value)) {
    if (to) open.add(value);
    else open.delete(value);
    draw(true);
  }

  function keys(event) {
    const [value] = lines[chosen];
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -lines.length, End: lines.length };
    if (event.key in moves) {
      choose(Math.min(Math.max(chosen + moves[event.key], 0), lines.length - 1));
    } else if (event.key === "ArrowRight" && canOpen(value)) {
      if (open.has(value)) choose(chosen + 1);
      else flip(value, true);
    } else if (event.key === "ArrowLeft") {
      const up = values.parent[value];
      if (canOpen(value) && open.has(value)) flip(value, false);
      else if (up >= 0) choose(lines.findIndex(([other]) => other === up));
    } else if (event.key === "Enter" || event.key === " ") {
      copy(values.path(value), `path ${values.path(value) || "of the whole body"}`);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  draw(false);
}

/** What is open at the start: as much as fits, level by level. */
function atFirst(values) {
  const open = new Set();
  let lines = 1;
  let level = values.count > 0 ? [0] : [];
  while (level.length) {
    const next = [];
    for (const value of level) {
      if (values.children[value] === 0 || lines + values.children[value] > OPEN_AT_FIRST) continue;
      lines += values.children[value];
      open.add(value);
      for (let child = value + 1; child < values.after[value]; child = values.after[child]) next.push(child);
    }
    level = next;
  }
  return open;
}
