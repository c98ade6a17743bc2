// How long a verdict takes, beside Ajv's standalone code and Zod, on the same deliveries in one run: `./bench`.

import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { ajvOf } from "./ajv.mjs";

const root = new URL("../../../", import.meta.url).pathname;
const { tryParse, ParseError } = await import(`${root}target/exports/typescript/own/dist/index.js`);
const { isDelivery } = await import(`${root}target/exports/typescript/own/dist/generated/check.js`);

const bundlePath = `${root}crates/validator/src/generated/contract.schema.json`;
const ajv = ajvOf(bundlePath);
const bundle = JSON.parse(readFileSync(bundlePath, "utf8"));

/** The bundle as Zod would be written by hand: a union that `type` tells apart. */
const zod = z.discriminatedUnion(
  "type",
  bundle.allOf.map((branch) => {
    const type = branch.if.properties.type.const;
    const schema = { ...bundle, properties: { ...bundle.properties, data: branch.then.properties.data } };
    delete schema.allOf;
    return z.fromJSONSchema(schema).extend({ type: z.literal(type) });
  }),
);

// Every example, compact, each with an id and a time of its own.
const examples = readdirSync(`${root}schema/examples`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => JSON.parse(readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")));
const own = (example, at) => ({ ...example, id: crypto.randomUUID(), [time]: example[time] + 997 * at + 1 });
const [time] = Object.entries(examples[0]).find(([, value]) => typeof value === "number");
const texts = Array.from({ length: 2048 }, (_, at) => JSON.stringify(own(examples[at % examples.length], at)));
const spaced = texts.map((text) => JSON.stringify(JSON.parse(text), null, 2));
const bodies = texts.map((text) => new TextEncoder().encode(text));
const values = texts.map((text) => JSON.parse(text));
const length = texts.reduce((all, text) => all + text.length, 0) / texts.length;

const contenders = {
  "check of a value": {
    "clip-events": [values, isDelivery],
    ajv: [values, ajv],
    zod: [values, (value) => zod.safeParse(value).success],
  },
  "text to event": {
    "clip-events": [texts, (text) => !(tryParse(text) instanceof ParseError)],
    ajv: [texts, (text) => ajv(JSON.parse(text))],
    zod: [texts, (text) => zod.safeParse(JSON.parse(text)).success],
    "JSON.parse alone": [texts, (text) => JSON.parse(text) !== undefined],
  },
  "text with blanks to event": {
    "clip-events": [spaced, (text) => !(tryParse(text) instanceof ParseError)],
    ajv: [spaced, (text) => ajv(JSON.parse(text))],
  },
  "bytes to event": {
    "clip-events": [bodies, (body) => !(tryParse(body) instanceof ParseError)],
    ajv: [bodies, (body) => ajv(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)))],
  },
};

/** Nanoseconds for each of `inputs`: the best of many rounds. */
function measure([inputs, judge]) {
  let best = Infinity;
  const end = performance.now() + 1500;
  while (performance.now() < end) {
    const start = performance.now();
    let accepted = 0;
    for (const input of inputs) accepted += judge(input) ? 1 : 0;
    best = Math.min(best, performance.now() - start);
    if (accepted !== inputs.length) throw new Error("not every delivery was accepted");
  }
  return (best * 1e6) / inputs.length;
}

console.log(`Node ${process.version}, ${texts.length} deliveries of ${Math.round(length)} bytes, ns each, and times ours`);
for (const [what, all] of Object.entries(contenders)) {
  console.log(`\n${what}`);
  const ours = measure(all["clip-events"]);
  for (const [name, contender] of Object.entries(all)) {
    const time = name === "clip-events" ? ours : measure(contender);
    console.log(`  ${name.padEnd(18)}${time.toFixed(0).padStart(7)}${`${(time / ours).toFixed(2)}x`.padStart(9)}`);
  }
}
