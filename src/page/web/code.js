// The request in other forms: as commands, as a file, as code, as a type.

import * as api from "./api.js";
import { copy } from "./actions.js";
import { bar, button, choice, fill, h, pre } from "./dom.js";
import * as json from "./json.js";
import { withStore } from "./commands.js";
import { model } from "./model.js";
import { decode, escaped, literal, shown } from "./text.js";

const FORMS = [
  ["curl", "curl", written("curl")],
  ["powershell", "PowerShell", written("powershell")],
  ["cmd", "cmd", written("cmd")],
  ["hookctl", "hookctl", hookctl],
  ["http", "HTTP file", written("http")],
  ["fetch", "fetch", fetched],
  ["type", "TypeScript", typed],
];

let wanted = "curl";

export function show(capture, into) {
  const box = pre("The request in this form");
  let text = "";
  const draw = async () => {
    const [, , make] = FORMS.find(([name]) => name === wanted);
    try {
      text = await make(capture);
      fill(box, shown(text, { keep: "\n\t" }));
    } catch (refused) {
      text = "";
      fill(box, refused.message);
    }
  };
  const pick = (name) => {
    wanted = name;
    draw();
  };
  fill(
    into,
    bar(choice("Form", FORMS, wanted, pick), button("Copy", () => copy(text, "text"))),
    box,
    capture.redacted ? h("p", { class: "hint" }, "Credentials are left out.") : null,
  );
  return draw();
}

function written(form) {
  return (capture) => api.text(`/api/captures/${capture.id}/as`, { form });
}

function hookctl(capture) {
  const to = model.session?.quoted.to ?? "http://localhost:3000";
  const lines = [
    ["Send it again, signed afresh:", `hookctl replay ${capture.id} --to ${to}`],
    ["Send the very bytes, old signature included:", `hookctl replay ${capture.id} --raw --to ${to}`],
    ["Say why its signature fits or not:", `hookctl verify ${capture.id}`],
    ["Show all of it:", `hookctl history show ${capture.id}`],
  ];
  const event = `${capture.provider}/${capture.event}`;
  // A name that a stranger made up is not for a shell.
  if (capture.provider && /^[\w./:-]+$/.test(event)) {
    lines.push(["Send another event like it:", `hookctl send ${event} --to ${to}`]);
  }
  const isKept = model.session?.store;
  const kept = lines.filter(([, line]) => isKept || line.startsWith("hookctl send"));
  const text = kept.map(([about, line]) => `# ${about}\n${withStore(line)}`).join("\n\n");
  return isKept ? `${text}\n` : `# This listener keeps no history, so its captures have no names elsewhere.\n\n${text}\n`;
}

/** Code for browsers and Node. The body stands in it as it came: as text, or byte by byte if it is none. */
async function fetched(capture) {
  const bytes = await api.bytes(`/api/captures/${capture.id}/body`);
  const unwanted = new Set(["host", "content-length", "connection", "transfer-encoding"]);
  const headers = capture.headers.filter(([name]) => !unwanted.has(name.toLowerCase()));
  const host = capture.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "localhost";
  const scheme = model.session?.url.startsWith("https") ? "https" : "http";
  const options = [`  method: ${literal(capture.method)},`];
  const pairs = headers.map((pair) => `    [${pair.map(literal).join(", ")}],`);
  options.push("  headers: [", ...pairs, "  ],");
  if (bytes.length) options.push(`  body: ${bodyOf(bytes)},`);
  const url = literal(`${scheme}://${host}${capture.target}`);
  return `const response = await fetch(${url}, {\n${options.join("\n")}\n});\n`;
}

function bodyOf(bytes) {
  const text = decode(bytes);
  if (!/\p{Cs}/u.test(text)) return literal(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `Uint8Array.from(atob("${btoa(binary)}"), (char) => char.charCodeAt(0))`;
}

/** The type of the body. */
async function typed(capture) {
  const { values } = json.read(decode(await api.bytes(`/api/captures/${capture.id}/body`)));
  if (!values) return "The body is no JSON, so it has no type.\n";
  const words = (capture.event ?? "payload").split(/[^A-Za-z0-9]+/);
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("").replace(/^\d|^$/, "Event$&");
  return `export type ${name} = ${typeOf(values, 0, "")};\n`;
}

/** Deeper values have no type of their own. */
const DEEPEST = 40;

function typeOf(values, value, indent) {
  const kind = values.kind[value];
  if (kind === json.STRING) return "string";
  if (kind === json.NUMBER) return "number";
  if (kind === json.WORD) return values.written(value) === "null" ? "null" : "boolean";
  if (indent.length > DEEPEST) return "unknown";
  const inner = [];
  for (let child = value + 1; child < values.after[value]; child = values.after[child]) inner.push(child);
  if (kind === json.LIST) {
    const types = [...new Set(inner.slice(0, 200).map((child) => typeOf(values, child, indent)))];
    if (types.length === 0) return "unknown[]";
    const [one] = types;
    return types.length === 1 && /^\w+$/.test(one) ? `${one}[]` : `(${types.join(" | ")})[]`;
  }
  if (inner.length === 0) return "Record<string, never>";
  const fields = inner.map((child) => {
    const key = escaped(values.key(child));
    const isPlain = /^"[A-Za-z_$][\w$]*"$/.test(key);
    return `${indent}  ${isPlain ? key.slice(1, -1) : key}: ${typeOf(values, child, `${indent}  `)};`;
  });
  return `{\n${fields.join("\n")}\n${indent}}`;
}
