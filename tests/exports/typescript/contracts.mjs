// The contracts that the export is tried on: where the built package lies, and what was judged by the Rust parser.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const BUNDLE = "crates/validator/src/generated/contract.schema.json";

export const CONTRACTS = [
  { name: "own", folder: ROOT, judged: `${ROOT}target/exports/judged.ndjson` },
  ...["second", "additions"].map((name) => {
    const folder = `${ROOT}target/tmp/${name}/`;
    return { name, folder, judged: `${folder}judged.ndjson` };
  }),
].map((contract) => ({
  ...contract,
  // Or a changed copy of it, which some test must notice.
  dist: process.env["CLIP_EVENTS_DIST"] ?? `${ROOT}target/exports/typescript/${contract.name}/dist`,
  bundle: contract.folder + BUNDLE,
}));

/** The deliveries, each with the verdict of the Rust parser. */
export function* judged(contract) {
  for (const line of readFileSync(contract.judged, "utf8").split("\n")) {
    if (line === "") continue;
    const { body, valid, pointer } = JSON.parse(line);
    yield { bytes: Buffer.from(body, "latin1"), valid, pointer };
  }
}

/** The example deliveries, as text. */
export function examples(contract) {
  return readdirSync(`${contract.folder}schema/examples`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"));
}
