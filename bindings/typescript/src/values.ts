// What the generated checks ask of values.

import { Decimal } from "./decimal.js";

export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands under `key` in the object itself: its prototype has something under that name, too. */
export function own(object: any, key: string): any {
  return Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
}

/** Whether `text` has so many code points. */
export function hasLength(text: string, minimum: number, maximum: number): boolean {
  // A code point takes one or two of the units that `length` counts.
  const units = text.length;
  if (units >= 2 * minimum && units <= maximum) return true;
  if (units < minimum || units > 2 * maximum) return false;
  const points = codePoints(text);
  return points >= minimum && points <= maximum;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) >> 10 === 0xd800 >> 10) count--;
  }
  return count;
}

/** Whether the shortest decimal of `value`, which the delivery writes, is a multiple of `divisor`. */
export function isMultiple(value: number, divisor: number): boolean {
  // An integer of so many digits is exact; of what is larger or has a fraction, the decimal counts.
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0;
  if (value % divisor !== 0) return false;
  return new Decimal(String(value)).isMultipleOf(new Decimal(String(divisor)));
}
