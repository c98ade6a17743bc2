// Ajv in strict mode takes both flavors of the JSON Schema, and they mean the same to it on event types that are known.

import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { contracts, end, mutants, read } from "./contracts.mjs";

const failures = [];

/** The annotations of the contracts, which strict mode has to be told; of the flavor for generators it needs to know none. */
function annotations({ canonical, manifest }) {
  const names = JSON.stringify(read(canonical)).match(/"x-[a-z-]+"(?=:)/g) ?? [];
  const further = (read(manifest).annotations ?? []).filter((name) => name.startsWith("x-"));
  return [...new Set([...names.map((name) => JSON.parse(name)), ...further])];
}

/** Contracts that narrow a definition beside its `$ref`, where neither `type` nor the property need stand again. */
const narrowing = { strictTypes: false, strictRequired: false };
const OF_CONTRACT = { second: narrowing, additions: narrowing };

function strict(schema, { vocabulary = [], withFormats = true, ...options } = {}) {
  // Formats constrain nothing in the contract; to know their names is enough.
  const ajv = new Ajv2020({ strict: true, unicodeRegExp: true, validateFormats: !withFormats, ...options });
  ajv.addVocabulary(vocabulary);
  if (withFormats) formats.default(ajv);
  return ajv.compile(schema);
}

let judged = 0;
for (const contract of contracts) {
  const canonical = strict(read(contract.canonical), { vocabulary: annotations(contract), ...OF_CONTRACT[contract.name] });
  const codegen = strict(read(contract.codegen), OF_CONTRACT[contract.name]);
  const known = new Set(Object.keys(read(contract.openapi).webhooks));
  const count = { known: 0, valid: 0 };
  for (const delivery of contract.deliveries()) {
    const expected = canonical(delivery) && known.has(delivery.type);
    count.known += known.has(delivery?.type);
    count.valid += expected;
    judged += 1;
    if (codegen(delivery) !== expected) failures.push(`${contract.name}: flavors differ on ${JSON.stringify(delivery).slice(0, 300)}`);
  }
  // AsyncAPI's parser does not hold them against the payload; Redocly does so for OpenAPI.
  for (const { name, examples = [] } of Object.values(read(contract.asyncapi).components.messages)) {
    if (!examples.every(({ payload }) => codegen(payload))) failures.push(`${contract.name}: wrong example: ${name}`);
  }
  const isTold = count.valid > 0 && (contract.name === "own" || count.valid < count.known);
  if (!isTold) failures.push(`${contract.name}: too few deliveries: ${JSON.stringify(count)}`);
}

const [own] = contracts;
const changed = mutants(own.codegen, "codegen", {
  "unknown-keyword": (it) => (Object.values(it.$defs)[0]["x-domain"] = "other"),
  "reference-to-nothing": (it) => (it.oneOf[0].$ref += "s"),
  "type-that-is-none": (it) => (Object.values(it.$defs).find((schema) => schema.type === "string").type = "text"),
  "properties-without-type": (it) => delete Object.values(it.$defs)[0].type,
});
const rejected = (name, ...compile) => {
  try {
    strict(...compile);
    failures.push(`not noticed: ${name}`);
  } catch {
    // As it should be.
  }
};
changed.forEach(({ name, file }) => rejected(name, read(file)));
rejected("annotations that nobody told", read(own.canonical));
rejected("no ajv-formats", read(own.canonical), { vocabulary: annotations(own), withFormats: false });
end(`${contracts.length} contracts, ${judged} deliveries, ${changed.length + 2} mutants`, failures);
