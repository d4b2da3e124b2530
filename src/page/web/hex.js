// Bytes in hexadecimal, with the characters beside them.

import { h } from "./dom.js";
import { columns, show as showLines } from "./lines.js";

export function show(bytes, into) {
  // Each byte takes about four columns.
  const width = columns(into) >= 76 ? 16 : 8;
  showLines(into, {
    count: Math.ceil(bytes.length / width),
    characters: bytes.length * 8,
    label: "Body in hexadecimal",
    kind: "hex",
    make: (index) => line(bytes, index * width, width),
  });
}

function line(bytes, from, width) {
  const row = bytes.subarray(from, from + width);
  const cells = [...row].map((byte) => byte.toString(16).padStart(2, "0"));
  const half = width / 2;
  const digits = `${cells.slice(0, half).join(" ")}  ${cells.slice(half).join(" ")}`;
  const characters = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
  return h(
    "div",
    { class: "line" },
    h("span", { class: "number" }, from.toString(16).padStart(6, "0")),
    h("span", { class: "text digits" }, digits.padEnd(width * 3, " ")),
    h("span", { class: "text characters" }, characters),
  );
}
