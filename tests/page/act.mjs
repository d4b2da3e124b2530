// What can be done from the page: replay, compare, send, answer otherwise, pin, delete, export.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { browse, choose, counts, handler, hookctl, listen, post, rows, says, step, tab } from "./harness.mjs";

let status = 200;
const app = await handler(() => ({ status, body: '{"from":"the app"}' }));
const listener = await listen();
const to = `${listener.url}/webhooks/ken`;

await browse(async (open) => {
  const page = await open(listener.page);
  await hookctl("send", "ken/lead_replied", "--to", to);
  await counts(page, 1);
  const id = await choose(page, "lead_replied");

  await step("replay", async () => {
    await page.keyboard.press("r");
    await page.getByLabel("Send to").fill(app.url);
    await page.locator("#panel").getByRole("button", { name: "Replay", exact: true }).click();
    await says(page, ".result", "✓ delivered");
    await says(page, ".result", "same");
    await says(page, ".result pre", "the app");
    const [hit] = app.hits;
    assert.equal(hit.url, "/webhooks/ken");
    const body = await page.evaluate(async (id) => (await fetch(`/api/captures/${id}/body`)).text(), id);
    assert.equal(hit.body.toString(), body);
  });

  await step("a replay that fails has regressed, and says what to do", async () => {
    status = 400;
    await page.locator("#panel").getByRole("button", { name: "Replay", exact: true }).click();
    await says(page, ".result", "regressed");
    await says(page, ".results", "Verify the raw body");
    status = 200;
  });

  await step("as it came, to the byte", async () => {
    await page.getByRole("button", { name: "As it came" }).click();
    await page.locator("#panel").getByRole("button", { name: "Replay", exact: true }).click();
    await says(page, ".result", "✓ delivered");
    const shown = await page.evaluate(async (id) => (await (await fetch(`/api/captures/${id}`)).json()).headers, id);
    assert.deepEqual(app.hits.at(-1).raw, shown.flat());
  });

  await step("edits are signed afresh, and the rest stays", async () => {
    await page.getByRole("button", { name: "Signed afresh" }).click();
    await page.getByText("Edit before sending").click();
    const body = page.getByLabel("Body", { exact: true });
    const text = await body.inputValue();
    await body.fill(text.replace('"lead_replied"', '"lead_edited"'));
    const headers = page.getByLabel("Headers, one a line");
    await headers.fill(`${await headers.inputValue()}\nX-Added: yes`);
    await page.getByLabel("Path and query").fill("/edited?x=1");
    // The listener judges what comes back to it.
    await page.getByLabel("Send to").fill(listener.url);
    await page.locator("#panel").getByRole("button", { name: "Replay", exact: true }).click();
    await says(page, ".result", "✓ delivered");
    await counts(page, 2);
    await choose(page, "/edited?x=1");
    await says(page, "#detail .head .badge", "valid");
    await says(page, "#detail .head h2", "lead_edited");
    await tab(page, "headers");
    await says(page, ".headers tr", "X-Added");
  });

  await step("compare", async () => {
    await tab(page, "compare");
    await page.getByLabel("Compare with").selectOption(id);
    await says(page, ".diff", "path and query");
    await says(page, ".diff .minus", "lead_replied");
    await says(page, ".diff .plus", "lead_edited");
    await rows(page).filter({ hasText: "lead_replied" }).click({ modifiers: ["Shift"] });
    await says(page, "#tab-compare[aria-selected=true]", "Compare");
    await says(page, ".diff .plus", "lead_replied");
  });

  await step("the replays are remembered", async () => {
    await tab(page, "attempts");
    await says(page, "#panel h3", "4 replays");
  });

  await step("copies", async () => {
    await tab(page, "copy");
    await says(page, "#panel pre", "curl -X POST");
    for (const [form, text] of [["PowerShell", "curl.exe -X POST"], ["cmd", "curl.exe -X POST"], ["hookctl", `hookctl replay ${id}`], ["HTTP file", "POST /webhooks/ken HTTP/1.1"], ["fetch", "await fetch("], ["TypeScript", "export type LeadReplied = {"]]) {
      await page.getByRole("button", { name: form, exact: true }).click();
      await says(page, "#panel pre", text);
    }
  });

  await step("send an event of the catalogue", async () => {
    await page.keyboard.press("s");
    await page.getByLabel("Search events").fill("kakiyo qualified");
    await page.locator(".event", { hasText: "kakiyo/prospect.qualified" }).first().click();
    await page.getByLabel("Edits").fill("data.prospect.name=Zoë");
    await page.locator("dialog").getByRole("button", { name: "Send", exact: true }).click();
    await says(page, "dialog .result", "✓ delivered");
    await page.keyboard.press("Escape");
    await counts(page, 3);
    await choose(page, "prospect.qualified");
    await says(page, "#detail .head .badge", "valid");
    await tab(page, "body");
    await says(page, ".tree .line", 'name: "Zoë"');
  });

  await step("other answers, while it runs", async () => {
    await page.keyboard.press("a");
    await page.locator(".presets").getByRole("button", { name: "503" }).click();
    await page.getByRole("textbox", { name: "Body" }).fill("later");
    await page.getByLabel("Delay").fill("20ms");
    await page.getByRole("button", { name: "Answer like this" }).click();
    await says(page, "#actions .changed", "503 · after 20ms");
    assert.equal(await post(`${listener.url}/now`, "x"), 503);
    await counts(page, 4);
    await choose(page, "/now");
    await says(page, "#detail .sentence", "answered 503");
    await tab(page, "answer");
    await says(page, "#panel .raw", "later");
    await page.keyboard.press("a");
    await page.getByLabel("Answer", { exact: true }).fill("2x503,nonsense");
    await page.getByRole("button", { name: "Answer like this" }).click();
    await says(page, "dialog .trouble", "nonsense");
    await page.getByRole("button", { name: "Back to 200" }).click();
    await says(page, "#actions", "Answers 200");
    assert.equal(await post(`${listener.url}/again`, "x"), 200);
    await counts(page, 5);
  });

  await step("failures of the next few, and of a share", async () => {
    await page.keyboard.press("a");
    await page.getByLabel("The next so many").fill("1");
    await page.getByLabel("Retry-After").fill("7");
    await page.getByRole("button", { name: "Answer like this" }).click();
    await says(page, "#actions .changed", "first 1 fail");
    assert.equal(await post(`${listener.url}/one`, "x"), 503);
    assert.equal(await post(`${listener.url}/two`, "x"), 200);
    await counts(page, 7);
  });

  await step("pin, delete, export", async () => {
    await choose(page, "/two");
    await page.keyboard.press("p");
    await says(page, "#rows .row", "pinned");
    await page.getByRole("button", { name: "Unpin" }).waitFor();
    await page.locator(".head .menu summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".head .menu").getByText("NDJSON").click()]);
    const line = JSON.parse(await readFile(await download.path(), "utf8"));
    assert.equal(line.path, "/two");
    const exports = await page.evaluate(async () => {
      const file = async (query) => (await fetch(`/api/export?${query}`)).text();
      return { har: JSON.parse(await file("format=har&q=path~/t")).log.entries.length, lines: (await file("format=ndjson")).trim().split("\n").length };
    });
    assert.deepEqual(exports, { har: 1, lines: 7 });
    await page.keyboard.press("x");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.keyboard.press("x");
    await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await counts(page, 6);
    assert.equal(await rows(page).filter({ hasText: "/two" }).count(), 0);
  });

  await step("a handler is checked, and each check is shown", async () => {
    await page.locator("#actions").getByRole("button", { name: "Check" }).click();
    const dialog = page.locator("dialog");
    await dialog.getByLabel("Handler").fill(`${app.url}/webhooks/kakiyo`);
    await dialog.getByLabel("Provider").selectOption("kakiyo");
    await dialog.getByRole("button", { name: "Check" }).click();
    await says(page, "dialog .checks", "accepts-valid");
    await says(page, "dialog .checks", "rejects-missing-signature");
    await says(page, "dialog .score", "failed");
    await page.keyboard.press("Escape");
  });
});
await listener.stop();
app.stop();

// A listener that keeps nothing shows and does the same.
const forgetful = await listen(["--no-store", "--forward", (await handler(() => ({ status: 202 }))).url]);
await browse(async (open) => {
  const page = await open(forgetful.page);
  await post(`${forgetful.url}/kept-nowhere`, '{"a":1}', { "content-type": "application/json" });
  await counts(page, 1);
  await choose(page, "/kept-nowhere");
  await says(page, "#detail .sentence", "answered 202");
  await tab(page, "answer");
  await says(page, ".grid", "202");
  await page.keyboard.press("p");
  await says(page, "#rows .row", "pinned");
  await tab(page, "replay");
  await page.locator("#panel").getByRole("button", { name: "Replay", exact: true }).click();
  await says(page, ".result", "✓ delivered");
  await page.keyboard.press("x");
  await page.locator("dialog").getByRole("button", { name: "Delete" }).click();
  await counts(page, 0);
});
await forgetful.stop();
process.exit(0);
