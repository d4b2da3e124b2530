// The filter of the command line, in the page and in its address; and long lists.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { browse, counts, hookctl, listen, post, rows, says, step } from "./harness.mjs";

const MANY = 50_000;

/** Captures as an export has them, a second apart. */
function exported(count) {
  const start = Date.now() - count * 1_000;
  const line = (number) =>
    JSON.stringify({
      type: "capture",
      received_at: new Date(start + number * 1_000).toISOString(),
      method: "POST",
      path: `/many/${number}`,
      query: "",
      headers: [["Content-Type", "application/json"]],
      body: `{"number":${number}}`,
      provider: "acme",
      event: number % 10 === 0 ? "tenth" : "other",
      signature: { status: number % 2 ? "valid" : "invalid", scheme: null, reason: number % 2 ? null : "mismatch" },
      response: { status: 200, duration_ms: 1 },
    });
  return Array.from({ length: count }, (_, number) => line(number)).join("\n");
}

await writeFile("many.ndjson", exported(MANY));
await hookctl("history", "import", "many.ndjson");
const listener = await listen(["--filter", "path!~/health"]);

await browse(async (open) => {
  const page = await open(listener.page);

  await step("the filter of the listener is that of the page", async () => {
    assert.equal(await page.locator("#query").inputValue(), "path!~/health");
    await post(`${listener.url}/health`, "");
    await post(`${listener.url}/first`, "");
    await says(page, "#rows .row", "/first");
    assert.equal(await rows(page).filter({ hasText: "/health" }).count(), 0);
  });

  await step("a query narrows the list, and stands in the address", async () => {
    await page.locator("#query").fill("event=tenth verdict=invalid path~/many/4999");
    await counts(page, 1);
    await says(page, "#rows .row", "/many/49990");
    assert.equal(new URL(page.url()).searchParams.get("q"), "event=tenth verdict=invalid path~/many/4999");
    const other = await open(page.url());
    await counts(other, 1);
    await other.close();
  });

  await step("what comes is held to it, too", async () => {
    await page.locator("#query").fill("path=/wanted");
    await counts(page, 0);
    await says(page, "#list-note", "Nothing fits.");
    await post(`${listener.url}/unwanted`, "");
    await post(`${listener.url}/wanted`, "");
    await counts(page, 1);
  });

  await step("a mistake is named, and takes nothing away", async () => {
    await page.locator("#query").fill("verdict=good");
    await says(page, "#query-note", "there is no verdict `good`; there are valid, invalid, missing, unsigned, no_secret");
    await counts(page, 1);
    await page.locator("#query").fill("");
    await page.waitForFunction(() => document.querySelector("#total").textContent.endsWith("+"));
  });

  await step("chips and methods are conditions", async () => {
    await page.getByRole("button", { name: "invalid" }).click();
    assert.equal(await page.locator("#query").inputValue(), "verdict=invalid,missing");
    await page.waitForFunction(() => [...document.querySelectorAll("#rows .badge")].every((badge) => badge.textContent.includes("invalid")));
    await page.getByLabel("Method").selectOption("PUT");
    await counts(page, 0);
    assert.equal(await page.locator("#query").inputValue(), "verdict=invalid,missing method=PUT");
    await page.getByLabel("Method").selectOption("");
    await page.getByRole("button", { name: "invalid" }).click();
    assert.equal(await page.locator("#query").inputValue(), "");
  });

  await step("a text is found in bodies", async () => {
    await page.locator("#query").fill('text~"number":48211}');
    await counts(page, 1);
    await says(page, "#rows .row", "/many/48211");
    await page.locator("#query").fill("");
    await page.waitForFunction(() => document.querySelector("#total").textContent.endsWith("+"));
  });

  await step("fifty thousand are there, and few elements", async () => {
    const most = await page.evaluate(async () => {
      const list = document.querySelector("#rows");
      let most = 0;
      while (document.querySelector("#total").textContent.endsWith("+")) {
        list.scrollTop = list.scrollHeight;
        await new Promise(requestAnimationFrame);
        most = Math.max(most, document.querySelectorAll("#rows [role=option]").length);
      }
      list.scrollTop = list.scrollHeight;
      return most;
    });
    assert.ok(most < 60, `${most} rows are elements`);
    await says(page, "#rows .row", "/many/0");
    const total = await page.locator("#total").textContent();
    assert.equal(total.replaceAll(",", ""), String(MANY + 4));
  });

  await step("who looks at old ones is not moved by new ones", async () => {
    await page.evaluate(() => (document.querySelector("#rows").scrollTop = 52 * 1_000));
    // The rows there may still be on their way.
    const seen = async () => {
      const there = await page.waitForFunction(() => {
        const list = document.querySelector("#rows").getBoundingClientRect();
        return document.elementFromPoint(list.left + 200, list.top + 100)?.closest("[data-id]")?.dataset.id;
      });
      return there.jsonValue();
    };
    const before = await seen();
    await post(`${listener.url}/newest`, "");
    await says(page, "#fresh", "1 new");
    assert.equal(await seen(), before);
    await page.locator("#fresh").click();
    await says(page, "#rows .row", "/newest");
  });
});
await listener.stop();
