// Changes of the code, made on a copy: each must be noticed. Of the generated checks, a condition is taken for false, one after the
// other; of the generated tables, by which the exact way judges, a word is another one; of what is written by hand, what is listed.

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { CONTRACTS, examples, judged } from "./contracts.mjs";

/** Of the checks of the larger contracts, every one so many. */
const STEP = { own: 1, second: 10, additions: 4 };

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
// By the tests, or else by the Rust parser's verdict.
const changes = [
  ["parse.js", "isExact(text, value) && ", ""],
  ["parse.js", " && isDelivery(value)", ""],
  ["parse.js", "fatal: true, ", ""],
  ["parse.js", "fatal: true, ignoreBOM: true", "fatal: true"],
  ["parse.js", "LONE_SURROGATE.test(text) ? undefined : text", "text"],
  ["exact.js", "MAX_DEPTH = 127", "MAX_DEPTH = 128"],
  ["exact.js", "MAX_DEPTH = 127", "MAX_DEPTH = 126"],
  ["exact.js", "half === LOW ||", ""],
  ["exact.js", "!Number.isFinite(Number(written))", "false"],
  ["usual.js", "EXACT_DIGITS = 15", "EXACT_DIGITS = 17"],
  ["usual.js", "value !== 0 && value % 1000 === 0", "false"],
  ["usual.js", "Math.abs(value) < 0.01", "false"],
  ["usual.js", "keysOf(text) === countKeys(value, 0)", "keysOf(text) >= 0"],
  ["usual.js", " || !Number.isFinite(value)", ""],
  ["usual.js", "keysOf(text) === countKeys(value, 0)", "true"],
  ["usual.js", "c === 0x45 || c === 0x65", "false"],
  ["usual.js", "SURROGATE_ESCAPE.test(text)", "false"],
  ["usual.js", "(end - before) % 2 === 1", "true"],
  ["decimal.js", "-sign : sign;", "sign : -sign;"],
  ["explain.js", "seen.has(key)", "false"],
  ["explain.js", "if (early)", "if (false)"],
  ["follow_up.js", '|| value === ".."', ""],
  ["follow_up.js", ".replace(/[!'()*]/g, encode)", ""],
  ["error.js", "replace(HIDDEN", "replace(/$^/g"],
  ["verify.js", "genuine |= isSame", "genuine ||= 1; isSame"],
  ["verify.js", "genuine |= isSame", "genuine = isSame"],
  ["verify.js", "MAX_SIGNATURES = 16", "MAX_SIGNATURES = 17"],
  ["verify.js", "Math.abs(age)", "age"],
  ["verify.js", "MAX_DIGITS = 18", "MAX_DIGITS = 40"],
  ["verify.js", "bytes.length === 0", "false"],
  ["verify.js", "[0-9a-f]{64}$", "[0-9a-fA-F]{64}$"],
];
const copy = own.dist.replace(/dist$/, "mutant");
const unnoticed = [];
for (const [at, [file, text, other]] of changes.entries()) {
  const dist = `${copy}/${at}`;
  cpSync(own.dist, dist, { recursive: true });
  const code = readFileSync(`${dist}/${file}`, "utf8");
  if (!code.includes(text)) throw new Error(`${file} has no ${text}`);
  writeFileSync(`${dist}/${file}`, code.replace(text, () => other));
  const env = { ...process.env, CLIP_EVENTS_DIST: dist };
  const test = file === "verify.js" ? "verify" : "hostile";
  if (spawnSync(process.execPath, ["--test", `tests/${test}.test.mjs`], { env }).status !== 0) continue;
  const { tryParse, ParseError } = await import(`${dist}/index.js`);
  const noticed = ({ text, valid }) => !(tryParse(text) instanceof ParseError) !== valid;
  if (!deliveries.some(noticed)) unnoticed.push(`${file}: ${text} -> ${other}`);
}
rmSync(copy, { recursive: true, force: true });
report("own, by hand", changes.length, unnoticed);
process.exitCode = failed ? 1 : 0;
