// AsyncAPI by the parser of its own project: no error and no warning in a document, and one at least in each mutant.

import { Parser } from "@asyncapi/parser";
import { contracts, end, mutants, read } from "./contracts.mjs";

/** Up to warnings. */
const WORST = 1;

/** The parser takes each `$ref` for a reference, also a field of that name or one in an example, and trips over `__proto__`. */
function readable(value) {
  if (typeof value !== "object" || value === null) return;
  if (typeof value.properties === "object") {
    for (const name of ["$ref", "__proto__"]) delete value.properties[name];
  }
  if (Array.isArray(value.examples) && JSON.stringify(value.examples).includes('"$ref":')) delete value.examples;
  Object.values(value).forEach(readable);
}

async function judge(path) {
  const document = read(path);
  readable(document);
  const { diagnostics } = await new Parser().parse(document);
  return diagnostics.filter(({ severity }) => severity <= WORST);
}

const message = (document) => Object.values(document.components.messages)[0];
const changed = mutants(contracts[0].asyncapi, "asyncapi", {
  "reference-to-nothing": (it) => (message(it).payload.$ref += "s"),
  "unknown-member": (it) => (it.webhooks = {}),
  "unknown-action": (it) => (it.operations.deliver.action = "post"),
  "no-channel": (it) => delete it.operations.deliver.channel,
  "unknown-kind-of-scheme": (it) => (it.components.securitySchemes.signature.type = "header"),
  "example-that-is-no-object": (it) => (message(it).examples[0] = "delivery"),
  "unknown-method": (it) => (it.operations.deliver.bindings.http.method = "SEND"),
  "no-version": (it) => delete it.info.version,
  "bound-that-is-text": (it) => (Object.values(it.components.schemas).find((schema) => "minimum" in schema).minimum = "0"),
});

const failures = [];
for (const { name, asyncapi } of contracts) {
  const found = await judge(asyncapi);
  failures.push(...found.slice(0, 20).map(({ code, message, path }) => `${name}: ${code}: ${message.slice(0, 200)} at ${path.join("/")}`));
}
for (const { name, file } of changed) {
  if (!(await judge(file)).length) failures.push(`not noticed: ${name}`);
}
end(`${contracts.length} documents, ${changed.length} mutants`, failures);
