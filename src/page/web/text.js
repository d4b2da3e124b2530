// Text from strangers: what steers a screen, hides itself or turns the reading order is shown as an escape.

import { h } from "./dom.js";

/** Control characters, halves of pairs, bidi marks, zero widths, line separators, byte order marks. */
const DANGEROUS = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const NAMED = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
/** Bytes that are no UTF-8 are decoded to these halves of pairs, one each. */
const BYTE = 0xdc00;

function escapeOf(char) {
  const code = char.codePointAt(0);
  if (code >= BYTE + 0x80 && code <= BYTE + 0xff) return `\\x${(code - BYTE).toString(16)}`;
  return NAMED[char] ?? `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Text with escapes, for places that take nothing but text. */
export function plain(text, keep = "") {
  if (!DANGEROUS.test(text)) return text;
  let out = "";
  for (const char of text) out += DANGEROUS.test(char) && !keep.includes(char) ? escapeOf(char) : char;
  return out;
}

/** Text as nodes, escapes marked. Characters in `keep` stay, and `spaces` shows spaces as dots. */
export function shown(text, { keep = "", spaces = false } = {}) {
  if (!spaces && !DANGEROUS.test(text)) return [text];
  const nodes = [];
  let run = "";
  const end = () => {
    if (run) nodes.push(run);
    run = "";
  };
  for (const char of text) {
    if (spaces && char === " ") {
      end();
      nodes.push(h("span", { class: "space" }, "·"));
    } else if (DANGEROUS.test(char) && !keep.includes(char)) {
      end();
      nodes.push(h("span", { class: "escape" }, escapeOf(char)), keep && char === "\n" ? "\n" : null);
    } else {
      run += char;
    }
  }
  end();
  return nodes;
}

/** A sentence, with what stands between backticks as code. */
export function prose(text) {
  const parts = text.split("`");
  const isWhole = parts.length % 2 === 1;
  return isWhole ? parts.map((part, index) => (index % 2 ? h("code", {}, shown(part)) : shown(part))) : shown(text);
}

/** Bytes as text: UTF-8, and each byte that is none as a half of a pair. */
export function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return decodeLoosely(bytes);
  }
}

function decodeLoosely(bytes) {
  const parts = [];
  let codes = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequence(bytes, at);
    if (length === 0) {
      codes.push(BYTE + bytes[at]);
      at += 1;
    } else {
      let code = length === 1 ? bytes[at] : bytes[at] & (0x7f >> length);
      for (let next = at + 1; next < at + length; next += 1) code = (code << 6) | (bytes[next] & 0x3f);
      if (code > 0xffff) codes.push(0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
      else codes.push(code);
      at += length;
    }
    if (codes.length > 8_000) {
      parts.push(String.fromCharCode(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCharCode(...codes));
  return parts.join("");
}

/** How long the UTF-8 sequence is that starts here; 0 if none does. */
function sequence(bytes, at) {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (first >= 0xf5 || length === 0) return 0;
  for (let next = at + 1; next < at + length; next += 1) {
    if ((bytes[next] & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[at + 1];
  const isUnfit =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return isUnfit ? 0 : length;
}
