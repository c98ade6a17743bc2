// The contracts whose documents are judged, and mutants of this repository's own.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url).pathname;

/** Where changed documents are written. */
export const out = `${root}target/exports/documents/`;

/** The own contract first, then those that the tests of the workspace leave behind. */
export const contracts = ["own", "second", "additions"].map((name) => {
  const folder = name === "own" ? root : `${root}target/tmp/${name}/`;
  return {
    name,
    openapi: `${folder}docs/generated/openapi.json`,
    asyncapi: `${folder}docs/generated/asyncapi.json`,
    canonical: `${folder}crates/validator/src/generated/contract.schema.json`,
    codegen: `${folder}crates/cli/src/generated/contract.codegen.schema.json`,
    manifest: `${folder}schema/contract.json`,
    /** Whole deliveries. */
    deliveries: () => deliveriesOf(`${folder}schema/examples/`, `${folder}judged.ndjson`),
  };
});

function deliveriesOf(examples, judged) {
  const found = readdirSync(examples, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => parsed(readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")));
  let lines = "";
  try {
    lines = readFileSync(judged, "utf8");
  } catch {
    // The own contract has its examples alone.
  }
  const bodies = lines.split("\n").filter(Boolean).map((line) => Buffer.from(JSON.parse(line).body, "latin1").toString());
  return [...found, ...bodies.map(parsed)].filter((delivery) => delivery !== undefined);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Writes the document at `path` as each of `changes` makes it; the paths by the names of the changes. */
export function mutants(path, folder, changes) {
  mkdirSync(`${out}${folder}`, { recursive: true });
  return Object.entries(changes).map(([name, change]) => {
    const document = read(path);
    const before = JSON.stringify(document);
    change(document);
    if (JSON.stringify(document) === before) throw new Error(`${name}: changes nothing`);
    const file = `${out}${folder}/${name}.json`;
    writeFileSync(file, JSON.stringify(document, null, 2));
    return { name, file };
  });
}

/** Tells what is wrong, one line each, and how the process ends. */
export function end(told, failures) {
  console.log(told);
  failures.forEach((failure) => console.error(`error: ${failure}`));
  process.exit(failures.length ? 1 : 0);
}
