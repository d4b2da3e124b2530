// The chosen delivery: its head, and a tab for each side of it.

import * as api from "./api.js";
import * as answer from "./answer.js";
import * as attempts from "./attempts.js";
import * as body from "./body.js";
import * as code from "./code.js";
import * as compare from "./compare.js";
import * as headers from "./headers.js";
import * as replay from "./replay.js";
import * as signature from "./signature.js";
import { copy, exports, remove, togglePin } from "./actions.js";
import { button, byId, fill, h } from "./dom.js";
import { duration, full, size } from "./format.js";
import { badge, narrow } from "./list.js";
import { choose, model, on } from "./model.js";
import { bdi, plain, prose, shown } from "./text.js";
import { welcome } from "./welcome.js";

export const TABS = [
  ["body", "Body", body.show],
  ["headers", "Headers", headers.show],
  ["signature", "Signature", signature.show],
  ["answer", "Answer", answer.show],
  ["attempts", "Attempts", attempts.show],
  ["copy", "Copy as", code.show],
  ["replay", "Replay", replay.show],
  ["compare", "Compare", compare.show],
];

const pane = byId("detail");
let tab = "body";
let capture = null;
let panel = null;
let loading = 0;

export function start() {
  on("chosen", (how) => load(how));
  on("focus", (how) => {
    if (how.tab) openTab(how.tab);
    if (how.open) open();
  });
  on("gone", ({ id, place }) => {
    if (id !== model.chosen) return;
    if (narrow()) back();
    choose((model.rows[place] ?? model.rows.at(-1))?.id ?? null);
  });
  on("pinned", ({ id, pinned }) => {
    if (capture?.id === id) {
      capture.pinned = pinned;
      showHead();
    }
  });
  on("session", () => {
    if (!capture) rest();
  });
}

/** On a narrow screen, the delivery takes the place of the list. */
export function open() {
  document.body.dataset.view = "detail";
  if (narrow()) pane.focus();
}

export function back() {
  document.body.dataset.view = "list";
  byId("rows").focus();
}

async function load(how = {}) {
  loading += 1;
  const mine = loading;
  if (how.tab) tab = how.tab;
  if (!model.chosen) return rest();
  if (how.open) open();
  try {
    const found = await api.get(`/api/captures/${model.chosen}`);
    if (mine !== loading) return;
    capture = found;
    build();
  } catch (refused) {
    if (mine !== loading) return;
    capture = null;
    fill(pane, backButton(), h("div", { class: "sorry" }, h("p", {}, shown(refused.message))));
  }
  tellAddress();
}

function rest() {
  capture = null;
  fill(pane, welcome());
  tellAddress();
}

/** The address leads back to what is shown. */
function tellAddress() {
  const hash = model.chosen ? `#${model.chosen}/${tab}` : " ";
  const query = model.query ? `?${new URLSearchParams({ q: model.query })}` : location.pathname;
  history.replaceState(null, "", `${query}${hash.trim()}`);
}
on("query", tellAddress);

let head;
let list;

function build() {
  head = h("div", { class: "head" });
  list = h("div", { class: "tabs", role: "tablist", "aria-label": "Sides of the delivery", onkeydown: arrows });
  panel = h("div", { class: "panel", role: "tabpanel", id: "panel", tabindex: "0" });
  for (const [index, [name, label]] of TABS.entries()) {
    list.append(
      h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          "aria-controls": "panel",
          "aria-keyshortcuts": String(index + 1),
          onclick: () => openTab(name),
        },
        label,
        h("kbd", { "aria-hidden": "true" }, String(index + 1)),
      ),
    );
  }
  fill(pane, h("div", { class: "sticky" }, head, list), panel);
  pane.scrollTop = 0;
  showHead();
  openTab(tab);
}

const backButton = () => button("← All deliveries", back, { class: "back" });

function showHead() {
  const verdict = { verdict: capture.signature?.status, reason: capture.signature?.reason };
  const at = Date.parse(capture.received_at);
  const name = capture.event ?? capture.label ?? capture.provider;
  const length = capture.over ? `over ${size(capture.over)}, not kept` : size(capture.size);
  fill(
    head,
    backButton(),
    h(
      "div",
      { class: "head-line" },
      h("h2", {}, h("bdi", {}, name ? shown(name) : shown(capture.path))),
      badge(verdict, { long: true }),
      capture.duplicate ? h("span", { class: "mark dup" }, "duplicate") : null,
      capture.handshake ? h("span", { class: "mark" }, `${capture.handshake} handshake`) : null,
      h(
        "div",
        { class: "head-actions" },
        button("Replay", () => openTab("replay"), { class: "primary", "aria-keyshortcuts": "r" }),
        button("curl", () => copyCurl(), { "aria-keyshortcuts": "c", title: "Copy as a curl command" }),
        button(capture.pinned ? "Unpin" : "Pin", () => togglePin(capture.id, !capture.pinned), { "aria-keyshortcuts": "p" }),
        exports({ ids: capture.id }, { http: "HTTP file" }),
        button("Delete", () => remove(capture.id), { class: "quiet", "aria-keyshortcuts": "x" }),
      ),
    ),
    h("p", { class: "target" }, h("b", {}, shown(capture.method)), " ", bdi(capture.target)),
    h("p", { class: "sentence" }, sentence()),
    h(
      "p",
      { class: "facts" },
      h("time", { datetime: capture.received_at }, full(at)),
      h("span", {}, length),
      copyable(capture.id, "id of the capture"),
      capture.delivery_id ? copyable(capture.delivery_id, "delivery id") : null,
      capture.pinned ? h("span", { class: "mark pin" }, "pinned") : null,
    ),
  );
}

/** What happened, as one would tell it. */
function sentence() {
  const who = capture.label ?? capture.provider;
  const what = capture.event ? `\`${plain(capture.event)}\`` : "a request";
  const some = capture.event ? `${what} came.` : "A request came, of no provider that is known here.";
  const sent = who ? `${who} sent ${what}.` : some;
  const signature = {
    valid: "Its signature is valid.",
    invalid: "Its signature is not valid.",
    missing: "It should be signed, and is not.",
    unsigned: "It is not signed, so nothing proves who sent it.",
    no_secret: "There is no secret to verify it with.",
  }[capture.signature?.status];
  const status = capture.response?.status;
  const took = duration(capture.response?.duration_ms);
  const answered = status == null ? "The connection was closed without an answer." : `It was answered ${status} in ${took}.`;
  const first = capture.forward?.[0];
  const came = first?.error ? `failed: ${plain(first.error)}` : `answered ${first?.status ?? "nothing yet"}`;
  const on = first ? ` ${plain(first.url)} ${came}.` : "";
  const detail = capture.signature?.detail;
  return [prose(`${sent} ${signature ?? ""} ${answered}${on}`), detail ? h("span", { class: "why" }, prose(detail)) : null];
}

function copyable(text, label) {
  return button([bdi(text)], () => copy(text, label), { class: "copyable", title: `Copy the ${label}` });
}

export function openTab(name) {
  if (!capture) return;
  tab = name;
  for (const element of list.children) {
    const isIt = element.id === `tab-${name}`;
    element.setAttribute("aria-selected", String(isIt));
    element.tabIndex = isIt ? 0 : -1;
    if (isIt) panel.setAttribute("aria-labelledby", element.id);
  }
  const sides = h("div", { class: "side" });
  fill(panel, sides);
  const [, , show] = TABS.find(([known]) => known === name);
  const mine = capture;
  Promise.resolve(show(mine, sides)).catch((refused) => {
    if (mine === capture) fill(sides, h("p", { class: "sorry" }, shown(refused.message)));
  });
  list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  tellAddress();
}

/** The tab of this number, counted from 1. */
export function tabNumber(number) {
  const wanted = TABS[number - 1];
  if (wanted && capture) openTab(wanted[0]);
}

function arrows(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const place = TABS.findIndex(([name]) => name === tab);
  let wanted = null;
  if (by) wanted = TABS[(place + by + TABS.length) % TABS.length];
  if (event.key === "Home") wanted = TABS[0];
  if (event.key === "End") wanted = TABS.at(-1);
  if (!wanted) return;
  event.preventDefault();
  openTab(wanted[0]);
  byId(`tab-${wanted[0]}`).focus();
}

export async function copyCurl() {
  if (!capture) return;
  const command = await api.text(`/api/captures/${capture.id}/as`, { form: "curl" });
  copy(command, "curl command");
}

/** The capture that is shown. */
export const current = () => capture;

