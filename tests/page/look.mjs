// On a phone, in the dark, and for everyone: nothing is cut off, and axe finds nothing serious.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { browse, choose, counts, hookctl, listen, post, rows, says, step, tab } from "./harness.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TABS = ["body", "headers", "signature", "answer", "attempts", "copy", "replay", "compare"];

const listener = await listen();
const to = `${listener.url}/webhooks/ken`;
await hookctl("send", "ken/lead_replied", "--to", to);
await hookctl("send", "ken/lead_replied", "--tamper", "body", "--expect", "200", "--to", to);
await hookctl("send", "ken/email_sent", "--duplicate", "1", "--to", to);
await post(`${listener.url}/${"very/".repeat(200)}long?${"q=1&".repeat(100)}`, "x".repeat(9_000), { "x-long": "v".repeat(3_000) });
await post(`${listener.url}/broken`, '{"a": ', { "content-type": "application/json" });

/** What axe finds serious or critical. */
async function serious(page) {
  // Evaluated by the browser's tools, not by the page, whose policy would refuse it.
  await page.evaluate(`${axe};0`);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`);
}

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Elements that reach beyond the right edge and do not scroll by themselves. */
const beyond = (page) =>
  page.evaluate(() => {
    const scrolls = (element) => /auto|scroll|hidden/.test(getComputedStyle(element).overflowX);
    const isHeld = (element) => {
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) if (scrolls(up)) return up.getBoundingClientRect().right <= innerWidth + 1;
      return false;
    };
    const isOut = (element) => element.getBoundingClientRect().right > innerWidth + 1 && element.getClientRects().length > 0;
    return [...document.querySelectorAll("body *")].filter((element) => isOut(element) && !isHeld(element)).map((element) => element.className || element.tagName);
  });

await browse(async (open) => {
  for (const colorScheme of ["light", "dark"]) {
    await step(`axe, ${colorScheme}`, async () => {
      const page = await open(listener.page, { colorScheme });
      await counts(page, 6);
      await choose(page, "does not fit");
      for (const name of TABS) {
        await tab(page, name);
        await page.waitForFunction(() => document.querySelector("#panel .side").children.length > 0);
        assert.deepEqual(await serious(page), [], name);
      }
      for (const [key, title] of [["s", "Send an event"], ["a", "What the listener answers"], ["?", "Keys"]]) {
        await page.keyboard.press(key);
        await says(page, "dialog h2", title);
        assert.deepEqual(await serious(page), [], title);
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
      }
      await choose(page, "/broken");
      await tab(page, "body");
      assert.deepEqual(await serious(page), [], "broken JSON");
      await page.locator("#query").fill("path=/nothing");
      await counts(page, 0);
      assert.deepEqual(await serious(page), [], "nothing");
    });
  }

  await step("dark and light are as the system has them", async () => {
    const ground = async (colorScheme) => {
      const page = await open(listener.page, { colorScheme });
      return page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number));
    };
    assert.ok(Math.max(...(await ground("dark"))) < 60);
    assert.ok(Math.min(...(await ground("light"))) > 200);
  });

  await step("less motion, if that is wished", async () => {
    const page = await open(listener.page, { reducedMotion: "reduce" });
    const moving = await page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
  });

  for (const [width, height] of [[390, 844], [320, 568]]) {
    await step(`a phone of ${width} pixels`, async () => {
      const page = await open(listener.page, { viewport: { width, height }, hasTouch: true, isMobile: true });
      await counts(page, 6);
      const fits = async (what) => {
        assert.equal(await sideways(page), 0, what);
        assert.deepEqual(await beyond(page), [], what);
      };
      await fits("list");
      for (const text of ["does not fit", "/very/"]) {
        const row = text === "does not fit" ? rows(page).filter({ hasText: "lead_replied" }).first() : rows(page).filter({ hasText: text }).first();
        await row.tap();
        await page.locator(".back").waitFor();
        for (const name of TABS) {
          await tab(page, name);
          await page.waitForFunction(() => document.querySelector("#panel .side").children.length > 0);
          await fits(`${text} ${name}`);
        }
        await page.locator(".back").tap();
        await rows(page).first().waitFor();
      }
      await page.locator("#actions").getByRole("button", { name: "Send" }).tap();
      await says(page, "dialog h2", "Send an event");
      await fits("send");
      await page.getByRole("button", { name: "Close" }).tap();
      await page.locator("#actions button").nth(1).tap();
      await says(page, "dialog h2", "What the listener answers");
      await fits("answers");
    });
  }
});
await listener.stop();
process.exit(0);
