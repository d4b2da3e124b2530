// Two deliveries side by side: what differs, by header and by path.

import * as api from "./api.js";
import { checkbox, field, fill, h, nothing, select } from "./dom.js";
import { clock, count } from "./format.js";
import { model } from "./model.js";
import { bdi, plain } from "./text.js";

/** Deliveries that are offered. */
const OFFERED = 200;
let isLoose = true;

export async function show(capture, into) {
  const others = model.rows.filter((row) => row.id !== capture.id).slice(0, OFFERED);
  const marked = model.marked !== capture.id ? model.marked : null;
  const like = others.find((row) => row.event === capture.event && row.provider === capture.provider && row.id < capture.id);
  const first = marked ?? like?.id ?? others[0]?.id;
  if (!first) {
    fill(into, nothing("There is nothing to compare it with yet."));
    return;
  }
  if (!others.some((row) => row.id === first)) others.unshift({ id: first, at: Date.parse(capture.received_at) });
  const other = select(
    others.map((row) => [row.id, plain(`${clock(row.at)}  ${row.event ?? row.target ?? ""}`.trim())]),
    first,
    { onchange: () => draw() },
  );
  const loose = checkbox("Pass over times, ids and signatures", {
    checked: isLoose,
    onchange: () => {
      isLoose = loose.input.checked;
      draw();
    },
  });
  const found = h("div", { class: "differences", role: "status" });
  async function draw() {
    const wish = { a: other.value, b: capture.id, volatile: isLoose ? "ignore" : null };
    const { differences, more } = await api.get("/api/compare", wish);
    fill(found, differences.length ? sections(differences, more) : nothing(isLoose ? "Nothing else differs." : "Nothing differs."));
  }
  fill(into, h("div", { class: "bar" }, field("Compare with", other), loose.element), found);
  await draw();
}

const NAMES = {
  target: "path and query",
  body: "the whole body",
  bytes: "the same values, written in another way",
};
const SECTIONS = [
  ["Request", (what) => what === "method" || what === "target"],
  ["Headers", (what) => what === "header"],
  ["Body", (what) => what === "body" || what === "bytes"],
];

function sections(differences, more) {
  return [
    h("p", { class: "bar-note" }, count(differences.length + more, "difference"), " · − the other, + this one", more ? ` · the first ${count(differences.length, "difference")} are shown` : null),
    SECTIONS.map(([title, fits]) => {
      const mine = differences.filter(({ what }) => fits(what));
      return mine.length ? [h("h3", {}, title), h("dl", { class: "diff" }, mine.map(one))] : null;
    }),
  ];
}

function one({ what, place, a, b }) {
  const name = place || NAMES[what] || what;
  const side = (text, kind, mark) =>
    text == null ? null : h("dd", { class: kind }, h("span", {}, mark), bdi(text.slice(0, 4_000), { keep: "\n\t" }));
  return [h("dt", {}, bdi(name)), side(a, "minus", "−"), side(b, "plus", "+")];
}
