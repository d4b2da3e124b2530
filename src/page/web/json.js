// JSON as it was written: a reader that remembers where each value stands, so that numbers, escapes, repeated keys and
// their order are shown as they came. It takes any depth, and says where a text is no JSON.

export const OBJECT = 1;
export const LIST = 2;
export const STRING = 3;
export const NUMBER = 4;
export const WORD = 5;

/** Most values that are read: beyond, nobody looks at them one by one. */
const MOST = 2_000_000;

const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const AFTER = 4;

const ESCAPES = new Set('"\\/bfnrtu');
const NUMBERS = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = /true|false|null/y;

class Problem {
  constructor(at, message) {
    this.at = at;
    this.message = message;
  }
}

/** Values in the order in which they stand. All columns have one entry a value. */
class Values {
  constructor(text) {
    this.text = text;
    this.kind = [];
    this.start = [];
    /** Behind its last character. */
    this.end = [];
    /** Where the key is, quotes included; -1 without one. */
    this.keyStart = [];
    this.keyEnd = [];
    this.parent = [];
    /** The value behind all that it holds. */
    this.after = [];
    /** How many values it holds itself. */
    this.children = [];
    /** Its place among those that its parent holds. */
    this.index = [];
  }

  get count() {
    return this.kind.length;
  }

  add(kind, start, parent, key) {
    const value = this.kind.length;
    if (value === MOST) throw new Problem(start, "more values than can be shown one by one");
    this.kind.push(kind);
    this.start.push(start);
    this.end.push(start);
    this.keyStart.push(key ? key[0] : -1);
    this.keyEnd.push(key ? key[1] : -1);
    this.parent.push(parent);
    this.after.push(value + 1);
    this.children.push(0);
    this.index.push(parent < 0 ? 0 : this.children[parent]);
    if (parent >= 0) this.children[parent] += 1;
    return value;
  }

  key(value) {
    return this.keyStart[value] < 0 ? null : this.text.slice(this.keyStart[value], this.keyEnd[value]);
  }

  written(value) {
    return this.text.slice(this.start[value], this.end[value]);
  }

  /** The path of a value, as `--set` takes it. */
  path(value) {
    const parts = [];
    for (let at = value; this.parent[at] >= 0; at = this.parent[at]) {
      const key = this.key(at);
      parts.push(key === null ? String(this.index[at]) : JSON.parse(key).replaceAll(".", "\\."));
    }
    return parts.reverse().join(".");
  }
}

/** Reads a text. Gives its values, or where and why it is no JSON. */
export function read(text) {
  const values = new Values(text);
  try {
    readAll(text, values);
    return { values };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const before = text.slice(0, problem.at);
    const line = before.split("\n").length;
    const column = problem.at - before.lastIndexOf("\n");
    return { problem: { at: problem.at, line, column, message: problem.message } };
  }
}

function readAll(text, values) {
  const open = [];
  let at = 0;
  let state = VALUE;
  let key = null;
  for (;;) {
    at = skip(text, at);
    if (at >= text.length) {
      if (state === AFTER && open.length === 0) return;
      throw new Problem(at, values.count === 0 ? "there is nothing" : "it ends too early");
    }
    const char = text[at];
    const top = open.length ? open[open.length - 1] : -1;
    if (state === AFTER) {
      if (top < 0) throw new Problem(at, `${quoted(text, at)} behind the end`);
      const isObject = values.kind[top] === OBJECT;
      if (char === ",") state = isObject ? KEY : VALUE;
      else if (char === (isObject ? "}" : "]")) close(values, open, at);
      else throw new Problem(at, `${quoted(text, at)} where a comma or \`${isObject ? "}" : "]"}\` should be`);
      at += 1;
    } else if (state === KEY || state === KEY_OR_END) {
      if (char === "}" && state === KEY_OR_END) {
        close(values, open, at);
        at += 1;
        state = AFTER;
        continue;
      }
      if (char !== '"') throw new Problem(at, `${quoted(text, at)} where a name should be`);
      const end = string(text, at);
      key = [at, end];
      at = skip(text, end);
      if (text[at] !== ":") throw new Problem(at, "a colon is missing");
      at += 1;
      state = VALUE;
    } else if (char === "]" && state === VALUE_OR_END) {
      close(values, open, at);
      at += 1;
      state = AFTER;
    } else {
      const kind = char === "{" ? OBJECT : char === "[" ? LIST : scalar(text, at);
      const value = values.add(kind, at, top, key);
      key = null;
      if (kind === OBJECT || kind === LIST) {
        open.push(value);
        at += 1;
        state = kind === OBJECT ? KEY_OR_END : VALUE_OR_END;
      } else {
        at = kind === STRING ? string(text, at) : matched(kind === NUMBER ? NUMBERS : WORDS, text, at);
        values.end[value] = at;
        state = AFTER;
      }
    }
  }
}

function close(values, open, at) {
  const value = open.pop();
  values.end[value] = at + 1;
  values.after[value] = values.count;
}

function skip(text, at) {
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at += 1;
  }
}

function scalar(text, at) {
  const char = text[at];
  if (char === '"') return STRING;
  if (char === "-" || (char >= "0" && char <= "9")) return NUMBER;
  if (matched(WORDS, text, at) > at) return WORD;
  throw new Problem(at, `${quoted(text, at)} where a value should be`);
}

/** Where a pattern ends that starts here. */
function matched(pattern, text, at) {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) {
    if (pattern === WORDS) return at;
    throw new Problem(at, "a number breaks off");
  }
  return at + found[0].length;
}

/** Where the string ends that starts here. */
function string(text, from) {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) return at + 1;
    if (code < 32) throw new Problem(at, "a control character in a text");
    if (code >= 0xdc80 && code <= 0xdcff && !isSecondHalf(text, at)) throw new Problem(at, "a byte that is no UTF-8");
    if (code === 92) {
      const escape = text[at + 1];
      const isWhole = escape !== "u" || /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6));
      if (!ESCAPES.has(escape) || !isWhole) throw new Problem(at, "an escape that there is not");
      at += escape === "u" ? 5 : 1;
    }
  }
  throw new Problem(from, "a text that does not end");
}

function isSecondHalf(text, at) {
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

function quoted(text, at) {
  const char = String.fromCodePoint(text.codePointAt(at));
  return `\`${char}\``;
}
