// Deliveries from people who mean no good stay text.

import assert from "node:assert/strict";
import { browse, choose, counts, listen, post, rows, says, step, tab } from "./harness.mjs";

const MARKUP = '<script>window.pwned=1</script><img src=x onerror="window.pwned=2"><a href="javascript:window.pwned=3">x</a><svg onload="window.pwned=4">';
const JSON_TYPE = { "content-type": "application/json" };
const listener = await listen();
const send = (path, body, headers) => post(`${listener.url}${path}`, body, headers);

await send("/markup?a=%3Cscript%3E", JSON.stringify({ [MARKUP]: MARKUP }), { ...JSON_TYPE, "x-markup": MARKUP });
await send("/webhooks/ken", JSON.stringify({ eventType: `${MARKUP}\u202egnp.exe`, eventId: "<b>1</b>" }), JSON_TYPE);
await send("/bidi", '{"name":"a\u202egnp.exe\u2066","zero":"a\u200bb","bell":"\\u0007"}', JSON_TYPE);
await send("/controls", "a\u001b[31mred\u0000\u0007\r\nb", { "content-type": "text/plain" });
await send("/html", `<!doctype html><body onload="window.pwned=5">${MARKUP}`, { "content-type": "text/html" });
await send("/svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=6"><script>window.pwned=7</script></svg>', { "content-type": "image/svg+xml" });
await send("/invalid-utf8", Buffer.from([...Buffer.from('{"a":"caf'), 0xe9, 0x20, 0xff, ...Buffer.from('"}')]), JSON_TYPE);
await send("/one-line", `{"long":"${"x".repeat(5 * 1024 * 1024)}","last":1}`, JSON_TYPE);
await send("/many", `[${Array.from({ length: 300_000 }, (_, index) => `{"n":${index}.10}`).join(",")}]`, JSON_TYPE);
await send("/deep", "[".repeat(100_000) + "]".repeat(100_000), JSON_TYPE);
await send("/deep-objects", '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000), JSON_TYPE);

await browse(async (open) => {
  const page = await open(listener.page);
  await counts(page, 11);

  await step("each of them on each side", async () => {
    for (const path of ["/markup", "/webhooks/ken", "/bidi", "/controls", "/html", "/svg", "/invalid-utf8"]) {
      await choose(page, path);
      for (const name of ["body", "headers", "signature", "attempts", "copy", "replay", "compare"]) {
        await tab(page, name);
        await page.waitForFunction(() => document.querySelector("#panel .side").children.length > 0);
      }
      await tab(page, "body");
      const ways = await page.locator(".bar .choice button").allInnerTexts();
      for (const way of ways) await page.locator(".bar .choice").getByRole("button", { name: way }).click();
    }
    await page.keyboard.press("d");
    const state = await page.evaluate(() => ({ pwned: window.pwned, made: document.querySelectorAll("#detail script, #detail img, #detail svg, #rows img, #detail a[href^=javascript]").length }));
    assert.deepEqual(state, { pwned: undefined, made: 0 });
  });

  await step("markup is read as text", async () => {
    await choose(page, "/markup");
    await tab(page, "headers");
    await says(page, ".headers td", MARKUP);
    await says(page, ".pairs", "<script>");
    await tab(page, "body");
    await page.locator(".bar .choice").getByRole("button", { name: "Raw" }).click();
    await says(page, ".raw", JSON.stringify(MARKUP).slice(1, 40));
    const listed = await rows(page).filter({ hasText: "webhooks/ken" }).locator(".what").textContent();
    assert.ok(listed.startsWith("ken / <script>"), listed);
  });

  await step("marks that turn the reading order are shown", async () => {
    await choose(page, "/bidi");
    await page.locator(".bar .choice").getByRole("button", { name: "Tree" }).click();
    await says(page, ".tree .line", 'name: "a\\u202egnp.exe\\u2066"');
    await says(page, ".tree .line", 'zero: "a\\u200bb"');
    const left = await page.evaluate(() => /[\u202e\u2066\u200b\u0007\u001b]/.test(document.body.innerText));
    assert.equal(left, false);
    await choose(page, "/invalid-utf8");
    await says(page, ".trouble", "a byte that is no UTF-8");
    await says(page, ".raw", '{"a":"caf\\xe9 \\xff"}');
  });

  await step("copied commands and code hold nothing that steers who they are pasted to", async () => {
    for (const path of ["/webhooks/ken", "/bidi", "/controls", "/invalid-utf8"]) {
      await choose(page, path);
      await tab(page, "copy");
      for (const form of ["curl", "PowerShell", "cmd", "hookctl", "fetch", "TypeScript"]) {
        await page.locator("#panel .choice").getByRole("button", { name: form, exact: true }).click();
        await page.waitForFunction(() => document.querySelector("#panel pre").textContent);
        await page.locator("#panel").getByRole("button", { name: "Copy", exact: true }).click();
        await says(page, "#toasts", "Copied the text.");
        const copied = await page.evaluate(() => navigator.clipboard.readText());
        assert.match(copied, /\S/);
        assert.doesNotMatch(copied, /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u, `${path} ${form}`);
      }
    }
    await tab(page, "body");
  });

  await step("five megabytes in a line", async () => {
    await choose(page, "/one-line");
    await page.locator(".bar .choice").getByRole("button", { name: "Tree" }).click();
    await says(page, ".tree .line", "last: 1");
    await says(page, ".tree .line", "5,240,882 more");
    await page.locator(".bar .choice").getByRole("button", { name: "Raw" }).click();
    await says(page, ".raw.many .line", '{"long":"xxx');
    const lines = await page.locator(".raw .line").count();
    assert.ok(lines < 100, `${lines} lines are elements`);
    await page.evaluate(() => (document.querySelector(".raw").scrollTop = 1e9));
    await says(page, ".raw .line", '"last":1}');
    await page.locator(".bar .choice").getByRole("button", { name: "Hex" }).click();
    await says(page, ".hex.many .line", "7b 22 6c 6f");
  });

  await step("many values", async () => {
    await choose(page, "/many");
    await page.locator(".bar .choice").getByRole("button", { name: "Tree" }).click();
    await says(page, ".tree .line", "[ 300,000 items ]");
    await page.locator(".tree .toggle").first().click();
    await says(page, ".tree.many .line", "1: { 1 field }");
    await page.evaluate(() => (document.querySelector(".tree").scrollTop = 1e9));
    await says(page, ".tree .line", "299999: { 1 field }");
    await page.locator(".bar .choice").getByRole("button", { name: "Pretty" }).click();
    await says(page, ".pretty.many .line", '"n": 0.10');
  });

  await step("depth", async () => {
    for (const path of ["/deep-objects", "/deep"]) {
      await choose(page, path === "/deep" ? /\/deep\b(?!-)/ : path);
      for (const way of ["Tree", "Pretty", "Raw", "Hex"]) {
        await page.locator(".bar .choice").getByRole("button", { name: way }).click();
        await page.locator(".stage .line").first().waitFor();
      }
      await page.locator(".bar .choice").getByRole("button", { name: "Tree" }).click();
      await says(page, ".tree .line", path === "/deep" ? "[ 1 item" : "a: { 1 field");
    }
  });

  await step("the reader of JSON takes what the browser takes, and nothing else", async () => {
    const wrong = await page.evaluate(async () => {
      const { read } = await import("/json.js");
      const parts = ["{", "}", "[", "]", ",", ":", '"a"', '"\\u00e9"', '"\\x"', "1", "-0.5e+3", "01", "1.", "true", "nul", " ", "\n", "\u0001", '"'];
      const pick = (list) => list[Math.floor(Math.random() * list.length)];
      const value = (depth) => {
        const kind = depth > 3 ? 2 : Math.floor(Math.random() * 5);
        if (kind === 0) return `{${Array.from({ length: pick([0, 1, 3]) }, () => `"k" : ${value(depth + 1)}`).join(",")}}`;
        if (kind === 1) return `[ ${Array.from({ length: pick([0, 1, 3]) }, () => value(depth + 1)).join(" ,")}]`;
        return pick(['"a"', '"\\"\\\\"', "1.10", "12345678901234567890", "null", "-0"]);
      };
      const broken = () => {
        const text = value(0);
        const at = Math.floor(Math.random() * (text.length + 1));
        return text.slice(0, at) + pick(parts) + text.slice(at + pick([0, 1]));
      };
      for (let round = 0; round < 20_000; round += 1) {
        const text = pick([() => value(0), broken, () => Array.from({ length: pick([1, 2, 5]) }, () => pick(parts)).join("")])();
        let wanted = true;
        try {
          JSON.parse(text);
        } catch {
          wanted = false;
        }
        const { values, problem } = read(text);
        if (Boolean(values) !== wanted || (problem && !(problem.line >= 1 && problem.column >= 1))) return text;
        // Each value stands where it is said to stand.
        if (values && values.kind.some((_, index) => JSON.stringify(JSON.parse(values.written(index))) === undefined)) return text;
      }
      return null;
    });
    assert.equal(wrong, null);
  });

  await step("bytes of any kind are text that keeps every byte", async () => {
    const wrong = await page.evaluate(async () => {
      const { decode } = await import("/text.js");
      const odd = [0xe0, 0xa0, 0x80, 0xf0, 0x90, 0xed, 0xc2, 0xf4, 0x8f, 0xbf, 0x41];
      const back = (text) =>
        [...text].flatMap((char) => {
          const code = char.codePointAt(0);
          return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...new TextEncoder().encode(char)];
        });
      for (let round = 0; round < 20_000; round += 1) {
        const bytes = Uint8Array.from({ length: Math.random() * 12 }, () => (Math.random() < 0.5 ? odd[Math.floor(Math.random() * odd.length)] : Math.random() * 256));
        if (back(decode(bytes)).join() !== [...bytes].join()) return [...bytes];
      }
      return null;
    });
    assert.equal(wrong, null);
  });

  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.deepEqual(page.foreign, []);
});
await listener.stop();
process.exit(0);
