// A page stays open while its listener ends and comes back at the same address.

import { browse, choose, counts, hookctl, listen, post, says, step } from "./harness.mjs";

let listener = await listen();

await browse(async (open) => {
  const page = await open(listener.page);
  await post(`${listener.url}/before`, "x");
  await counts(page, 1);

  await step("it says that the listener ended", async () => {
    await listener.stop();
    await says(page, "#live", "ended");
    await page.waitForFunction(() => document.querySelector("#live").dataset.state === "ended");
  });

  await step("what came meanwhile is there when it is back, and what comes then", async () => {
    // A listener without this page takes something in.
    const other = await listen();
    await post(`${other.url}/meanwhile`, "x");
    await other.stop();
    listener = await listen(["--page", `:${listener.pagePort}`], `:${listener.port}`);
    await page.waitForFunction(() => document.querySelector("#live").dataset.state === "live");
    await counts(page, 2);
    await post(`${listener.url}/after`, "x");
    await counts(page, 3);
    await says(page, "#rows .row", "/meanwhile");
  });

  await step("it may still change things: it has the token of the new run", async () => {
    await choose(page, "/before");
    await page.keyboard.press("p");
    await says(page, "#rows .row", "pinned");
  });

  await step("a glitch of the connection loses nothing", async () => {
    await page.context().setOffline(true);
    await hookctl("send", "ken/lead_replied", "--to", `${listener.url}/webhooks/ken`);
    await page.context().setOffline(false);
    await counts(page, 4);
  });
});
await listener.stop();
process.exit(0);
