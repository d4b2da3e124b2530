// The attempts of one delivery as they arrived, and the replays of this capture.

import * as api from "./api.js";
import { button, fill, grid, h, nothing } from "./dom.js";
import { clock, count, duration } from "./format.js";
import { badge, statusOf } from "./list.js";
import { choose } from "./model.js";
import { bdi, shown } from "./text.js";

export async function show(capture, into) {
  const { delivery_id: id, captures, replays } = await api.get(`/api/captures/${capture.id}/attempts`);
  const why = "It carries no delivery id, so attempts of it cannot be told from other deliveries.";
  fill(into, id ? attempts(id, captures, capture) : nothing(why), sent(replays));
}

function attempts(id, captures, capture) {
  const first = captures[0]?.at ?? 0;
  const longest = Math.max(1, (captures.at(-1)?.at ?? 0) - first);
  return [
    h("h3", {}, count(captures.length, "attempt"), " of ", h("bdi", { class: "mono" }, shown(id))),
    h(
      "ol",
      { class: "timeline" },
      captures.map((row, index) => {
        const isThis = row.id === capture.id;
        const dot = h("span", { class: "dot", "aria-hidden": "true" });
        dot.style.left = `${((row.at - first) / longest) * 100}%`;
        return h(
          "li",
          { "aria-current": isThis ? "true" : null },
          h("span", { class: "nth" }, `${index + 1}.`),
          h("span", { class: "mono" }, clock(row.at)),
          h("span", { class: "after" }, index === 0 ? "first" : `+${duration(row.at - first)}`),
          badge(row),
          statusOf(row.status),
          h("span", { class: "track" }, dot),
          isThis ? h("span", { class: "mark" }, "this one") : button("Open", () => choose(row.id, { open: true })),
        );
      }),
    ),
  ];
}

function sent(replays) {
  if (replays.length === 0) return null;
  const rows = replays.map(({ at, url, status, duration_ms, error }) => [
    h("code", {}, clock(at)),
    h("code", {}, bdi(url ?? "")),
    status == null ? h("span", { class: "status bad" }, shown(error ?? "no answer")) : statusOf(status),
    duration(duration_ms),
  ]);
  return [h("h3", {}, count(replays.length, "replay")), grid(["Sent", "To", "Answer", "Took"], rows)];
}
