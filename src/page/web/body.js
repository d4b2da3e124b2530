// The body: as a tree, printed prettily, as it came, and in hexadecimal. Always from its bytes.

import * as api from "./api.js";
import * as json from "./json.js";
import { copy } from "./actions.js";
import { bar, button, choice, fill, h, nothing } from "./dom.js";
import { size } from "./format.js";
import * as hex from "./hex.js";
import * as pretty from "./pretty.js";
import * as raw from "./raw.js";
import * as tree from "./tree.js";
import { bdi, decode, prose, shown } from "./text.js";

const NAMES = { tree: "Tree", form: "Fields", pretty: "Pretty", raw: "Raw", hex: "Hex" };
/** Most that is unpacked, in bytes: a small body may unpack to any size. */
const MOST_UNPACKED = 32 * 1024 * 1024;

/** What was chosen last, for bodies that can be shown so. */
let wanted = "tree";
/** The body that was read last: the same tab is opened again and again. */
let last = null;

export async function show(capture, into) {
  if (capture.over) {
    fill(into, nothing(`The body was over ${size(capture.over)}, and was not kept.`));
    return;
  }
  if (capture.size === 0) {
    fill(into, nothing("No body."));
    return;
  }
  let found = last;
  if (found?.id !== capture.id) {
    fill(into, nothing("Reading …"));
    found = { id: capture.id, ...(await study(capture)) };
    last = found;
  }
  const { ways, notes, text } = found;
  const way = ways.includes(wanted) ? wanted : ways[0];
  const stage = h("div", { class: "stage" });
  const pick = (name) => {
    wanted = name;
    draw(found, name, stage);
  };
  const options = ways.map((name) => [name, NAMES[name]]);
  const head = bar(
    [choice("How the body is shown", options, way, pick), h("span", { class: "bar-note" }, notes.join(" · "))],
    [
      text === null ? null : button("Copy", () => copy(text, "body")),
      h("a", { class: "button", href: `/api/captures/${capture.id}/body`, download: fileName(found) }, "Download"),
    ],
  );
  fill(into, head, problem(found, stage), stage);
  draw(found, way, stage);
}

/** Finds out what a body is. */
async function study(capture) {
  const bytes = await api.bytes(`/api/captures/${capture.id}/body`);
  const notes = [];
  let content = bytes;
  const packed = /\b(x-)?gzip\b/i.test(headerOf(capture, "content-encoding"));
  if (packed) {
    const unpacked = await unpack(bytes);
    if (unpacked) content = unpacked.bytes;
    const cut = unpacked?.isCut ? `, the first ${size(MOST_UNPACKED)} of it` : "";
    notes.push(unpacked ? `gzip, ${size(bytes.length)} on the wire${cut}` : "said to be gzip, and is not");
  }
  const type = capture.media_type;
  const isBinary = content.includes(0) && !type.endsWith("json");
  const text = isBinary ? null : decode(content);
  const looksJson = text !== null && /^\s*[[{]/.test(text.slice(0, 1_000));
  const parsed = text !== null && (type.endsWith("json") || looksJson) ? json.read(text) : null;
  const isForm = text !== null && type === "application/x-www-form-urlencoded";
  const ways = [];
  if (parsed?.values) ways.push("tree", "pretty");
  if (isForm) ways.push("form");
  if (text !== null) ways.push("raw");
  ways.push("hex");
  notes.unshift(parsed?.values ? "JSON" : type || (isBinary ? "binary" : "text"), size(content.length));
  const claimsJson = type.endsWith("json");
  return { bytes, text, parsed, ways, notes, problem: claimsJson ? parsed?.problem : null };
}

async function unpack(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
      if (length > MOST_UNPACKED) {
        await reader.cancel();
        break;
      }
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { bytes: whole.subarray(0, MOST_UNPACKED), isCut: length > MOST_UNPACKED };
}

function headerOf(capture, name) {
  return capture.headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? "";
}

function fileName({ id, parsed, text }) {
  const ending = parsed?.values ? "json" : text === null ? "bin" : "txt";
  return `${id}.${ending}`;
}

/** That it is no JSON though it is said to be, and where. */
function problem({ text, problem }, stage) {
  if (!problem) return null;
  const { at, line, column, message } = problem;
  return h(
    "p",
    { class: "trouble", role: "note" },
    h("b", {}, "No JSON: "),
    prose(message),
    ` (line ${line}, column ${column}). `,
    button("Show the place", () => {
      wanted = "raw";
      for (const one of stage.parentElement.querySelectorAll(".choice button")) {
        one.setAttribute("aria-pressed", String(one.dataset.value === "raw"));
      }
      raw.show(text, stage, at).reveal();
    }),
  );
}

function draw({ text, parsed, bytes, problem }, way, stage) {
  if (way === "tree") tree.show(parsed.values, stage);
  else if (way === "pretty") pretty.show(parsed.values, stage);
  else if (way === "form") form(text, stage);
  else if (way === "raw") raw.show(text, stage, problem?.at);
  else hex.show(bytes, stage);
}

function form(text, stage) {
  const rows = [...new URLSearchParams(text)].map(([name, value]) => {
    const parsed = /^\s*[[{]/.test(value) ? json.read(value) : null;
    const cell = h("td", {});
    if (parsed?.values) tree.show(parsed.values, cell);
    else fill(cell, bdi(value, { keep: "\n\t" }));
    return h("tr", {}, h("th", { scope: "row" }, bdi(name)), cell);
  });
  fill(stage, h("table", { class: "pairs" }, h("tbody", {}, rows)));
}
