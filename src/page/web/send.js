// Sends an event of the catalogue, to the listener or to a server.

import * as api from "./api.js";
import { attempt, dialog } from "./actions.js";
import { beside, choice, field, fill, h, nothing, select, submit, written } from "./dom.js";
import { model } from "./model.js";
import { run } from "./results.js";
import { TAMPER, own, remember, target } from "./targets.js";

let catalogue = null;
let chosen = null;

export async function openSend() {
  catalogue ??= await attempt(() => api.get("/api/catalogue"));
  if (catalogue) dialog("Send an event", panel, { wide: true });
}

/** All that can be sent, as `provider/name`. */
function events() {
  return catalogue.flatMap(({ name, label, events }) =>
    events.map((event) => ({
      name: `${name}/${event.event ?? event.scenario}`,
      label,
      about: event.about,
      isScenario: event.type === "scenario",
      variants: event.variants ?? [],
    })),
  );
}

function panel() {
  const all = events();
  let typed = null;
  const about = "Search events";
  const search = written("input", { type: "search", placeholder: about, "aria-label": about, autofocus: true, oninput: () => list() });
  const found = h("div", { class: "events", role: "listbox", tabindex: "0", "aria-label": "Events", onkeydown: keys });
  const form = h("form", { class: "form send-form", onsubmit: send });
  const results = h("div", { class: "results", role: "status" });
  chosen ??= model.session?.example ?? all[0].name;
  let fields = {};

  function list() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = ({ name, label, about }, word) => `${name} ${label} ${about}`.toLowerCase().includes(word);
    const fits = all.filter((event) => words.every((word) => holds(event, word)));
    fill(
      found,
      fits.map((event) =>
        h(
          "div",
          {
            class: "event",
            role: "option",
            id: `event-${event.name}`,
            "data-name": event.name,
            "aria-selected": String(event.name === chosen),
            onclick: () => pick(event.name),
          },
          h("code", {}, event.name, event.isScenario ? h("span", { class: "mark" }, "scenario") : null),
          h("small", {}, event.about),
        ),
      ),
      fits.length ? null : nothing("No such event."),
    );
    found.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  function keys(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const names = [...found.querySelectorAll("[data-name]")].map((one) => one.dataset.name);
    const place = names.indexOf(chosen);
    const next = names[Math.min(Math.max(place + by, 0), names.length - 1)];
    if (next) pick(next);
  }

  function pick(name) {
    chosen = name;
    for (const one of found.children) one.setAttribute("aria-selected", String(one.dataset.name === name));
    found.setAttribute("aria-activedescendant", `event-${name}`);
    found.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
    draw();
  }

  function draw() {
    const event = all.find(({ name }) => name === chosen) ?? all[0];
    const [provider] = event.name.split("/");
    const here = `${own()}/webhooks/${provider}`;
    const { input: to, list: known } = target(typed?.value || here);
    const others = model.session?.forward ?? [];
    const quick = others.length
      ? choice("Where to", [[here, "This listener"], ...others.map((url) => [url, url])], to.value, (url) => (to.value = url))
      : null;
    to.addEventListener("input", () => (typed = to));
    const variant = select([["", "as documented"], ...event.variants.map((name) => [name, name])], "");
    const tamper = select(TAMPER, "");
    const again = h("input", { type: "number", min: "0", max: "100", value: "0" });
    const set = written("textarea", { rows: "2", placeholder: "contact.email=a@example.com" });
    const body = written("textarea", { rows: "8" });
    const whole = h(
      "details",
      { class: "edits", ontoggle: () => whole.open && !body.value && preview() },
      h("summary", {}, "Edit the whole body"),
      field("Body, sent as it is written", body),
    );
    const preview = () =>
      attempt(async () => {
        await api.lines("/api/send", { ...wish(), data: null, dry: true }, (line) => {
          if (line.type === "request") body.value = pretty(line.body ?? "");
        });
      });
    const wish = () => ({
      event: event.name,
      to: to.value,
      variants: variant.value ? [variant.value] : [],
      set: whole.open ? [] : set.value.split("\n").map((line) => line.trim()).filter(Boolean),
      data: whole.open && !event.isScenario && body.value ? body.value : null,
      tamper: tamper.value || null,
      duplicates: Number(again.value) || 0,
    });
    fields = { to, wish };
    fill(
      form,
      h("p", { class: "event-about" }, h("b", { class: "mono" }, event.name), " ", event.about),
      field("Send to", to),
      quick,
      known,
      beside(
        event.variants.length ? field("Variant", variant) : null,
        field("Break on purpose", tamper),
        field("Send again", again, "so often, under the same id"),
      ),
      event.isScenario ? null : [field("Edits, a `path=value` a line", set), whole],
      submit("Send"),
    );
  }

  async function send(event) {
    event.preventDefault();
    if (!fields.to.reportValidity()) return;
    if (!fields.to.value.startsWith(own())) remember(fields.to.value);
    await run("/api/send", fields.wish(), results);
  }

  list();
  draw();
  // Once it is on the page.
  requestAnimationFrame(() => found.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "center" }));
  return h("div", { class: "send" }, h("div", { class: "send-events" }, search, found), h("div", {}, form, results));
}

/** A sample over several lines, to be read and edited. */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

