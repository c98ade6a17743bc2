// The package of `bindings/typescript` in a browser, on a page and in a worker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch, root } from "./browser.mjs";

const folders = { "/dist/": `${root}target/exports/typescript/own/dist/`, "/tests/": `${root}tests/exports/typescript/` };
const judged = readFileSync(`${root}target/exports/judged.ndjson`, "utf8").split("\n").slice(0, 20_000).join("\n");
const worker = `
  import * as it from "/dist/index.js";
  import { differences } from "/tests/elsewhere.mjs";
  onmessage = async ({ data }) => postMessage(await differences(it, data));
`;

let browser;
let server;
before(async () => {
  // Modules are not loaded from files.
  server = createServer((request, response) => {
    const folder = Object.keys(folders).find((path) => request.url.startsWith(path));
    const text = request.url === "/worker.mjs" ? worker : folder ? readFileSync(folders[folder] + request.url.slice(folder.length)) : "";
    response.setHeader("content-type", request.url === "/" ? "text/html" : "text/javascript");
    response.end(text);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  browser = await launch();
});
after(async () => {
  await browser.close();
  server.close();
});

for (const [place, run] of [
  ["on a page", async (text) => {
    const [it, { differences }] = await Promise.all([import("/dist/index.js"), import("/tests/elsewhere.mjs")]);
    return differences(it, text);
  }],
  ["in a worker", (text) => new Promise((resolve, reject) => {
    const worker = new Worker("/worker.mjs", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (error) => reject(new Error(error.message));
    worker.postMessage(text);
  })],
]) {
  test(`${place} it gives the parser's verdict, and knows a genuine signature`, async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    assert.deepEqual(await page.evaluate(run, judged), []);
    await page.close();
  });
}
