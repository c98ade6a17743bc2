// What must compile with `tsc --strict`, and what must not: a line that the compiler must refuse ends with a comment that names the
// error, `// TS2339`. No other line may have one.
//
// The files know nothing of the contract: words with a `$` stand for what it has today, found in the schemas below.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { CONTRACTS, examples, ROOT } from "./contracts.mjs";

const read = (path) => JSON.parse(readFileSync(`${ROOT}schema/${path}`, "utf8"));
const definitions = read("definitions.schema.json").$defs;
const shapes = readdirSync(`${ROOT}schema/data`).map((file) => {
  const { required, properties } = read(`data/${file}`);
  const fields = Object.entries(properties).map(([key, { $ref }]) => {
    const name = $ref?.split("/").pop();
    return { key, name, required: required.includes(key), schema: definitions[name] ?? {} };
  });
  return { type: file.replace(".schema.json", ""), fields };
});
const find = (accept) => {
  for (const shape of shapes) {
    const field = shape.fields.find((field) => accept(field, shape));
    if (field) return { ...field, type: shape.type };
  }
  throw new Error("the contract has nothing of the kind");
};
const isText = ({ schema }) => schema.type === "string" && !schema["x-known-values"];
const required = find((field) => isText(field) && field.required);
const other = shapes.find(({ fields }) => !fields.some(({ key }) => key === required.key));
const optional = find((field) => isText(field) && !field.required);
const number = find((field) => field.required && field.schema.type === "number");
const open = find((field) => field.required && field.schema["x-known-values"]);
const words = {
  $TYPE: required.type,
  $FIELD: required.key,
  $OTHER_TYPE: other.type,
  $OPTIONAL_TYPE: optional.type,
  $OPTIONAL: optional.key,
  $NUMBER_TYPE: number.type,
  $NUMBER: number.key,
  $OPEN_TYPE: open.type,
  $OPEN: open.key,
  $OpenSet: open.name,
  $KNOWN_VALUE: open.schema["x-known-values"][0],
};

const folder = `${ROOT}tests/exports/typescript/node_modules/.compile`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const expected = new Set();
let count = 0;
const add = (name, text) => {
  const filled = text.replace(/\$[A-Za-z_]+/g, (word) => words[word] ?? word);
  writeFileSync(`${folder}/${name}`, filled);
  filled.split("\n").forEach((line, at) => {
    const code = /\/\/ (TS\d+)$/.exec(line)?.[1];
    if (code) expected.add(`${name}(${at + 1}): ${code}`);
  });
  count++;
};
for (const kind of ["passes", "fails"]) {
  for (const file of readdirSync(kind)) {
    const text = readFileSync(`${kind}/${file}`, "utf8");
    if (/\/\/ TS\d+$/m.test(text) !== (kind === "fails")) throw new Error(`${kind}/${file} names errors, or none`);
    add(`${kind}-${file}`, text);
  }
}
// What the README shows.
const readme = readFileSync(`${ROOT}bindings/typescript/README.md`, "utf8");
[...readme.matchAll(/```ts\n(.*?)```/gs)].forEach(([, code], at) => add(`readme-${at}.ts`, `${code}\nexport {};\n`));

// Every example is of its type, in all contracts.
const typed = CONTRACTS.map((contract) => {
  const lines = examples(contract).map((text, at) => {
    const type = JSON.stringify(JSON.parse(text).type);
    return `export const example${at}: EventOf<${type}> = sent<EventOf<${type}>>()(${text.trim()});\n`;
  });
  const path = contract.dist.replace(/dist$/, `examples-${contract.name}.ts`);
  // A literal may have no undeclared fields; what comes out of a function may.
  const sent = "const sent = <Event>() => <Sent extends Event>(event: Sent): Sent => event;";
  writeFileSync(path, `import type { EventOf } from "./dist/index.js";\n\n${sent}\n${lines.join("")}`);
  count += lines.length;
  return path;
});

const strict = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext"];
const run = () => {
  try {
    const files = [...readdirSync(folder).map((file) => `${folder}/${file}`), ...typed];
    return execFileSync("node_modules/.bin/tsc", [...strict, "--types", "node", "--pretty", "false", ...files], { encoding: "utf8" });
  } catch (error) {
    return error.stdout;
  }
};
const told = run();
const found = new Set();
for (const line of told.split("\n")) {
  const [, file, at, code] = /([^/]+\.ts)\((\d+),\d+\): error (TS\d+)/.exec(line) ?? [];
  if (file) found.add(`${file}(${at}): ${code}`);
}
const missing = [...expected].filter((error) => !found.has(error));
const surplus = [...found].filter((error) => !expected.has(error));
if (missing.length + surplus.length > 0 || expected.size < 10) {
  console.log(told);
  console.log("expected, and not found:", missing, "found, and not expected:", surplus);
  process.exit(1);
}
console.log(`${count} files and examples, ${expected.size} errors, each where it is expected`);
