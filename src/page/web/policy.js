// What the listener answers, changed while it runs.

import * as api from "./api.js";
import { dialog } from "./actions.js";
import { beside, button, checkbox, field, fill, h, submit, written } from "./dom.js";
import { model, tell } from "./model.js";
import { prose } from "./text.js";

const PRESETS = ["200", "204", "400", "401", "404", "410", "429", "500", "503", "drop"];

/** The policy in a few words, and whether it is the usual one. */
export function summary(policy) {
  const parts = [];
  if (policy.forwards) parts.push("from the app");
  else parts.push(policy.respond);
  if (policy.fail_first) parts.push(`first ${policy.fail_first} fail`);
  if (policy.fail_rate) parts.push(`${Math.round(policy.fail_rate * 100)} % fail`);
  if (policy.delay) parts.push(`after ${policy.delay}`);
  if (policy.gone_after != null) parts.push(`gone after ${policy.gone_after}`);
  if (policy.require_valid) parts.push("valid only");
  const isUsual = parts.length === 1 && (policy.forwards || policy.respond === "200");
  return { text: parts.join(" · "), isUsual };
}

export function openPolicy() {
  dialog("What the listener answers", panel);
}

function panel(close) {
  const { policy } = model;
  const respond = written("input", { autofocus: true, value: policy.respond, disabled: policy.forwards });
  const body = written("textarea", { rows: "3", value: policy.body, disabled: policy.forwards });
  const delay = written("input", { value: policy.delay, placeholder: "none" });
  const percent = String(Math.round(policy.fail_rate * 100));
  const rate = h("input", { type: "range", min: "0", max: "100", value: percent, oninput: () => told() });
  const share = h("output", { class: "share" });
  const first = h("input", { type: "number", min: "0", max: "1000000", value: String(policy.fail_first) });
  const after = h("input", { type: "number", min: "0", max: "86400", value: policy.retry_after ?? "", placeholder: "none" });
  const gone = h("input", { type: "number", min: "0", max: "1000000", value: policy.gone_after ?? "", placeholder: "never" });
  const drop = checkbox("Failures close the connection, rather than answer 503", { checked: policy.drop });
  const valid = checkbox("Answer 401 to what does not verify", { checked: policy.require_valid });
  const shakes = checkbox("Answer handshakes as their senders want it", { checked: policy.handshakes });
  const problem = h("p", { class: "trouble", role: "alert", hidden: true });
  const told = () => fill(share, `${rate.value} %`);
  told();

  const whole = (input) => (input.value === "" ? null : Number(input.value));
  async function apply(wish) {
    problem.hidden = true;
    try {
      model.policy = await api.put("/api/policy", wish);
      tell("policy");
      tell("said", { kind: "good", text: `Answers from now on: ${summary(model.policy).text}.` });
      close();
    } catch (refused) {
      fill(problem, prose([refused.message, ...refused.hints].join(" ")));
      problem.hidden = false;
    }
  }
  const typed = body.value;
  const preset = (status) => button(status, () => (respond.value = status), { class: "chip mono" });
  const wish = () => ({
    respond: respond.value,
    body: body.value,
    // The type of a body is found anew with another body.
    headers: policy.headers.filter(([name]) => body.value === typed || name.toLowerCase() !== "content-type"),
    delay: delay.value,
    fail_first: Number(first.value) || 0,
    fail_rate: Number(rate.value) / 100,
    drop: drop.input.checked,
    retry_after: whole(after),
    gone_after: whole(gone),
    require_valid: valid.input.checked,
    handshakes: shakes.input.checked,
  });

  return h(
    "form",
    {
      class: "form",
      onsubmit: (event) => {
        event.preventDefault();
        apply(wish());
      },
    },
    policy.forwards
      ? h("p", { class: "card" }, "The answers are those of the server that requests are passed on to. Delays and failures on purpose come on top.")
      : [
          h("div", { class: "presets", role: "group", "aria-label": "Statuses" }, PRESETS.map(preset)),
          field("Answer", respond, "A status, `drop` to close the connection, or a sequence such as `2x503,200`, whose last part repeats."),
          field("Body", body),
        ],
    beside(field("Delay", delay, "`2s`, or `50ms..800ms` to draw one for each"), field("Retry-After, in seconds", after)),
    h(
      "fieldset",
      {},
      h("legend", {}, "Failures on purpose"),
      beside(field("The next so many", first), field("Share of the others", rate), share),
      drop.element,
      field("410 Gone after so many answers", gone),
    ),
    valid.element,
    shakes.element,
    problem,
    submit("Answer like this", button("Back to 200", () => apply({}))),
  );
}
