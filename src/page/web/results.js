// What came of sending something, a line at a time.

import { fill, h, pre } from "./dom.js";
import { duration } from "./format.js";
import { statusOf } from "./list.js";
import * as api from "./api.js";
import { prose, shown } from "./text.js";

const VERDICTS = {
  fixed: ["good", "fixed", "it failed before, and went well now"],
  regressed: ["bad", "regressed", "it went well before, and failed now"],
  same: ["plain", "same", "as it was before"],
};

/** Runs an action and shows what comes of it in an element. */
export async function run(base, wish, into) {
  into.replaceChildren(h("p", { class: "faint" }, "Sending …"));
  into.setAttribute("aria-busy", "true");
  let hasEnded = false;
  const add = (element) => {
    into.querySelector(".faint")?.remove();
    if (element) into.append(element);
  };
  try {
    await api.lines(base, wish, (line) => {
      hasEnded ||= line.type === "done" || line.type === "failed";
      add(shownLine(line));
    });
  } catch (refused) {
    add(failed(refused.message, refused.hints));
  }
  if (!hasEnded && !into.querySelector(".card")) add(failed("It broke off before its end."));
  into.removeAttribute("aria-busy");
  into.lastElementChild?.scrollIntoView({ block: "nearest" });
}

function shownLine(line) {
  if (line.type === "attempt") return attempt(line);
  if (line.type === "said") return said(line);
  if (line.type === "failed") return failed(line.error, line.hints);
  return null;
}

/** What is said beside the attempts. That one failed, and its answer, stand there already. */
function said({ kind, text }) {
  if (kind === "text" || kind === "error") return null;
  return h("p", { class: `said ${kind}` }, h("b", {}, `${kind}: `), prose(text));
}

function failed(message, hints = []) {
  return h("div", { class: "card bad" }, h("p", {}, prose(message)), hints.map((hint) => h("p", {}, prose(hint))));
}

function attempt(line) {
  const [kind, word, about] = VERDICTS[line.verdict] ?? [];
  const mark = line.outcome === "success" ? h("span", { class: "badge good" }, "✓ delivered") : h("span", { class: "badge bad" }, "✗ failed");
  return h(
    "div",
    { class: "result" },
    h(
      "p",
      { class: "result-line" },
      mark,
      line.status == null ? null : statusOf(line.status),
      h("span", {}, duration(line.duration_ms)),
      word ? h("span", { class: `badge ${kind}`, title: about }, word) : null,
      h("span", { class: "faint" }, shown([line.provider, line.event].filter(Boolean).join("/"))),
    ),
    line.error ? h("p", { class: "why" }, prose(line.error)) : null,
    line.response_body ? fill(pre("Body of the answer"), shown(line.response_body.slice(0, 20_000), { keep: "\n\t" })) : null,
  );
}
