// Headers in their order and spelling, and the pairs of the query.

import * as api from "./api.js";
import { copy } from "./actions.js";
import { bar, button, fill, h } from "./dom.js";
import { count } from "./format.js";
import { bdi } from "./text.js";

/** What headers are for that puzzle people. */
const KNOWN = {
  "user-agent": "the sending program",
  "content-encoding": "how the body is packed",
  "transfer-encoding": "how the body came",
  "x-forwarded-for": "who asked the proxy in front",
  "x-forwarded-host": "the name called, says a proxy",
  "x-forwarded-proto": "http or https, says a proxy",
  traceparent: "trace",
  "idempotency-key": "same for the same message",
};

export function show(capture, into) {
  fill(into, table(capture));
}

function table(capture) {
  const { headers, roles, redacted, query } = capture;
  const frame = h("div");
  const reveal = async () => {
    const whole = await api.get(`/api/captures/${capture.id}`, { reveal: 1 });
    fill(frame, table({ ...whole, redacted: false }));
  };
  const text = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const pairs = [...new URLSearchParams(query)];
  const roleOf = (name) => roles[name.toLowerCase()] ?? KNOWN[name.toLowerCase()] ?? "";
  fill(
    frame,
    bar(h("span", { class: "bar-note" }, `${count(headers.length, "header")}, in their order and spelling`), [
      redacted ? button("Show credentials", reveal) : null,
      button("Copy", () => copy(text, "headers")),
    ]),
    h(
      "table",
      { class: "pairs headers" },
      h("tbody", {}, headers.map(([name, value]) => row(name, value, roleOf(name)))),
    ),
    pairs.length
      ? [
          h("h3", {}, "Query"),
          h("table", { class: "pairs" }, h("tbody", {}, pairs.map(([name, value]) => row(name, value)))),
        ]
      : null,
  );
  return frame;
}

export function row(name, value, role) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, bdi(name)),
    h("td", {}, bdi(value)),
    role === undefined ? null : h("td", { class: "role" }, role),
  );
}
