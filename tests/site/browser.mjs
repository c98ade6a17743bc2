// A browser, and pages in it whose requests and complaints are written down.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

export const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where the browser is. */
export const chromium = process.env.CHROMIUM;

export const launch = () =>
  puppeteer.launch({
    executablePath: chromium,
    // In a container there is no sandbox, and little shared memory. Nothing but the page is opened.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
  });

/** The pages: of this contract, and of two others, by their names. */
export const pages = [
  { name: "own", file: process.env.PAGE ?? `${root}target/site/index.html`, schema: `${root}schema` },
  ...["second", "additions"].map((name) => ({
    name,
    file: `${root}target/tmp/${name}/site.html`,
    schema: `${root}target/tmp/${name}/schema`,
  })),
].filter(({ name, file }) => name === "own" || (!process.env.PAGE && existsSync(file)));

/** Opens `file`: what it asked a network for is in `requests`, what it complained of in `complaints`. */
export async function open(browser, file, { hash = "", width = 1400, height = 900, script = true, media = [] } = {}) {
  // With nothing stored.
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    const isOwn = request.url().split("#")[0] === url || request.url().startsWith("data:");
    if (!isOwn) requests.push(request.url());
  });
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setViewport({ width, height });
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }, ...media]);
  await page.goto(url + hash);
  const hasPlayground = script && (await page.$("#module"));
  if (hasPlayground) await page.waitForSelector('[data-playground="ready"]', { timeout: 5_000 });
  return Object.assign(page, { requests, complaints });
}
