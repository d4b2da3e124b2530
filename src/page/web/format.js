// Sizes, times and words as people read them.

export function size(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function duration(ms) {
  if (ms == null) return "";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1e3).toFixed(2)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1e3)} s`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

const two = (number) => String(number).padStart(2, "0");

/** The time of day; the day before it if it is another one. */
export function clock(at, now = Date.now()) {
  const time = new Date(at);
  const isToday = new Date(now).toDateString() === time.toDateString();
  return isToday ? timeOfDay(time) : full(at).slice(5, -4);
}

function timeOfDay(time) {
  const millis = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${millis}`;
}

/** A time in full, in the zone of this machine. */
export function full(at) {
  const time = new Date(at);
  return `${time.toLocaleDateString("sv")} ${timeOfDay(time)}`;
}

export const number = (value) => value.toLocaleString("en");

/** `1 delivery`, `2 deliveries`. */
export function count(value, one, several = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : several}`;
}

/** Verdicts: the kind that colours them, the word, and a longer one. */
export const VERDICTS = {
  valid: ["good", "valid"],
  invalid: ["bad", "invalid"],
  missing: ["bad", "missing", "signature missing"],
  unsigned: ["warn", "unsigned"],
  no_secret: ["warn", "no secret"],
};

/** The reasons of a bad verdict, in a few words. */
export const REASONS = {
  missing_header: "header missing",
  malformed_header: "header malformed",
  unsupported_version: "unknown version",
  stale: "too old",
  future: "from the future",
  mismatch: "does not fit",
};

/** The kind of a status: what colours it. */
export function kindOfStatus(status) {
  if (status == null) return "warn";
  if (status < 300) return "good";
  return status < 400 ? "warn" : "bad";
}
