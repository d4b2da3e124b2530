// What is done with one delivery from anywhere: copied, pinned, deleted. And what is said about it.

import * as api from "./api.js";
import { button, byId, fill, h } from "./dom.js";
import { on } from "./model.js";
import { shown } from "./text.js";

/** How long something is said, in milliseconds. */
const LONG = 4_000;

/** Says something in a corner for a while. */
export function say(text, kind = "good") {
  const toast = h("p", { class: `toast ${kind}` }, shown(text));
  const toasts = byId("toasts");
  toasts.append(toast);
  while (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => toast.remove(), kind === "bad" ? LONG * 2 : LONG);
}

on("said", ({ kind, text }) => say(text, kind));

/** Does something, and says so if it is refused. */
export async function attempt(work) {
  try {
    return await work();
  } catch (refused) {
    say([refused.message, ...(refused.hints ?? [])].join(" "), "bad");
    return null;
  }
}

export function copy(text, what) {
  return attempt(async () => {
    await navigator.clipboard.writeText(text).catch(() => {
      throw new Error("The browser does not let this page copy.");
    });
    say(`Copied the ${what}.`);
  });
}

export const togglePin = (id, pinned) => attempt(() => api.put(`/api/captures/${id}/pin`, { pinned }));

const FORMATS = { ndjson: "NDJSON", har: "HAR", curl: "curl script", powershell: "PowerShell script", cmd: "Batch file" };

/** A menu of files with deliveries in them. */
export function exports(query, others, about) {
  const links = Object.entries({ ...FORMATS, ...others }).map(([format, label]) =>
    h("a", { href: api.path("/api/export", { format, ...query }), download: "", onclick: () => (menu.open = false) }, label),
  );
  const items = h("div", { class: "menu-items" }, about ? h("p", { class: "faint" }, about) : null, links);
  const menu = h("details", { class: "menu" }, h("summary", {}, "Export"), items);
  return menu;
}

/** Deletes a delivery, if that is really wanted. */
export async function remove(id) {
  if (await confirm("Delete this delivery?", "It is taken out of the history, and cannot be brought back.", "Delete")) {
    await attempt(() => api.remove(`/api/captures/${id}`));
  }
}

/** A dialog. `make` gets what closes it, and gives what it holds. */
export function dialog(title, make, { wide = false } = {}) {
  const close = () => element.close();
  const heading = h("h2", { id: "dialog-title" }, title);
  const element = h("dialog", { class: wide ? "wide" : null, "aria-labelledby": heading.id });
  fill(element, h("div", { class: "dialog-head" }, heading, button("Close", close, { class: "quiet" })), make(close));
  element.addEventListener("close", () => element.remove());
  document.querySelector("dialog")?.close();
  document.body.append(element);
  element.showModal();
  return element;
}

function confirm(title, about, yes) {
  return new Promise((resolve) => {
    let sure = false;
    const element = dialog(title, (close) => [
      h("p", {}, about),
      h(
        "div",
        { class: "buttons" },
        button(yes, () => {
          sure = true;
          close();
        }, { class: "danger", autofocus: true }),
        button("Keep it", close),
      ),
    ]);
    element.addEventListener("close", () => resolve(sure));
  });
}
