// The keyboard.

import { say, remove, togglePin } from "./actions.js";
import { byId } from "./dom.js";
import { back, copyCurl, current, open, openTab, tabNumber } from "./detail.js";
import { openHelp } from "./help.js";
import { edge, focusFilter, narrow, step } from "./list.js";
import { choose, model, pause, tell } from "./model.js";
import { openPolicy } from "./policy.js";
import { openSend } from "./send.js";

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  g: () => edge(false),
  G: () => edge(true),
  "/": focusFilter,
  Enter: enter,
  Escape: escape,
  r: () => openTab("replay"),
  c: copyCurl,
  d: compare,
  p: () => current() && togglePin(current().id, !current().pinned),
  x: () => current() && remove(current().id),
  " ": () => pause(!model.isPaused),
  s: openSend,
  a: openPolicy,
  "?": openHelp,
};

export function start() {
  document.addEventListener("keydown", pressed);
  byId("rows").addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (by) step(by);
    else if (event.key === "Home" || event.key === "End") edge(event.key === "End");
    else return;
    event.preventDefault();
  });
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (target.closest("input, textarea, select")) {
    if (key === "Escape") target.blur();
    return;
  }
  const isControl = target.closest("button, a, summary, [role=tab]");
  if (isControl && (key === "Enter" || key === " ")) return;
  if (/^[1-9]$/.test(key)) tabNumber(Number(key));
  else if (key in KEYS) KEYS[key]();
  else return;
  event.preventDefault();
}

function enter() {
  if (!model.chosen) step(0);
  if (!model.chosen) return;
  open();
  byId("panel")?.focus();
}

function escape() {
  if (narrow() || byId("detail").contains(document.activeElement)) back();
  else if (model.marked) {
    model.marked = null;
    tell("chosen", {});
  } else choose(null);
}

/** Compares with the one that was marked, or marks this one. */
function compare() {
  const id = model.chosen;
  if (!id) return;
  if (model.marked && model.marked !== id) {
    openTab("compare");
    return;
  }
  model.marked = model.marked === id ? null : id;
  tell("marked");
  say(model.marked ? "Marked. Choose another and press d to compare them." : "No longer marked.");
}
