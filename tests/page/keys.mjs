// Everything by keyboard, and nothing lost on the way.

import assert from "node:assert/strict";
import { browse, counts, hookctl, listen, post, says, step } from "./harness.mjs";

const listener = await listen();
for (const name of ["one", "two", "three"]) await post(`${listener.url}/${name}`, `{"${name}":true}`, { "content-type": "application/json" });
await hookctl("send", "ken/lead_replied", "--to", `${listener.url}/webhooks/ken`);

await browse(async (open) => {
  const page = await open(listener.page);
  await counts(page, 4);
  const heading = (text) => says(page, "#detail h2", text);
  const press = (key) => page.keyboard.press(key);
  const focused = () => page.evaluate(() => document.activeElement.id);

  await step("j and k", async () => {
    await heading("lead_replied");
    await press("j");
    await heading("/three");
    await press("j");
    await heading("/two");
    await press("k");
    await heading("/three");
    await press("G");
    await heading("/one");
    await press("g");
    await heading("lead_replied");
  });

  await step("enter, digits, esc", async () => {
    await press("Enter");
    assert.equal(await focused(), "panel");
    for (const [digit, name] of [["3", "signature"], ["2", "headers"], ["5", "attempts"], ["8", "compare"], ["1", "body"]]) {
      await press(digit);
      await page.locator(`#tab-${name}[aria-selected=true]`).waitFor();
    }
    await press("Escape");
    assert.equal(await focused(), "rows");
  });

  await step("arrows in the list and between the tabs", async () => {
    await press("ArrowDown");
    await heading("/three");
    assert.match(await page.locator("#rows").getAttribute("aria-activedescendant"), /^row-cap_/);
    await page.locator("#tab-body").focus();
    await press("ArrowRight");
    assert.equal(await focused(), "tab-headers");
    await press("End");
    assert.equal(await focused(), "tab-compare");
    await press("Home");
  });

  await step("the tree", async () => {
    await page.locator(".tree").focus();
    await press("ArrowDown");
    await press("Enter");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "three");
    await press("ArrowLeft");
    await press("ArrowLeft");
    await page.waitForFunction(() => document.querySelectorAll(".tree [role=treeitem]").length === 1);
    await press("ArrowRight");
    await page.waitForFunction(() => document.querySelectorAll(".tree [role=treeitem]").length === 2);
  });

  await step("/ filters, esc clears and leads back", async () => {
    await press("/");
    assert.equal(await focused(), "query");
    await page.keyboard.type("path=/two");
    await press("Enter");
    await counts(page, 1);
    await press("Escape");
    await counts(page, 4);
    assert.equal(await focused(), "rows");
  });

  await step("r, c, d, p, space, ?", async () => {
    await press("g");
    await heading("lead_replied");
    await press("r");
    await page.locator("#tab-replay[aria-selected=true]").waitFor();
    await press("c");
    await says(page, "#toasts", "Copied the curl command.");
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -X POST /);
    await press("d");
    await says(page, "#toasts", "Marked.");
    await press("j");
    await press("d");
    await page.locator("#tab-compare[aria-selected=true]").waitFor();
    await says(page, ".diff", "user-agent");
    await press("p");
    await says(page, "#rows .row", "pinned");
    await press(" ");
    await says(page, ".pause", "Resume");
    await press(" ");
    await says(page, ".pause", "Pause");
    await press("?");
    await says(page, "dialog", "copy as a curl command");
    await press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
  });

  await step("everything can be reached with tab, and shows that it has the focus", async () => {
    await page.evaluate(() => document.activeElement.blur());
    const seen = new Set();
    for (let presses = 0; presses < 60; presses += 1) {
      await press("Tab");
      const [name, outline] = await page.evaluate(() => {
        const { activeElement: it } = document;
        const row = it.id === "rows" ? it.querySelector('[aria-selected="true"]') ?? it : it;
        const isNone = it === document.body || it === document.documentElement;
        return [isNone ? null : it.id || it.textContent.trim(), getComputedStyle(row).outlineStyle];
      });
      if (name !== null) assert.notEqual(outline, "none", name);
      seen.add(name);
    }
    for (const name of ["query", "rows", "tab-compare", "Send", "Export", "Replay", "?"]) assert.ok(seen.has(name), `${name} among ${[...seen].join(", ")}`);
  });
});
await listener.stop();
process.exit(0);
