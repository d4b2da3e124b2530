// The page of a listener: what arrives, as it arrives.

import { copy, exports } from "./actions.js";
import { openCheck } from "./check.js";
import * as detail from "./detail.js";
import { button, byId, fill, h } from "./dom.js";
import { openHelp } from "./help.js";
import * as keys from "./keys.js";
import * as list from "./list.js";
import { choose, model, on, open, readSession, reload } from "./model.js";
import { openPolicy, summary } from "./policy.js";
import { openSend } from "./send.js";

const LIVE = {
  wait: "connecting",
  live: "live",
  lost: "lost, trying again",
  ended: "ended, waiting for it to come back",
};

function showLive(state) {
  const live = byId("live");
  // Whoever ended is not lost.
  if (state === "lost" && live.dataset.state === "ended") return;
  live.dataset.state = state;
  fill(live, LIVE[state]);
}

function showEndpoint() {
  const { url, forward } = model.session;
  fill(
    byId("endpoint"),
    button(h("bdi", {}, url), () => copy(url, "URL"), { class: "copyable url", title: "Copy the URL" }),
    forward.length ? h("span", { class: "forward" }, "→ ", forward.join(", ")) : null,
  );
  showTitle();
}

function showActions() {
  const { text, isUsual } = summary(model.policy);
  fill(
    byId("actions"),
    button("Send", openSend, { "aria-keyshortcuts": "s" }),
    button([h("span", { class: "label" }, "Answers "), h("b", {}, text)], openPolicy, {
      class: isUsual ? null : "changed",
      "aria-keyshortcuts": "a",
      title: "What the listener answers",
    }),
    button("Check", openCheck, { title: "Check a handler" }),
    exports({ q: model.query }, {}, model.query ? "What fits the filter" : "All that is listed"),
    button("?", openHelp, { class: "square", "aria-label": "Keys", "aria-keyshortcuts": "?" }),
  );
}

/** The title says what came while nobody looked. */
function showTitle() {
  const { host } = new URL(model.session?.url ?? location.href);
  document.title = `${model.unseen ? `(${model.unseen}) ` : ""}hookctl · ${host}`;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) model.unseen = 0;
  showTitle();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

on("live", showLive);
on("session", showEndpoint);
on("policy", showActions);
on("query", showActions);
on("came", (rows) => {
  showTitle();
  // The first delivery is what everybody waits for.
  if (!model.chosen && !list.narrow() && model.rows.length === rows.length) choose(model.rows[0]?.id ?? null);
});

async function start() {
  await readSession();
  const query = new URLSearchParams(location.search);
  model.query = (query.get("q") ?? model.session.filter ?? "").trim();
  list.start();
  detail.start();
  keys.start();
  open();
  await reload();
  const [id, tab] = location.hash.slice(1).split("/");
  const isTab = detail.TABS.some(([name]) => name === tab);
  if (/^cap_[0-9a-z]{12}$/.test(id)) choose(id, { tab: isTab ? tab : "body", open: true });
  else if (!list.narrow() && model.rows.length > 0) choose(model.rows[0].id);
  else choose(null, { again: true });
}

start().catch((problem) => {
  fill(byId("detail"), h("div", { class: "sorry" }, h("p", {}, problem.message)));
});
