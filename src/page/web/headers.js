// Headers in their order and spelling, and the pairs of the query.

import * as api from "./api.js";
import { copy } from "./actions.js";
import { button, fill, h } from "./dom.js";
import { count } from "./format.js";
import { shown } from "./text.js";

/** What headers are for that puzzle people. */
const KNOWN = {
  host: "the name called",
  "user-agent": "the sending program",
  "content-type": "kind of body",
  "content-length": "size of the body",
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
  fill(
    frame,
    h(
      "div",
      { class: "bar" },
      h("span", { class: "bar-note" }, `${count(headers.length, "header")}, in their order and spelling`),
      h(
        "span",
        { class: "bar-end" },
        redacted ? button("Show credentials", reveal) : null,
        button("Copy", () => copy(text, "headers")),
      ),
    ),
    h(
      "table",
      { class: "pairs headers" },
      h("thead", { class: "hidden" }, h("tr", {}, h("th", { scope: "col" }, "Name"), h("th", { scope: "col" }, "Value"), h("th", { scope: "col" }, "What it is for"))),
      h("tbody", {}, headers.map(([name, value]) => row(name, value, roles[name.toLowerCase()] ?? KNOWN[name.toLowerCase()] ?? ""))),
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
    h("th", { scope: "row" }, h("bdi", {}, shown(name))),
    h("td", {}, h("bdi", {}, shown(value))),
    role === undefined ? null : h("td", { class: "role" }, role),
  );
}
