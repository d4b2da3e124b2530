// Where things are sent to: the listener, the servers it passes on to, and what was typed before.

import { h, written } from "./dom.js";
import { model } from "./model.js";

const KEY = "hookctl.targets";
const MOST = 8;

/** What may be broken on purpose. */
export const TAMPER = ["", "body", "signature", "timestamp", "id", "secret", "headers"].map((what) => [what, what || "nothing"]);

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

/** Keeps a target for the next time, on this machine. */
export function remember(url) {
  const all = [url, ...remembered().filter((known) => known !== url)].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A browser that keeps nothing loses a convenience.
  }
}

/** Whatever is sent to the listener itself comes back into the list. */
export const own = () => model.session?.url ?? "";

/** A field for a target. */
export function target(first) {
  const known = [...new Set([...(model.session?.forward ?? []), ...remembered(), own()])].filter(Boolean);
  const list = h("datalist", { id: "targets" }, known.map((url) => h("option", { value: url })));
  const input = written("input", {
    type: "url",
    required: true,
    list: "targets",
    placeholder: "http://localhost:3000/webhooks",
    value: first ?? known[0],
  });
  return { input, list };
}
