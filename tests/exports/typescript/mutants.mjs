// Changes of the generated code, made on a copy: each must be noticed. Of the checks, a condition is taken for false, one after the
// other; of the tables, by which the exact way judges, a word is another one.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CONTRACTS, examples, judged } from "./contracts.mjs";

/** Of the checks of the larger contracts, every one so many. */
const STEP = { own: 1, second: 5, additions: 2 };

/** Values as a sender may get them wrong: one change, at any depth. */
function* changed(value) {
  const others = [null, true, -1e9, 0.5, 1e12, "", "\u{1f680}", "x".repeat(400), [], {}, { "x-Y": 1 }, Array(40).fill(0)];
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const inner of changed(item)) yield value.with?.(at, inner) ?? Object.assign([...value], { [at]: inner });
    }
    yield value.slice(0, 1);
    if (value.length > 0) yield Array(40).fill(value[0]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const { [key]: _, ...rest } = value;
      yield rest;
      for (const inner of changed(member)) yield { ...rest, [key]: inner };
    }
  }
  if (typeof value === "number") yield* [value + 0.1, value + 1, -value - 1];
  if (typeof value === "string") yield* [`${value}~`, value.slice(1)];
  yield* others;
}

/** The exact way of a contract, to judge by. */
const judge = async (contract, path) => (await import(path ?? `${contract.dist}/explain.js`)).explain;

let failed = false;
function report(what, count, survivors) {
  console.log(`${what}: ${count} changes, ${survivors.length} not noticed`);
  for (const survivor of survivors) console.log(`  ${survivor}`);
  failed ||= survivors.length > 0;
}

/** Values with the exact verdict on each: examples, and what comes of a change of one. */
async function* valuesOf(contract) {
  const explain = await judge(contract);
  for (const example of examples(contract)) {
    const value = JSON.parse(example);
    for (const one of [value, ...changed(value)]) yield { value: one, valid: explain(JSON.stringify(one), undefined) === undefined };
  }
}

for (const contract of CONTRACTS) {
  const values = [];
  for await (const one of valuesOf(contract)) values.push(one);
  const path = `${contract.dist}/generated/check.js`;
  const lines = readFileSync(path, "utf8").split("\n");
  const conditions = lines.flatMap((line, at) => (/^ +if \(/.test(line) ? [at] : []));
  const survivors = [];
  const chosen = conditions.filter((_, index) => index % STEP[contract.name] === 0);
  for (const at of chosen) {
    const mutant = path.replace("check.js", `mutant-${at}.js`);
    writeFileSync(mutant, lines.with(at, lines[at].replace("if (", "if (false && ")).join("\n"));
    const { isDelivery } = await import(mutant);
    rmSync(mutant);
    const noticed = ({ value, valid }) => {
      try {
        return isDelivery(value) !== valid;
      } catch {
        // It asks for a member of what has none.
        return true;
      }
    };
    if (!values.some(noticed)) survivors.push(`${at + 1}: ${lines[at].trim()}`);
  }
  report(`${contract.name}, checks, on ${values.length} values`, chosen.length, survivors);
}

// By the Rust parser's verdict, and by that of the checks.
const [own] = CONTRACTS;
const { isDelivery } = await import(`${own.dist}/generated/check.js`);
const deliveries = [...judged(own)].flatMap(({ bytes, valid }) => {
  const text = new TextDecoder().decode(bytes);
  return text.includes("\ufffd") ? [] : [{ text, valid }];
});
for await (const { value } of valuesOf(own)) deliveries.push({ text: JSON.stringify(value), valid: isDelivery(value) });
const tables = readFileSync(`${own.dist}/generated/tables.js`, "utf8");
const survivors = [];
const words = [...tables.matchAll(/required: (true|false)|value: "[^"]*"|(minimum|maximum|multipleOf)(?=: )|integer: true|is: "[a-z ]+"(?=, told)/g)];
for (const [at, { 0: word, index }] of words.entries()) {
  const other = { "required: true": "required: false", "required: false": "required: true" }[word] ?? (word.startsWith("is:") ? 'is: "boolean", wrongly: ""' : word.startsWith("value:") ? 'value: "0.1"' : `un${word}`);
  const files = { tables: `${own.dist}/generated/tables-${at}.js`, explain: `${own.dist}/explain-${at}.js` };
  writeFileSync(files.tables, tables.slice(0, index) + other + tables.slice(index + word.length));
  const explanation = readFileSync(`${own.dist}/explain.js`, "utf8");
  writeFileSync(files.explain, explanation.replace("./generated/tables.js", `./generated/tables-${at}.js`));
  const explain = await judge(own, files.explain);
  Object.values(files).forEach((file) => rmSync(file));
  const noticed = ({ text, valid }) => (explain(text, undefined) === undefined) !== valid;
  if (!deliveries.some(noticed)) survivors.push(`${tables.slice(0, index).split("\n").length}: ${word}`);
}
report(`own, tables, on ${deliveries.length} deliveries`, words.length, survivors);
process.exitCode = failed ? 1 : 0;
