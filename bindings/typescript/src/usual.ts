// Whether a value that `JSON.parse` has made says all that the text does.

import { MAX_DEPTH } from "./exact.js";

/** So many digits are told apart by binary64, whatever they are. */
const EXACT_DIGITS = 15;

/**
 * Whether `value`, which `JSON.parse` has made of `text`, is exact: no key occurs twice, no digit that matters was rounded away, and
 * there is nothing that a delivery may not have, whatever the contract says. If in doubt, it is not.
 */
export function isExact(text: string, value: any): boolean {
  return sizeOf(value, 0) === text.length || keysOf(text) === countKeys(value, 0);
}

/**
 * The length of `value` in its shortest form: a text of this very length has no room for a blank, an escape, a digit or a member more.
 * `NaN` if that is not certain: a number with an exponent may be shorter than one without.
 */
function sizeOf(value: any, open: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
      return Number.isInteger(value) ? sizeOfInteger(value) : sizeOfFraction(value);
    case "boolean":
      return value ? 4 : 5;
  }
  if (value === null) return 4;
  if (open === MAX_DEPTH) return NaN;
  // The opening bracket; behind each member stands a comma, or the closing one.
  let size = 1;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item, open + 1) + 1;
  } else {
    for (const key in value) size += key.length + 4 + sizeOf(value[key], open + 1);
  }
  return size === 1 ? 2 : size;
}

function sizeOfInteger(value: number): number {
  // `1e3` is shorter than `1000`.
  if (value !== 0 && value % 1000 === 0) return NaN;
  const magnitude = Math.abs(value);
  if (magnitude >= 10 ** EXACT_DIGITS) return NaN;
  let size = value < 0 ? 2 : 1;
  for (let power = 10; magnitude >= power; power *= 10) size++;
  return size;
}

function sizeOfFraction(value: number): number {
  // `1e-3` is shorter than `0.001`, and `1e999` than `Infinity`.
  if (Math.abs(value) < 0.01 || !Number.isFinite(value)) return NaN;
  const size = String(value).length;
  return size <= EXACT_DIGITS ? size : NaN;
}

const UNUSUAL = -1;

/** An escape that may be half of a surrogate pair. */
const SURROGATE_ESCAPE = /\\u[dD]/;

/**
 * The number of keys in the JSON `text`; `UNUSUAL` if `JSON.parse` may lose more than keys that occur twice: digits, or what a
 * delivery may not have (halves of surrogate pairs, numbers beyond binary64).
 */
function keysOf(text: string): number {
  if (text.includes("\\") && SURROGATE_ESCAPE.test(text)) return UNUSUAL;
  let keys = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x3a: // :
        keys++;
        break;
      case 0x30: // 0
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39: {
        const end = endOfNumber(text, at);
        if (end === UNUSUAL) return UNUSUAL;
        at = end;
        break;
      }
    }
  }
  return keys;
}

/** Where the closing quote of the string is that begins at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let before = end - 1;
    while (text.charCodeAt(before) === 0x5c) before--;
    if ((end - before) % 2 === 1) return end;
  }
}

/** Where the last character of the digits is that begin at `start`; `UNUSUAL` if `JSON.parse` may round them. */
function endOfNumber(text: string, start: number): number {
  let point = 0;
  let end = start + 1;
  for (; ; end++) {
    const c = text.charCodeAt(end);
    if (c === 0x2e) point = 1;
    else if (c === 0x45 || c === 0x65) return UNUSUAL;
    else if (!(c >= 0x30 && c <= 0x39)) break;
  }
  if (end - start - point > EXACT_DIGITS) {
    // The shortest decimal that means a fraction is as good as the fraction.
    const written = text.slice(start, end);
    if (point === 0 || String(Number(written)) !== written) return UNUSUAL;
  }
  return end - 1;
}

/** The number of keys in `value`; `NaN` if too many containers are open. */
function countKeys(value: any, open: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (open === MAX_DEPTH) return NaN;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item, open + 1);
  } else {
    for (const key in value) keys += 1 + countKeys(value[key], open + 1);
  }
  return keys;
}
