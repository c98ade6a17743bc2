// From a body to a checked event.
//
// `JSON.parse` is quick and does not tell all: keys that occur twice, digits that were rounded away, halves of surrogate pairs. If its
// value is exact (`usual.ts`), generated code judges it; otherwise, and to say what is wrong, the exact way does (`explain.ts`).

import { type Body, bytesOf } from "./body.js";
import { ParseError } from "./error.js";
import { explain } from "./explain.js";
import { isDelivery } from "./generated/check.js";
import type { AnyEvent } from "./generated/types.js";
import { isExact } from "./usual.js";

/**
 * The event that `body` is: checked against the contract, unknown fields and event types included.
 *
 * @throws ParseError if it is none.
 */
export function parse(body: Body): AnyEvent {
  const event = tryParse(body);
  if (event instanceof ParseError) throw event;
  return event;
}

/** As `parse`, and returns the error. */
export function tryParse(body: Body): AnyEvent | ParseError {
  const text = typeof body === "string" ? wellFormed(body) : decode(bytesOf(body));
  if (text === undefined) return notUtf8(body);
  const value = valueOf(text);
  if (value !== undefined && isExact(text, value) && isDelivery(value)) return value;
  return explain(text, undefined) ?? value;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });
/** With the flag `u`, half of a pair is found only where the other half is not. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

function wellFormed(text: string): string | undefined {
  return LONE_SURROGATE.test(text) ? undefined : text;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The error of a body that is not UTF-8, or of a text that cannot be written in it. */
function notUtf8(body: Body): ParseError {
  const bytes = bytesOf(body);
  const text = LENIENT.decode(bytes);
  if (typeof body === "string") return explain(text, body.search(LONE_SURROGATE))!;
  // What is broken has been replaced.
  const mended = bytesOf(text);
  const broken = mended.findIndex((byte, at) => byte !== bytes[at]);
  return explain(text, LENIENT.decode(bytes.subarray(0, broken)).length)!;
}

/** The value of the JSON text, or undefined. */
function valueOf(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
