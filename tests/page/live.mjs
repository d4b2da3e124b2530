// Deliveries appear by themselves, and one click shows all of one.

import assert from "node:assert/strict";
import { browse, choose, counts, hookctl, listen, post, rows, says, step, tab } from "./harness.mjs";

const listener = await listen();
const to = `${listener.url}/webhooks/ken`;

await browse(async (open) => {
  const page = await open(listener.page);

  await step("empty", async () => {
    await says(page, "#detail h2", "Waiting for the first delivery");
    const command = await page.locator(".tries code").first().textContent();
    assert.match(command, /^hookctl send \S+ --to http:\/\/localhost:\d+\/webhooks\/\w+$/);
    // The command that stands there works.
    await hookctl(...command.split(" ").slice(1));
    await counts(page, 1);
    await says(page, "#detail .badge", "valid");
  });

  await step("arrival", async () => {
    await hookctl("send", "ken/lead_replied", "--to", to);
    await hookctl("send", "ken/lead_replied", "--tamper", "body", "--expect", "200", "--to", to);
    await hookctl("send", "ken/lead_clicked", "--duplicate", "1", "--to", to);
    await post(`${listener.url}/plain?x=1`, "hello", { "content-type": "text/plain" });
    await counts(page, 6);
    const texts = await rows(page).allInnerTexts();
    assert.match(texts[0], /\d\d:\d\d:\d\d\.\d{3}[^]*POST[^]*\/plain[^]*unsigned[^]*200[^]*\?x=1[^]*5 B[^]*ms/);
    assert.match(texts[1], /ken \/ lead_clicked[^]*duplicate[^]*✓ valid/);
    assert.doesNotMatch(texts[2], /duplicate/);
    assert.match(texts[3], /ken \/ lead_replied[^]*✗ invalid[^]*does not fit/);
  });

  await step("detail", async () => {
    const id = await choose(page, "lead_replied", 1);
    await says(page, "#detail .sentence", "Ken sent lead_replied. Its signature is valid. It was answered 200 in");
    assert.match(page.url(), new RegExp(`#${id}/body$`));
    await says(page, ".tree .line", 'eventType: "lead_replied"');
    await tab(page, "headers");
    const names = await page.locator(".headers th[scope=row]").allInnerTexts();
    assert.deepEqual(names, ["host", "user-agent", "accept", "content-type", "svix-id", "svix-timestamp", "svix-signature", "content-length"]);
    await says(page, ".headers tr", "delivery id, signed");
    await tab(page, "signature");
    await says(page, ".steps li", "svix-signature fits");
    await says(page, ".signed", '.{"eventType":"lead_replied"');
    await says(page, ".side", "How Ken signs");
    await page.getByText("Code that verifies it").click();
    await says(page, ".snippet pre", "crypto");
    await tab(page, "answer");
    await says(page, ".answer-line", "200");
  });

  await step("what failed, and why", async () => {
    await choose(page, "does not fit");
    await tab(page, "signature");
    await says(page, ".card.bad", "No cause was found");
    await page.getByRole("button", { name: "Show what fits this body" }).click();
    await says(page, ".evidence dd", "v1,");
    assert.equal(await page.locator(".signed .space").first().textContent(), "·");
  });

  await step("a body is shown as it came", async () => {
    await post(`${listener.url}/numbers`, '{"n":1.10,"big":12345678901234567890,"d":1,"d":2,"e":"\\u00e9\\/"}', { "content-type": "application/json" });
    await choose(page, "/numbers");
    await tab(page, "body");
    for (const text of ["n: 1.10", "big: 12345678901234567890", "d: 1", "d: 2", 'e: "\\u00e9\\/"']) await says(page, ".tree .line", text);
    await page.locator(".tree .line", { hasText: "n: 1.10" }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "n");
    await page.getByRole("button", { name: "Hex" }).click();
    await says(page, ".hex .line", "7b 22 6e 22 3a 31 2e 31  30 2c");
    await page.getByRole("button", { name: "Tree", exact: true }).click();
    await post(`${listener.url}/broken`, '{\n  "a": [1, 2,}\n}', { "content-type": "application/json" });
    await choose(page, "/broken");
    await says(page, ".trouble", "No JSON: } where a value should be (line 2, column 14).");
    assert.equal(await page.locator(".raw mark").textContent(), "}");
  });

  await step("attempts", async () => {
    await choose(page, "lead_clicked");
    await tab(page, "attempts");
    await says(page, "#panel h3", "2 attempts of msg_");
    assert.equal(await page.locator(".timeline li").count(), 2);
  });

  await step("pause", async () => {
    await page.getByRole("button", { name: "Pause" }).click();
    await post(`${listener.url}/while-paused`, "x");
    await says(page, "#fresh", "1 new");
    await counts(page, 8);
    await page.locator("#fresh").click();
    await counts(page, 9);
    await page.getByRole("button", { name: "Resume" }).click();
    await post(`${listener.url}/after`, "x");
    await counts(page, 10);
  });

  await step("another page shows the same after a reload", async () => {
    const other = await open(page.url());
    await counts(other, 10);
    await says(other, "#detail h2", "lead_clicked");
    await says(other, "#tab-attempts[aria-selected=true]", "Attempts");
    assert.deepEqual(other.foreign, []);
  });
  assert.deepEqual(page.foreign, []);
});
await listener.stop();
