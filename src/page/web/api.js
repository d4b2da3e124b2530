// The server of the page: calls, and the lines that come back one by one.

/** What a call was refused with. */
export class Refused extends Error {
  constructor(message, hints = [], status = 0) {
    super(message);
    this.hints = hints;
    this.status = status;
  }
}

let token = document.querySelector('meta[name="token"]').content;

/** Takes the token of the run that answers now, after the listener was started again. */
export async function renew() {
  const page = await (await fetch("/")).text();
  token = page.match(/name="token" content="([0-9a-f]+)"/)?.[1] ?? token;
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused("hookctl does not answer. Is the listener still running?");
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refused(told.error ?? `hookctl answered ${response.status}`, told.hints, response.status);
}

const withToken = () => ({ "x-hookctl-token": token });

/** A path with its query; what is `null` or empty is left out. */
export function path(base, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value != null && value !== "");
  const text = new URLSearchParams(pairs).toString();
  return text ? `${base}?${text}` : base;
}

export const get = async (base, query, options = {}) =>
  (await call(path(base, query), { headers: query?.reveal ? withToken() : {}, ...options })).json();

export const text = async (base, query) =>
  (await call(path(base, query), { headers: query?.reveal ? withToken() : {} })).text();

export const bytes = async (base) => new Uint8Array(await (await call(base)).arrayBuffer());

async function change(method, base, value) {
  const body = value === undefined ? undefined : JSON.stringify(value);
  return call(base, { method, body, headers: { "content-type": "application/json", ...withToken() } });
}

export const put = async (base, value) => (await change("PUT", base, value)).json();
export const remove = async (base) => (await change("DELETE", base)).json();

/** Runs an action and hands on each line as it comes. */
export async function lines(base, value, take) {
  const response = await change("POST", base, value);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value: part } = await reader.read();
    if (done) break;
    const whole = (rest + part).split("\n");
    rest = whole.pop();
    for (const line of whole) if (line) take(JSON.parse(line));
  }
}
