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

const EVERY = new RegExp(DANGEROUS.source, "gu");

/** A text as a literal, with control and bidi characters escaped. */
export const literal = (text) => escaped(JSON.stringify(text));

/** Escapes control and bidi characters within a literal. */
export const escaped = (code) => code.replace(EVERY, escapeOf);

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

/** Text that keeps its reading order to itself. */
export const bdi = (text, how) => h("bdi", {}, shown(text, how));

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

/** What is a character in UTF-8 (RFC 3629), and each byte that is part of none. */
const SEQUENCES =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

function decodeLoosely(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const escaped = (sequence) => [...sequence].map((char) => `%${char.charCodeAt(0).toString(16)}`).join("");
  return binary.replace(SEQUENCES, (it) =>
    it.length === 1 ? String.fromCharCode(BYTE + it.charCodeAt(0)) : decodeURIComponent(escaped(it)),
  );
}
