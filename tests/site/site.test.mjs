// The page in a real browser.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, pages, root } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const own = pages[0];
const out = `${root}target/site/seen`;
mkdirSync(out, { recursive: true });

const eventTypes = ({ schema }) =>
  readdirSync(`${schema}/data`).map((file) => file.replace(/\.schema\.(json|ya?ml)$/, "")).sort();
const deliveries = readdirSync(`${root}schema/examples`).flatMap((type) =>
  readdirSync(`${root}schema/examples/${type}`).map((file) => ({
    type,
    text: readFileSync(`${root}schema/examples/${type}/${file}`, "utf8"),
  })),
);

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** The event types whose articles are shown. */
const shown = (page) =>
  page.$$eval("article.event", (all) => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.event).sort());
const type = async (page, selector, text) => {
  await page.$eval(selector, (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
};
const verdict = (page, box = "#verdict") => page.$eval(box, (told) => ({
  kind: told.querySelector(".told").classList[1],
  text: [...told.querySelectorAll(".told, li")].map((part) => part.innerText).join("\n"),
}));

for (const contract of pages) {
  test(`${contract.name}: each event type is there, once, and nothing is complained of or fetched`, async () => {
    const page = await open(browser, contract.file);
    assert.deepEqual(await shown(page), eventTypes(contract));
    const ids = await page.$$eval("[id]", (all) => all.map(({ id }) => id));
    assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], "an id stands for one place");
    const broken = await page.$$eval("a[href^='#']", (links) => {
      // As browsers look for the target of a link: as it is written, and then with what is coded.
      const isThere = (id) => document.getElementById(id) ?? document.getElementById(decodeURIComponent(id));
      return links.map((link) => link.getAttribute("href")).filter((href) => !isThere(href.slice(1)));
    });
    assert.deepEqual(broken, [], "each link leads somewhere");
    // What is drawn lies within the drawing.
    const outside = await page.$$eval("svg", ([svg]) => {
      const box = svg?.viewBox.baseVal;
      const parts = svg ? [...svg.querySelectorAll("rect, text, path.arrow")] : [];
      return parts.filter((part) => {
        const { x, y, width, height } = part.getBBox();
        return x < -1 || y < -1 || x + width > box.width + 1 || y + height > box.height + 1;
      }).map((part) => part.outerHTML);
    });
    assert.deepEqual(outside, []);
    for (const tab of await page.$$(".tabs button")) await tab.evaluate((button) => button.click());
    assert.deepEqual([page.requests, page.complaints], [[], []]);
    await page.close();
  });

  test(`${contract.name}: axe finds nothing serious`, async () => {
    for (const [width, scheme] of [[1400, "light"], [1400, "dark"], [400, "light"]]) {
      const page = await open(browser, contract.file, { width, media: [{ name: "prefers-color-scheme", value: scheme }] });
      await page.evaluate(axe);
      // A page of many events is looked at in its parts that differ.
      const { violations } = await page.evaluate(() => axe.run({ exclude: ["article.event:nth-of-type(n + 5)"] }));
      const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
      const told = serious.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary)]);
      assert.deepEqual(told, [], `${scheme}, ${width} wide`);
      await page.close();
    }
  });

  test(`${contract.name}: a phone shows it without scrolling sideways, and with the contents closed`, async () => {
    const page = await open(browser, contract.file, { width: 390, height: 800 });
    const sizes = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth, document.querySelector("nav details").open]);
    assert.ok(sizes[0] <= sizes[1], `${sizes}`);
    assert.equal(sizes[2], false);
    await page.screenshot({ path: `${out}/${contract.name}-phone.png` });
    await page.close();
  });
}

test("search finds by type, by field and by several words, and a link to what is hidden shows it", async () => {
  const page = await open(browser, own.file);
  const all = eventTypes(own);
  const schemas = Object.fromEntries(all.map((type) => [type, JSON.parse(readFileSync(`${own.schema}/data/${type}.schema.json`, "utf8"))]));
  const [sought] = all;
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  await page.keyboard.type(sought.toUpperCase());
  assert.ok((await shown(page)).includes(sought));
  assert.ok((await shown(page)).length < all.length);
  const status = await page.$eval("#found", (found) => found.textContent);
  assert.equal(status, `${(await shown(page)).length} of ${all.length} event types`);
  // Each field is found in all events that declare it.
  for (const field of new Set(Object.values(schemas).flatMap(({ properties }) => Object.keys(properties)))) {
    await type(page, "#query", field);
    const declaring = all.filter((type) => field in schemas[type].properties);
    const found = await shown(page);
    assert.deepEqual(declaring.filter((type) => !found.includes(type)), [], field);
  }
  // What is no event is found, too; of events, the one that is meant.
  for (const [words, section] of [["signature", "/receive"], ["envelope", "/overview"]]) {
    await type(page, "#query", words);
    assert.ok(await page.evaluate((id) => document.getElementById(id).checkVisibility(), section), words);
  }
  for (const name of all) {
    await type(page, "#query", name);
    await page.$eval("#query", (field) => field.form.requestSubmit());
    assert.equal(await page.evaluate(() => decodeURIComponent(location.hash.slice(1))), name);
  }
  await type(page, "#query", "nothing has this");
  assert.deepEqual(await shown(page), []);
  assert.ok(await page.$eval("#nothing", (told) => told.checkVisibility()));
  assert.equal(await page.$$eval("nav .events li", (items) => items.filter((item) => item.checkVisibility()).length), 0);
  await page.evaluate((id) => { location.hash = id; }, sought);
  await page.waitForFunction((id) => document.getElementById(id).checkVisibility(), {}, sought);
  assert.deepEqual(await shown(page), all);
  await page.focus("#query");
  await page.keyboard.type(all.at(-1));
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => decodeURIComponent(location.hash.slice(1))), all.at(-1));
  await page.keyboard.press("Escape");
  assert.deepEqual(await shown(page), all);
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("a link to an event, a field or a section shows it", async () => {
  for (const hash of [`#${eventTypes(own).at(-1)}`, `#${eventTypes(own)[0]}/${Object.keys(JSON.parse(deliveries[0].text).data)[0]}`, "#/playground", "#/releases"]) {
    const page = await open(browser, own.file, { hash });
    const top = await page.evaluate(() => document.querySelector(":target")?.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 900, `${hash}: ${top}`);
    // Not below the head of the page.
    const covered = await page.evaluate(() => document.querySelector("header").getBoundingClientRect().bottom);
    assert.ok(top >= covered, `${hash}: ${top} is below ${covered}`);
    await page.close();
  }
});

test("a language that is chosen once is shown everywhere, with keys, too", async () => {
  const page = await open(browser, own.file);
  const languages = await page.$$eval(".tabs:first-child", ([first]) => [...first.children].map((tab) => tab.textContent));
  const visible = () => page.$$eval(".program", (all) => [...new Set(all.filter((one) => one.checkVisibility()).map((one) => one.dataset.language))]);
  assert.deepEqual(await visible(), [languages[0]]);
  await page.focus(".tabs button[aria-selected='true']");
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await visible(), [languages[1]]);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), languages[1]);
  await page.close();
});

test("what is copied is what is shown", async () => {
  const page = await open(browser, own.file);
  await page.evaluate(() => {
    const written = [];
    Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { written.push(text); } } });
    window.written = written;
  });
  const count = await page.$$eval(".copy", (all) => { all.forEach((button) => button.click()); return all.length; });
  const written = await page.evaluate(() => window.written);
  assert.equal(written.length, count);
  for (const { text } of deliveries) assert.ok(written.includes(text.trimEnd()), text);
  await page.close();
});

test("dark and light, as the system has it or as somebody chooses", async () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await open(browser, own.file);
  const dark = await open(browser, own.file, { media: [{ name: "prefers-color-scheme", value: "dark" }] });
  assert.notEqual(await background(light), await background(dark));
  await dark.screenshot({ path: `${out}/dark.png` });
  await light.$eval("#theme", (button) => button.click());
  assert.equal(await background(light), await background(dark));
  await light.$eval("#theme", (button) => button.click());
  assert.notEqual(await background(light), await background(dark));
  await light.close();
  await dark.close();
});

test("without scripts it tells all the same; printed, it is what one reads", async () => {
  const still = await open(browser, own.file, { script: false });
  assert.deepEqual(await shown(still), eventTypes(own));
  assert.ok(!(await still.$eval("#playground", (part) => part.checkVisibility())));
  const [programs, hidden] = await still.$$eval(".program", (all) => [all.length, all.filter((one) => !one.checkVisibility()).length]);
  assert.ok(programs > 0);
  assert.equal(hidden, 0);
  await still.close();
  const page = await open(browser, own.file);
  await page.emulateMediaType("print");
  const printed = await page.evaluate(() => ["header", "nav", ".tabs", ".event .program", "#playground", ".copy"].filter((part) => document.querySelector(part).checkVisibility()));
  assert.deepEqual(printed, []);
  assert.deepEqual(await shown(page), eventTypes(own));
  // Whoever reads it in the dark prints it in black.
  await page.$eval("#theme", (button) => button.click());
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  writeFileSync(`${out}/printed.pdf`, await page.pdf({ format: "A4" }));
  await page.close();
});

test("the playground gives the parser's verdict", async () => {
  const page = await open(browser, own.file, { hash: "#/playground" });
  const options = await page.$$eval("#example option", (all) => all.map(({ value }) => value));
  assert.deepEqual([...options].sort(), eventTypes(own));
  for (const option of options) {
    await page.select("#example", option);
    const { kind, text } = await verdict(page);
    assert.equal(kind, "yes", text);
    assert.ok(text.includes(option), text);
  }
  await page.screenshot({ path: `${out}/playground.png` });
  for (const { type: name, text } of deliveries) {
    await type(page, "#delivery", text);
    assert.deepEqual((await verdict(page)).kind, "yes", text);
    // Without any one of its members that must be there, it is none.
    const delivery = JSON.parse(text);
    const { required } = JSON.parse(readFileSync(`${own.schema}/data/${name}.schema.json`, "utf8"));
    for (const field of required) {
      const { [field]: _, ...data } = delivery.data;
      await type(page, "#delivery", JSON.stringify({ ...delivery, data }));
      const { kind, text: told } = await verdict(page);
      assert.equal(kind, "no", told);
      assert.ok(told.includes(field) && told.includes("/data"), told);
    }
  }
  const [{ text }] = deliveries;
  await type(page, "#delivery", JSON.stringify({ ...JSON.parse(text), type: "of.tomorrow" }));
  assert.equal((await verdict(page)).kind, "new");
  // Of the Rust parser, on deliveries that were changed at random. What a text field would change is not typed.
  const judged = readFileSync(`${root}target/exports/judged.ndjson`, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const typed = judged.filter(({ body }) => /^[\x20-\x7e\n]*$/.test(body)).slice(0, 3000);
  assert.ok(typed.length === 3000 && new Set(typed.map(({ valid }) => valid)).size === 2);
  const wrong = await page.evaluate((cases) => {
    const field = document.querySelector("#delivery");
    return cases.filter(({ body, valid }) => {
      field.value = body;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      const isAccepted = document.querySelector("#verdict .told:not(.no)") !== null;
      const faults = document.querySelectorAll(".faults li").length;
      return isAccepted !== valid || valid === faults > 0;
    });
  }, typed);
  assert.deepEqual(wrong, []);
  assert.deepEqual([page.requests, page.complaints], [[], []]);
  await page.close();
});

test("each fault leads to its place", async () => {
  const page = await open(browser, own.file);
  await type(page, "#delivery", '{"id": "🎬",\n "type": "later", "created": "x", "data": []}');
  const faults = await page.$$eval(".faults button", (all) => all.map((button) => button.innerText));
  assert.equal(faults.length, 2, `${faults}`);
  const selected = [];
  for (const fault of await page.$$(".faults button")) {
    await fault.evaluate((button) => button.click());
    selected.push(await page.$eval("#delivery", (field) => field.value.slice(field.selectionStart, field.selectionEnd)));
  }
  assert.deepEqual(selected, ['"', "["]);
  await page.close();
});

test("a file is judged by its bytes", async () => {
  const page = await open(browser, own.file);
  const body = Buffer.from(deliveries[0].text.replaceAll("\n", "\r\n"));
  const secret = "whsec_1";
  const time = Math.floor(Date.now() / 1000);
  const mac = createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex");
  writeFileSync(`${out}/delivery.json`, body);
  await (await page.$("#file")).uploadFile(`${out}/delivery.json`);
  await page.waitForFunction(() => document.querySelector("#exact").checkVisibility());
  assert.equal((await verdict(page)).kind, "yes");
  await type(page, "#secret", secret);
  await type(page, "#signature", `t=${time},v1=${mac}`);
  assert.equal((await verdict(page, "#genuine")).kind, "yes");
  writeFileSync(`${out}/delivery.json`, Buffer.concat([body.subarray(0, 10), Buffer.from([0xff]), body.subarray(10)]));
  await (await page.$("#file")).uploadFile(`${out}/delivery.json`);
  await page.waitForFunction(() => document.querySelector("#verdict .told.no"));
  await page.close();
});

test("a signature is checked, and made", async () => {
  const page = await open(browser, own.file);
  const [{ text }] = deliveries;
  const genuine = () => verdict(page, "#genuine");
  await type(page, "#delivery", text);
  await type(page, "#secret", "whsec_ä");
  await page.$eval("#sign", (button) => button.click());
  assert.equal((await genuine()).kind, "yes");
  const header = await page.$eval("#signature", ({ value }) => value);
  const time = /t=(\d+)/.exec(header)[1];
  const mac = createHmac("sha256", "whsec_ä").update(`${time}.${text}`).digest("hex");
  assert.equal(header, `t=${time},v1=${mac}`);
  for (const [field, value] of [["#delivery", text.replace("{", "{ ")], ["#secret", "whsec_2"], ["#signature", "t=1"], ["#signature", header.replace(/.$/, "x")]]) {
    const before = await page.$eval(field, (it) => it.value);
    await type(page, field, value);
    assert.equal((await genuine()).kind, "no", `${field} ${value}`);
    await type(page, field, before);
    assert.equal((await genuine()).kind, "yes");
  }
  const name = await page.$eval('label[for="signature"]', (label) => label.textContent);
  await type(page, "#signature", `${name}: ${header}`);
  assert.equal((await genuine()).kind, "yes", "with the name of the header before it");
  const old = createHmac("sha256", "whsec_ä").update(`1000.${text}`).digest("hex");
  await type(page, "#signature", `t=1000,v1=${old}`);
  assert.equal((await genuine()).kind, "no");
  await page.$eval("#archived", (box) => box.click());
  assert.equal((await genuine()).kind, "yes");
  await type(page, "#secret", "");
  await page.$eval("#sign", (button) => button.click());
  assert.equal((await genuine()).kind, "no");
  assert.deepEqual([page.requests, page.complaints], [[], []]);
  await page.close();
});

test("it is seen", async () => {
  const page = await open(browser, own.file);
  await page.screenshot({ path: `${out}/top.png` });
  for (const [name, hash] of [["event", `#${eventTypes(own)[1]}`], ["receive", "#/receive"], ["releases", "#/releases"]]) {
    await page.evaluate((to) => { location.hash = to; }, hash);
    await page.screenshot({ path: `${out}/${name}.png` });
  }
  await page.close();
});
