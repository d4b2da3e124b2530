// Checks a handler, and shows each check as its result comes.

import * as api from "./api.js";
import { attempt, dialog } from "./actions.js";
import { beside, field, fill, h, select, submit } from "./dom.js";
import { model } from "./model.js";
import { remember, target } from "./targets.js";
import { shown } from "./text.js";

const KINDS = { pass: ["good", "✓ pass"], fail: ["bad", "✗ fail"], warn: ["warn", "! warn"], skip: ["plain", "– skip"] };

export async function openCheck() {
  const providers = await attempt(() => api.get("/api/catalogue"));
  if (providers) dialog("Check a handler", () => panel(providers), { wide: true });
}

function panel(providers) {
  const { input: to, list } = target(model.session?.forward[0]);
  const provider = select(providers.map(({ name, label }) => [name, label]), model.rows[0]?.provider ?? "");
  const found = h("ol", { class: "checks", "aria-live": "polite" });
  const score = h("p", { class: "score", role: "status" });
  async function run(event) {
    event.preventDefault();
    if (!to.reportValidity()) return;
    remember(to.value);
    found.replaceChildren();
    const counts = { pass: 0, fail: 0, warn: 0, skip: 0 };
    await attempt(() =>
      api.lines("/api/check", { to: to.value, provider: provider.value }, (line) => {
        if (line.type === "check") {
          counts[line.status] += 1;
          found.append(one(line));
          fill(score, `${counts.pass} passed, ${counts.fail} failed, ${counts.warn} warned, ${counts.skip} skipped`);
        } else if (line.type === "said" || line.type === "failed") {
          found.append(h("li", { class: "said" }, shown(line.text ?? line.error)));
        }
      }),
    );
  }
  return [
    h("form", { class: "form", onsubmit: run }, beside(field("Handler", to), field("Provider", provider)), list, submit("Check")),
    score,
    found,
  ];
}

function one({ id, status, expected, observed, why, fix }) {
  const [kind, word] = KINDS[status] ?? KINDS.skip;
  const told = [["Expected", expected], ["Observed", observed], ["Why", why], ["Fix", fix]];
  const rows = told.filter(([, text]) => text).map(([name, text]) => [h("dt", {}, name), h("dd", {}, shown(text))]);
  return h(
    "li",
    {},
    h("p", {}, h("span", { class: `badge ${kind}` }, word), " ", h("code", {}, shown(id))),
    status === "pass" ? null : h("dl", { class: "rows-of-two" }, rows),
  );
}
