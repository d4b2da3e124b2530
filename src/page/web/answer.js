// What was answered: by the listener's policy, or by the servers that the request was passed on to.

import { fill, grid, h, nothing } from "./dom.js";
import { duration, size } from "./format.js";
import { row } from "./headers.js";
import * as json from "./json.js";
import { statusOf } from "./list.js";
import * as pretty from "./pretty.js";
import * as raw from "./raw.js";
import { bdi, shown } from "./text.js";

const FORGOTTEN = "Headers and body of an answer are remembered for the newest deliveries of a running listener.";

export function show(capture, into) {
  const { answer, forward, response } = capture;
  const wait = answer?.delay_ms ? `, of which ${duration(answer.delay_ms)} on purpose` : "";
  fill(
    into,
    h("p", { class: "answer-line" }, statusOf(response?.status), ` in ${duration(response?.duration_ms)}${wait}`),
    forward?.length ? passes(forward) : null,
    answer ? said(answer, forward) : nothing(FORGOTTEN),
  );
  if (answer?.size) body(answer, into);
}

function passes(forward) {
  const answer = ({ status, error }) =>
    error ? h("span", { class: "status bad" }, shown(error)) : status == null ? "under way" : statusOf(status);
  const rows = forward.map((pass) => [h("code", {}, bdi(pass.url)), answer(pass), duration(pass.duration_ms)]);
  return grid(["Passed on to", "Answer", "Took"], rows);
}

function said({ headers, size: length }, forward) {
  const who = forward?.length ? "Answer of the first server, as the sender got it" : "Answer of the listener";
  return [
    h("h3", {}, who),
    headers.length
      ? h("table", { class: "pairs headers" }, h("tbody", {}, headers.map(([name, value]) => row(name, value))))
      : null,
    length ? h("p", { class: "bar-note" }, `Body, ${size(length)}`) : nothing("No body."),
  ];
}

function body(answer, into) {
  const stage = h("div", { class: "stage" });
  into.append(stage);
  if (answer.body == null) {
    fill(stage, nothing(`${size(answer.size)} of binary data.`));
    return;
  }
  const { values } = /^\s*[[{]/.test(answer.body) ? json.read(answer.body) : {};
  if (values) pretty.show(values, stage);
  else raw.show(answer.body, stage);
}
