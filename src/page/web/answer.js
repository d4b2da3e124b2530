// What was answered: by the listener's policy, or by the servers that the request was passed on to.

import { fill, h } from "./dom.js";
import { duration, size } from "./format.js";
import { row } from "./headers.js";
import * as json from "./json.js";
import { statusOf } from "./list.js";
import * as pretty from "./pretty.js";
import * as raw from "./raw.js";
import { shown } from "./text.js";

export function show(capture, into) {
  const { answer, forward, response } = capture;
  const wait = answer?.delay_ms ? `, of which ${duration(answer.delay_ms)} on purpose` : "";
  fill(
    into,
    h("p", { class: "answer-line" }, statusOf(response?.status), ` in ${duration(response?.duration_ms)}${wait}`),
    forward?.length ? passes(forward) : null,
    answer ? said(answer, forward) : h("p", { class: "nothing" }, "Headers and body of an answer are remembered for the newest deliveries of a running listener."),
  );
  if (answer?.size) body(answer, into);
}

function passes(forward) {
  return h(
    "table",
    { class: "grid" },
    h("thead", {}, h("tr", {}, ["Passed on to", "Answer", "Took"].map((name) => h("th", { scope: "col" }, name)))),
    h(
      "tbody",
      {},
      forward.map(({ url, status, duration_ms, error }) =>
        h(
          "tr",
          {},
          h("td", { class: "mono" }, h("bdi", {}, shown(url))),
          h("td", {}, error ? h("span", { class: "status bad" }, shown(error)) : status == null ? "under way" : statusOf(status)),
          h("td", {}, duration(duration_ms)),
        ),
      ),
    ),
  );
}

function said({ headers, size: length }, forward) {
  const who = forward?.length ? "Answer of the first server, as the sender got it" : "Answer of the listener";
  return [
    h("h3", {}, who),
    headers.length
      ? h("table", { class: "pairs headers" }, h("tbody", {}, headers.map(([name, value]) => row(name, value))))
      : null,
    length ? h("p", { class: "bar-note" }, `Body, ${size(length)}`) : h("p", { class: "nothing" }, "No body."),
  ];
}

function body(answer, into) {
  const stage = h("div", { class: "stage" });
  into.append(stage);
  if (answer.body == null) {
    fill(stage, h("p", { class: "nothing" }, `${size(answer.size)} of binary data.`));
    return;
  }
  const { values } = /^\s*[[{]/.test(answer.body) ? json.read(answer.body) : {};
  if (values) pretty.show(values, stage);
  else raw.show(answer.body, stage);
}
