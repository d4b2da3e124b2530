// What the scripts share: a listener, a browser, and waits that are conditions.

import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const PATIENCE = 20_000;
const FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts a listener and waits until it takes requests. */
export async function listen(args = [], address = ":0") {
  const child = spawn(process.env.HOOKCTL, ["listen", address, "--json", "--show", "none", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => child.kill());
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, "line");
  lines.on("line", () => {});
  const { url, page_url: page } = JSON.parse(line);
  const stop = async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  return { url, page, stop, port: new URL(url).port, pagePort: new URL(page).port };
}

/** Runs the program. */
export async function hookctl(...args) {
  const child = spawn(process.env.HOOKCTL, args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (part) => (out += part));
  child.stderr.on("data", (part) => (err += part));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`hookctl ${args.join(" ")}: ${code}\n${out}${err}`);
  return out;
}

/** Sends a request as it is. */
export async function post(url, body, headers = {}, method = "POST") {
  const request = http.request(url, { method, headers });
  request.end(body);
  const [response] = await once(request, "response");
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

/** A handler that answers as a function says, and keeps what came. */
export async function handler(answer) {
  const hits = [];
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const hit = { method: request.method, url: request.url, headers: request.headers, raw: request.rawHeaders, body: Buffer.concat(parts) };
    hits.push(hit);
    const { status = 200, body = "" } = answer(hit, hits.length);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { hits, url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Runs steps with a browser, and fails if the page complains of anything. */
export async function browse(steps) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: false, args: FLAGS });
  const complaints = [];
  const open = async (url, options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => complaints.push(`${error.message}\n${error.stack}`));
    page.on("console", (message) => {
      // A listener that ends takes its connections with it.
      const isExpected = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|status of 4\d\d/.test(message.text());
      if (message.type() === "error" && !isExpected) complaints.push(message.text());
    });
    const foreign = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(new URL(url).origin)) foreign.push(request.url());
    });
    page.foreign = foreign;
    await page.goto(url);
    await live(page);
    return page;
  };
  try {
    await steps(open);
  } finally {
    await browser.close();
  }
  if (complaints.length) throw new Error(`the page complains:\n${complaints.join("\n")}`);
}

/** Waits until the page hears of what happens, and has read what there is. */
export async function live(page) {
  await page.waitForFunction(() => document.querySelector("#live").dataset.state === "live" && document.querySelector("#total").textContent !== "");
}

/** Waits until a text stands in an element. */
export const says = (page, selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor();

export const rows = (page) => page.locator("#rows [role=option]");

/** Waits until the list holds so many deliveries. */
export const counts = (page, total) => page.waitForFunction((wanted) => document.querySelector("#total").textContent === wanted, String(total));

/** Chooses the row in which a text stands, and waits until its detail is there. */
export async function choose(page, text, nth = 0) {
  const row = rows(page).filter({ hasText: text }).nth(nth);
  await row.click();
  const id = await row.getAttribute("data-id");
  await says(page, "#detail .facts", id);
  return id;
}

export async function tab(page, name) {
  await page.locator(`#tab-${name}`).click();
  await page.locator(`#tab-${name}[aria-selected=true]`).waitFor();
}

/** Does something with a name, so that a failure says where. */
export async function step(name, work) {
  try {
    return await work();
  } catch (error) {
    throw new Error(name, { cause: error });
  }
}
