// Sends a delivery again: signed afresh or as it came, with edits, and says whether it went better than before.

import * as api from "./api.js";
import { checkbox, choice, field, fill, h, select } from "./dom.js";
import { model } from "./model.js";
import { run } from "./results.js";
import { remember, target } from "./targets.js";
import { decode } from "./text.js";

const TAMPER = ["", "body", "signature", "timestamp", "id", "secret", "headers"].map((what) => [what, what || "nothing"]);
/** Largest body that can be edited here, in characters. */
const EDITABLE = 1_000_000;

export async function show(capture, into) {
  const bytes = capture.over ? new Uint8Array() : await api.bytes(`/api/captures/${capture.id}/body`);
  const text = decode(bytes);
  const isText = text.length <= EDITABLE && !/\p{Cs}/u.test(text);
  const first = model.session?.forward[0];
  const { input: to, list } = target(first);
  let raw = false;
  const fresh = checkbox("New delivery id");
  const tamper = select(TAMPER, "");
  const onlyFresh = h("div", { class: "field-row" }, fresh.element, field("Break on purpose", tamper));
  const way = choice(
    "Signature",
    [["fresh", "Signed afresh"], ["raw", "As it came"]],
    "fresh",
    (value) => {
      raw = value === "raw";
      onlyFresh.hidden = raw;
    },
  );
  const method = h("input", { class: "mono", value: capture.method, autocomplete: "off", spellcheck: "false" });
  const path = h("input", { class: "mono", value: capture.target, autocomplete: "off", spellcheck: "false" });
  const lines = capture.headers.map(([name, value]) => `${name}: ${value}`);
  const headers = h("textarea", { class: "mono", rows: Math.min(lines.length + 1, 12), spellcheck: "false", value: lines.join("\n") });
  const body = h("textarea", { class: "mono", rows: "12", spellcheck: "false", value: isText ? text : "", disabled: !isText });
  const results = h("div", { class: "results", role: "status", "aria-live": "polite" });

  function edits() {
    const changed = {};
    if (method.value !== capture.method) changed.method = method.value;
    if (path.value !== capture.target) changed.target = path.value;
    if (headers.value !== lines.join("\n")) changed.headers = fields(headers.value, lines);
    // A text field makes one kind of line end of all.
    if (isText && body.value !== text.replace(/\r\n?/g, "\n")) changed.body = body.value;
    return changed;
  }

  async function send(event) {
    event?.preventDefault();
    if (!to.reportValidity()) return;
    remember(to.value);
    await run("/api/replay", { id: capture.id, to: to.value, raw, new_id: fresh.input.checked, tamper: tamper.value || null, edits: edits() }, results);
  }

  const form = h(
    "form",
    {
      class: "form",
      onsubmit: send,
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
      },
    },
    h("div", { class: "field-row" }, field("Send to", to, "A URL with a path is used as it is; one without gets the path of the request."), way),
    list,
    onlyFresh,
    h(
      "details",
      { class: "edits" },
      h("summary", {}, "Edit before sending"),
      h("div", { class: "field-row" }, field("Method", method), field("Path and query", path)),
      field("Headers, one a line", headers, capture.redacted ? "[redacted] values are sent as they came." : null),
      field("Body", body, isText ? "All that is not changed stays byte for byte." : "This body is no text, or too long to be edited here; it is sent as it came."),
    ),
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Replay"), h("span", { class: "faint" }, before(capture))),
  );
  fill(into, capture.over ? h("p", { class: "nothing" }, "Its body was not kept, so it cannot be sent again.") : [form, results]);
}

function before(capture) {
  const status = capture.response?.status;
  return status == null ? "" : `It was answered ${status} when it came.`;
}

/** The headers of a text: those that are still as they came by their place, and the others as they are written. */
function fields(text, lines) {
  const unused = lines.map((line, index) => [line, index]);
  return text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => {
      const found = unused.findIndex(([known]) => known === line);
      if (found >= 0) return unused.splice(found, 1)[0][1];
      const colon = line.indexOf(":");
      return colon < 0 ? [line, ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
}

