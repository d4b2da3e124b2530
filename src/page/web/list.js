// The list of deliveries: filter, rows, what is new.

import { button, byId, fill, h, select } from "./dom.js";
import { REASONS, VERDICTS, clock, count, duration, kindOfStatus, number, size } from "./format.js";
import { ask, catchUp, choose, model, more, on, pause, placeOf } from "./model.js";
import { bdi, plain, shown } from "./text.js";
import { Virtual } from "./virtual.js";
import { welcome } from "./welcome.js";

/** Height of a row in pixels; where there is little room, a row has a line more. */
const height = () => Number(getComputedStyle(scroller).getPropertyValue("--row"));
/** Older rows are read when so few are left below. */
const AHEAD = 100;
const METHODS = ["POST", "GET", "PUT", "PATCH", "DELETE"];
const VERDICT_CHIPS = [
  ["valid", "valid"],
  ["invalid,missing", "invalid"],
  ["unsigned,no_secret", "unproven"],
];

/** Whether the screen is so narrow that a delivery takes the place of the list. */
export const narrow = () => matchMedia("(max-width: 760px)").matches;

const scroller = byId("rows");
let rows;
let input;

export function start() {
  rows = new Virtual(scroller, height(), row);
  new ResizeObserver(() => height() !== rows.height && rows.refresh(model.rows.length, height())).observe(scroller);
  rows.onscroll = scrolled;
  fill(byId("filter"), ...controls());
  scroller.addEventListener("click", clicked);
  on("rows", changed);
  on("paused", () => {
    showFresh();
    showControls();
  });
  on("query", showControls);
  on("problem", showNote);
  on("session", showNote);
  on("marked", mark);
  on("chosen", () => {
    mark();
    const place = placeOf(model.chosen);
    if (place >= 0) rows.show(place);
  });
  byId("fresh").addEventListener("click", toTop);
}

// Filter

let note;
let pauser;
let chips;
let methods;
let total;

function controls() {
  input = h("input", {
    type: "search",
    id: "query",
    placeholder: "Filter: provider=… event=… verdict!=valid path~/hook text~…",
    "aria-label": "Filter",
    "aria-describedby": "query-note",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    value: model.query,
    oninput: () => later(input.value),
    onkeydown: (event) => {
      if (event.key === "Enter") now(input.value);
      if (event.key === "Escape") {
        if (input.value) now((input.value = ""));
        scroller.focus();
        event.stopPropagation();
      }
    },
  });
  note = h("p", { id: "query-note", class: "query-note", role: "status" });
  pauser = button("Pause", () => pause(!model.isPaused), { class: "pause" });
  chips = VERDICT_CHIPS.map(([values, label]) =>
    button(label, () => toggle("verdict", values), { class: "chip", "data-values": values }),
  );
  methods = select(
    [["", "Any method"], ...METHODS.map((method) => [method, method])],
    "",
    { "aria-label": "Method", onchange: () => set("method", methods.value) },
  );
  total = h("span", { class: "total", id: "total" });
  const group = h("div", { class: "chips", role: "group", "aria-label": "Verdict" }, chips);
  showControls();
  return [
    h("div", { class: "filter-line" }, input, pauser),
    h("div", { class: "filter-line" }, group, methods, total),
    note,
  ];
}

let timer;
function later(text) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(text), 250);
}

function now(text) {
  clearTimeout(timer);
  ask(text);
}

const words = () => model.query.split(/\s+/).filter(Boolean);

/** Puts a condition into the query in place of others on the same field; nothing takes it out. */
function set(name, values) {
  const rest = words().filter((word) => !new RegExp(`^${name}!?[=~]`).test(word));
  now([...rest, ...(values ? [`${name}=${values}`] : [])].join(" "));
}

function toggle(name, values) {
  set(name, words().includes(`${name}=${values}`) ? "" : values);
}

function showControls() {
  if (input && input.value.trim() !== model.query) input.value = model.query;
  for (const chip of chips) {
    chip.setAttribute("aria-pressed", String(words().includes(`verdict=${chip.dataset.values}`)));
  }
  const method = words().find((word) => word.startsWith("method="))?.slice(7) ?? "";
  methods.value = METHODS.includes(method) ? method : "";
  fill(pauser, model.isPaused ? "Resume" : "Pause");
  pauser.setAttribute("aria-pressed", String(model.isPaused));
}

export function focusFilter() {
  input.focus();
  input.select();
}

// Rows

function changed({ above = 0, isNew = false }) {
  const isDown = scroller.scrollTop > 4;
  if (isNew) scroller.scrollTop = 0;
  rows.refresh(model.rows.length);
  // What is looked at stays where it is.
  if (above > 0 && isDown && !isNew) {
    scroller.scrollTop += above * rows.height;
    rows.draw();
    fresh += above;
  }
  if (isNew) fresh = 0;
  showNote();
  mark();
  scrolled();
}

let fresh = 0;

function scrolled() {
  const [first, last] = rows.sight();
  model.isAway = first > 0;
  if (!model.isAway) {
    fresh = 0;
    if (model.isBehind && !model.isPaused) catchUp();
  }
  showFresh();
  if (model.next && last > model.rows.length - AHEAD) more();
}

function showFresh() {
  const pill = byId("fresh");
  const waiting = model.isPaused ? model.waiting.length : fresh;
  const some = model.isBehind ? "many" : number(waiting);
  pill.hidden = waiting === 0 && !model.isBehind;
  if (!pill.hidden) fill(pill, `${some} new`);
}

function toTop() {
  scroller.scrollTop = 0;
  catchUp();
  rows.draw();
  scrolled();
}

function showNote() {
  const { problem, query } = model;
  fill(note, problem ? shown(problem.message) : null);
  input.setAttribute("aria-invalid", String(Boolean(problem)));
  const more = model.next ? "+" : "";
  fill(total, model.isRead ? `${number(model.rows.length)}${more}` : "");
  total.title = model.next ? "So many are read; scroll for older ones" : count(model.rows.length, "delivery", "deliveries");
  const empty = byId("list-note");
  empty.hidden = model.rows.length > 0 || !model.isRead;
  if (empty.hidden) return;
  if (query) {
    if (model.next) fill(empty, h("p", {}, "Looking further back …"));
    else fill(empty, h("p", {}, "Nothing fits."), button("Clear the filter", () => ask("")));
  } else {
    // On a narrow screen there is nothing beside the list.
    fill(empty, narrow() ? welcome() : h("p", {}, "Nothing has arrived yet."));
  }
}

/** Why a verdict is bad, if it does not say that by itself. */
const reasonOf = ({ verdict, reason }) => (verdict === "missing" ? "" : (REASONS[reason] ?? reason ?? ""));

export function badge(row, { long = false } = {}) {
  const [kind, short, full = short] = VERDICTS[row.verdict] ?? ["warn", row.verdict ?? "not judged"];
  const mark = { good: "✓", bad: "✗", warn: "?" }[kind];
  const reason = reasonOf(row) ? ` · ${reasonOf(row)}` : "";
  return h("span", { class: `badge ${kind}` }, h("span", { "aria-hidden": "true" }, mark), ` ${long ? full + reason : short}`);
}

export function statusOf(status) {
  return h("span", { class: `status ${kindOfStatus(status)}` }, status == null ? "dropped" : String(status));
}

function row(index) {
  const one = model.rows[index];
  const name = one.event ?? one.provider;
  const who = one.provider && h("span", { class: "who" }, shown(one.provider), " / ");
  const [path, query] = one.target.split("?");
  const length = one.over ? `over ${size(one.over)}` : size(one.size);
  return h(
    "div",
    {
      class: "row",
      role: "option",
      id: `row-${one.id}`,
      "data-id": one.id,
      "aria-selected": String(one.id === model.chosen),
      "aria-posinset": index + 1,
      "aria-setsize": model.next ? -1 : model.rows.length,
      "data-marked": one.id === model.marked,
      title: one.detail ? plain(one.detail) : null,
    },
    h("span", { class: "cell time" }, clock(one.at)),
    h("span", { class: "cell method", "data-method": METHODS.includes(one.method) && one.method }, shown(one.method)),
    h(
      "span",
      { class: `cell name ${name ? "" : "bare"}` },
      h("bdi", { class: "what" }, one.event ? who : null, shown(name ?? path)),
      one.duplicate ? h("span", { class: "mark dup" }, "duplicate") : null,
      one.pinned ? h("span", { class: "mark pin" }, "pinned") : null,
    ),
    h("span", { class: "cell verdict" }, badge(one)),
    h("span", { class: "cell code" }, statusOf(one.status)),
    h("span", { class: "cell path" }, bdi(name ? one.target : query ? `?${query}` : "")),
    h("span", { class: "cell reason" }, reasonOf(one)),
    h("span", { class: "cell measures" }, `${length} · ${duration(one.duration_ms)}`),
  );
}

function clicked(event) {
  const id = event.target.closest?.("[data-id]")?.dataset.id;
  if (!id) return;
  const compares = event.shiftKey && model.chosen && model.chosen !== id;
  if (compares) model.marked = model.chosen;
  choose(id, { open: true, tab: compares ? "compare" : null });
}

function mark() {
  for (const element of scroller.querySelectorAll("[data-id]")) {
    element.setAttribute("aria-selected", String(element.dataset.id === model.chosen));
    element.dataset.marked = element.dataset.id === model.marked;
  }
  if (model.chosen && byId(`row-${model.chosen}`)) scroller.setAttribute("aria-activedescendant", `row-${model.chosen}`);
  else scroller.removeAttribute("aria-activedescendant");
}

/** Chooses the delivery so many places below. */
export function step(by) {
  if (model.rows.length === 0) return;
  const place = model.chosen ? placeOf(model.chosen) : -1;
  const wanted = place < 0 ? 0 : Math.min(Math.max(place + by, 0), model.rows.length - 1);
  choose(model.rows[wanted].id);
}

/** Looks at the newest or at the oldest that are read. */
export function edge(isEnd) {
  scroller.scrollTop = isEnd ? scroller.scrollHeight : 0;
  if (model.rows.length > 0) choose(model.rows[isEnd ? model.rows.length - 1 : 0].id);
}

