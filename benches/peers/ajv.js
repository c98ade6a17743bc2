// Measures ajv's standalone code: JSON.parse, then the validator for the delivery's `type`.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";

const folder = resolve(process.argv[2]);
const { schemas } = JSON.parse(readFileSync(join(folder, "about.json"), "utf8"));

// `format` is an annotation in the contract, and strict mode does not know the `x-` keywords.
const ajv = new Ajv({ strict: false, validateFormats: false, code: { source: true } });
const names = Object.keys(schemas);
names.forEach((name, number) => ajv.addSchema(schemas[name], `validate${number}`));
const exported = Object.fromEntries(Object.keys(names).map((n) => [`validate${n}`, `validate${n}`]));
const file = join(folder, "standalone.cjs");
writeFileSync(file, standalone.default(ajv, exported));
const compiled = createRequire(import.meta.url)(file);
const validators = new Map(names.map((name, number) => [name, compiled[`validate${number}`]]));
const envelope = validators.get("");

// The body of a request arrives as bytes.
function isValid(delivery) {
  let value;
  try {
    value = JSON.parse(delivery.toString());
  } catch {
    return false;
  }
  return (validators.get(value?.type) ?? envelope)(value);
}

function deliveries(corpus) {
  const bytes = readFileSync(join(folder, `${corpus}.ndjson`));
  const lines = [];
  for (let start = 0, end; (end = bytes.indexOf(10, start)) >= 0; start = end + 1) {
    lines.push(bytes.subarray(start, end));
  }
  return lines;
}

const verdicts = Object.fromEntries(
  ["compact", "invalid", "traps"].map((corpus) => [corpus, deliveries(corpus).map(isValid)]),
);
const compact = deliveries("compact");
const times = [];
for (let pass = 0; pass < 61; pass++) {
  const start = process.hrtime.bigint();
  for (const delivery of compact) {
    if (!isValid(delivery)) throw new Error("the corpus is valid");
  }
  if (pass >= 10) times.push(Number(process.hrtime.bigint() - start) / compact.length);
}
times.sort((a, b) => a - b);
const nanoseconds = times[times.length >> 1];
console.log(JSON.stringify({ name: "ajv standalone on Node: `JSON.parse`, validate", nanoseconds, verdicts }));
