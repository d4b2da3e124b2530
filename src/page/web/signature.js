// The signature: what was signed, each step of the verification, why it failed and what to do, and how the sender signs.

import * as api from "./api.js";
import { copy } from "./actions.js";
import { bar, button, checkbox, fill, h, pre, select } from "./dom.js";
import { clock, size } from "./format.js";
import { badge } from "./list.js";
import { command } from "./commands.js";
import { bdi, prose, shown } from "./text.js";

/** The language that was chosen last. */
let language = "js";

export async function show(capture, into, reveal = false) {
  const found = await api.get(`/api/captures/${capture.id}/signature`, { reveal: reveal ? 1 : null });
  const again = () => show(capture, into, true);
  const verdict = { verdict: capture.signature?.status, reason: capture.signature?.reason };
  fill(
    into,
    h("p", { class: "verdict-line" }, badge(verdict, { long: true }), h("span", { class: "bar-note" }, about(found, capture))),
    found.problem ? problem(found.problem) : null,
    found.verification ? steps(found.verification) : null,
    found.verification ? causes(found.verification.causes) : null,
    found.difference ? difference(found.difference) : null,
    found.evidence ? evidence(found.evidence, found.verification.status === "valid", again) : null,
    found.verification?.warnings.length ? warnings(found.verification.warnings) : null,
    found.scheme ? scheme(found.scheme, capture) : null,
    h("p", { class: "hint" }, "The same at a terminal: ", command(`hookctl verify ${capture.id}`)),
  );
}

function about({ scheme }, capture) {
  const time = clock(Date.parse(capture.received_at));
  return scheme ? `${scheme.label}, verified as of its arrival at ${time}` : "";
}

function problem({ error, hints }) {
  return h("div", { class: "card warn" }, h("p", {}, prose(error), "."), hints.map((hint) => h("p", {}, prose(hint))));
}

function steps({ checks }) {
  return h(
    "ol",
    { class: "steps" },
    checks.map(({ name, ok, detail }) =>
      h(
        "li",
        { class: ok ? "good" : "bad" },
        h("span", { class: "step-mark", role: "img", "aria-label": ok ? "holds" : "fails" }, ok ? "✓" : "✗"),
        h("span", { class: "step-name" }, name),
        h("span", {}, prose(detail)),
      ),
    ),
  );
}

function causes(causes) {
  return causes.map(({ code, explanation, fix }) => {
    const isKnown = code !== "no_cause_found";
    return h(
      "div",
      { class: "card bad" },
      h("h3", {}, isKnown ? "The cause, proven by computation" : "No cause was found", h("code", {}, code)),
      h("p", {}, prose(explanation)),
      fix ? h("p", {}, h("b", {}, "Fix: "), prose(fix)) : null,
    );
  });
}

function warnings(warnings) {
  const items = warnings.map(({ code, explanation }) => h("li", {}, prose(explanation), " ", h("code", {}, code)));
  return h("ul", { class: "warnings" }, items);
}

function difference({ at, here, signed }) {
  return h(
    "dl",
    { class: "rows-of-two" },
    h("dt", {}, `Body here, from byte ${at}`),
    h("dd", { class: "mono minus" }, shown(here, { spaces: true })),
    h("dt", {}, "What was signed"),
    h("dd", { class: "mono plus" }, shown(signed, { spaces: true })),
  );
}

function evidence(told, isValid, again) {
  const signed = told.signed ?? null;
  const box = pre("The signed string", "signed");
  const { input, element: invisible } = checkbox("Show spaces and line ends", { checked: true, onchange: () => draw() });
  const draw = () => fill(box, shown(signed, input.checked ? { spaces: true } : { keep: "\n\t" }));
  if (signed !== null) draw();
  const more = `, ${told.is_cut ? "the start of " : ""}${size(told.size)}`;
  let computed = h("span", { class: "faint" }, "nothing: only the sender's private key can");
  if (isValid) computed = "the same";
  else if (told.computed) computed = bdi(told.computed);
  else if (told.can_compute) computed = button("Show what fits this body", again);
  return h(
    "section",
    { class: "evidence" },
    bar(
      h("h3", {}, "Signed string", h("span", { class: "faint" }, more)),
      signed === null ? null : [invisible, button("Copy", () => copy(signed, "signed string"))],
    ),
    signed !== null
      ? box
      : told.is_secret
        ? h("p", {}, "The secret is part of it. ", button("Show it", again))
        : h("p", {}, `${size(told.size)} that are no text.`),
    h(
      "dl",
      { class: "rows-of-two" },
      h("dt", {}, "Received"),
      h("dd", { class: "mono" }, bdi(told.received)),
      h("dt", {}, "Computed"),
      h("dd", { class: "mono" }, computed),
    ),
  );
}

function scheme({ id, label, facts, languages }, capture) {
  if (facts.length === 0) return null;
  return h(
    "section",
    {},
    h("h3", {}, `How ${capture.label ?? label} signs`),
    h("dl", { class: "rows-of-two" }, facts.map(([name, fact]) => [h("dt", {}, name), h("dd", {}, prose(fact))])),
    languages.length ? snippet(id, languages) : null,
  );
}

function snippet(id, languages) {
  const code = pre("Code that verifies");
  const chosen = select(languages, language, { "aria-label": "Language", onchange: () => draw() });
  let text = "";
  const draw = async () => {
    language = chosen.value;
    text = await api.text("/api/snippet", { scheme: id, lang: language });
    fill(code, text);
  };
  const details = h(
    "details",
    { class: "snippet", ontoggle: () => details.open && !text && draw() },
    h("summary", {}, "Code that verifies it"),
    bar(chosen, button("Copy", () => copy(text, "code"))),
    code,
  );
  return details;
}
