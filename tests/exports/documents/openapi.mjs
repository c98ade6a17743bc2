// OpenAPI by the rules that Redocly recommends: no error and no warning in a document, and one at least in each mutant.

import { spawnSync } from "node:child_process";
import { contracts, end, mutants } from "./contracts.mjs";

/** What a rule says of a contract that was written so. */
const OF_CONTRACT = { second: ["no-illogical-composition-keywords"] };

const first = (document) => Object.values(document.webhooks)[0].post;
const changed = mutants(contracts[0].openapi, "openapi", {
  "reference-to-nothing": (it) => (first(it).requestBody.content["application/json"].schema.$ref += "s"),
  "unknown-member": (it) => (it.webhook = it.webhooks),
  "unknown-scheme": (it) => (it.components.securitySchemes = { other: it.components.securitySchemes.signature }),
  "unknown-kind-of-scheme": (it) => (it.components.securitySchemes.signature.type = "header"),
  "answer-without-words": (it) => delete Object.values(it.components.responses)[0].description,
  "one-id-twice": (it) => (Object.values(it.webhooks)[1].post.operationId = first(it).operationId),
  "wrong-example": (it) => (Object.values(first(it).requestBody.content["application/json"].examples)[0].value.type = "other"),
  "no-title": (it) => delete it.info.title,
  "bound-that-is-text": (it) => (Object.values(it.components.schemas).find((schema) => "minimum" in schema).minimum = "0"),
});

const files = [...contracts.map(({ openapi }) => openapi), ...changed.map(({ file }) => file)];
const run = spawnSync("node_modules/.bin/redocly", ["lint", "--extends", "recommended", "--format", "json", "--max-problems", "1000", ...files], {
  encoding: "utf8",
  env: { ...process.env, REDOCLY_TELEMETRY: "off" },
  maxBuffer: 2 ** 30,
});
// A report for each file, in their order.
const reports = run.stdout.split(/(?<=^\})(?=\{$)/m).map((text) => JSON.parse(text).problems);
const failures = reports.length === files.length ? [] : [`${reports.length} reports on ${files.length} files`];
for (const [at, { name }] of contracts.entries()) {
  const problems = reports[at].filter(({ ruleId }) => !OF_CONTRACT[name]?.includes(ruleId));
  failures.push(...problems.map(({ ruleId, message, location }) => `${name}: ${ruleId}: ${message} at ${location[0].pointer}`));
}
for (const [at, { name }] of changed.entries()) {
  if (!reports[contracts.length + at].length) failures.push(`not noticed: ${name}`);
}
end(`${contracts.length} documents, ${changed.length} mutants`, failures);
