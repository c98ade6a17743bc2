// Ajv on the bundle of a contract: its code, as `ajv-cli compile` would write it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import formats from "ajv-formats";

/** The function that tells whether a value meets the bundle in the file `path`. */
export function ajvOf(path) {
  const bundle = JSON.parse(readFileSync(path, "utf8"));
  // Formats constrain nothing in the contract; to know their names is enough.
  const ajv = new Ajv2020({ code: { source: true }, unicodeRegExp: true, strict: false, validateFormats: false });
  formats.default(ajv);
  const code = standalone.default(ajv, ajv.compile(bundle));
  const module = { exports: {} };
  new Function("module", "exports", "require", code)(module, module.exports, createRequire(import.meta.url));
  return module.exports;
}
