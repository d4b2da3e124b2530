// Sends a delivery again: signed afresh or as it came, with edits, and says whether it went better than before.

import * as api from "./api.js";
import { beside, checkbox, choice, field, fill, h, nothing, select, submit, written } from "./dom.js";
import { model } from "./model.js";
import { run } from "./results.js";
import { TAMPER, remember, target } from "./targets.js";
import { decode } from "./text.js";

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
  const onlyFresh = beside(fresh.element, field("Break on purpose", tamper));
  const way = choice(
    "Signature",
    [["fresh", "Signed afresh"], ["raw", "As it came"]],
    "fresh",
    (value) => {
      raw = value === "raw";
      onlyFresh.hidden = raw;
    },
  );
  const method = written("input", { value: capture.method });
  const path = written("input", { value: capture.target });
  const lines = capture.headers.map(([name, value]) => `${name}: ${value}`);
  const headers = written("textarea", { rows: Math.min(lines.length + 1, 12), value: lines.join("\n") });
  const body = written("textarea", { rows: "12", value: isText ? text : "", disabled: !isText });
  const results = h("div", { class: "results", role: "status" });

  function edits() {
    const changed = {};
    if (method.value !== capture.method) changed.method = method.value;
    if (path.value !== capture.target) changed.target = path.value;
    if (headers.value !== lines.join("\n")) changed.headers = fields(headers.value, lines);
    // A text field makes one kind of line end of all.
    if (isText && body.value !== text.replace(/\r\n?/g, "\n")) {
      const isCrlf = text.includes("\r\n") && !/[^\r]\n/.test(text);
      changed.body = isCrlf ? body.value.replaceAll("\n", "\r\n") : body.value;
    }
    return changed;
  }

  async function send(event) {
    event?.preventDefault();
    if (!to.reportValidity()) return;
    remember(to.value);
    const [new_id, fault] = [fresh.input.checked, tamper.value || null];
    await run("/api/replay", { id: capture.id, to: to.value, raw, new_id, tamper: fault, edits: edits() }, results);
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
    beside(field("Send to", to, "A URL with a path is used as it is; one without gets the path of the request."), way),
    list,
    onlyFresh,
    h(
      "details",
      { class: "edits" },
      h("summary", {}, "Edit before sending"),
      beside(field("Method", method), field("Path and query", path)),
      field("Headers, one a line", headers, capture.redacted ? "[redacted] values are sent as they came." : null),
      field("Body", body, isText ? "What is not changed stays byte for byte." : "No text, or too long to be edited: it is sent as it came."),
    ),
    submit("Replay", h("span", { class: "faint" }, before(capture))),
  );
  fill(into, capture.over ? nothing("Its body was not kept, so it cannot be sent again.") : [form, results]);
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

