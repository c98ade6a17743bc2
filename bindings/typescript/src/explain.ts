// The exact way to a verdict, which says what is wrong: by the tables, in the order of the delivery.

import type { Constraint, Field } from "./constraint.js";
import { Decimal } from "./decimal.js";
import { ParseError, printable } from "./error.js";
import { type Json, Members, pointer, read } from "./exact.js";
import { DATA, DEFINITIONS, ENVELOPE } from "./generated/tables.js";
import { matches } from "./pattern.js";
import { hasLength } from "./values.js";

/** What is wrong with the delivery `text`, if anything is. `broken` is where the body was not UTF-8, if anywhere. */
export function explain(text: string, broken: number | undefined): ParseError | undefined {
  try {
    new Judge().delivery(read(text, broken));
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  return undefined;
}

class Judge {
  private readonly path: (string | number)[] = [];

  delivery(delivery: Json): void {
    if (!(delivery instanceof Members)) throw this.unexpected("an object", delivery);
    const seen = new Set<string>();
    let type: string | undefined;
    let data: Json | undefined;
    // `data` that comes before `type` is judged once its shape is known.
    let early = false;
    for (const [key, value] of delivery.entries) {
      const field = ENVELOPE.find((field) => field.key === key);
      if (key !== "type" && key !== "data" && !field) continue;
      this.inside(key, () => {
        if (seen.has(key)) throw this.twice(key);
        seen.add(key);
        if (key === "type") {
          if (typeof value !== "string") throw this.unexpected("a string", value);
          type = value;
        } else if (key === "data") {
          if (!(value instanceof Members)) throw this.unexpected("an object", value);
          data = value;
          early = type === undefined;
          if (type !== undefined) this.data(type, value);
        } else {
          this.value(value, field!.value);
        }
      });
    }
    this.complete(ENVELOPE, seen);
    if (type === undefined) throw this.missing("type");
    if (data === undefined) throw this.missing("data");
    const [known, late] = [type, data];
    if (early) this.inside("data", () => this.data(known, late));
  }

  private data(type: string, data: Json): void {
    const constraint = DATA.get(type);
    if (constraint) this.value(data, constraint);
  }

  private value(value: Json, constraint: Constraint): void {
    switch (constraint.is) {
      case "any":
        return;
      case "ref":
        return this.value(value, DEFINITIONS[constraint.name]!);
      case "nullable":
        if (value === null) return;
        if (!takesType(constraint.of, value)) break;
        return this.value(value, constraint.of);
      case "by type": {
        const alternative = constraint.alternatives.find((alternative) => takesType(alternative, value));
        if (!alternative) break;
        return this.value(value, alternative);
      }
      case "untagged": {
        const met = constraint.alternatives.filter((alternative) => this.meets(value, alternative)).length;
        if (met === 0 || (constraint.exactlyOne && met > 1)) break;
        return;
      }
      case "array":
        if (!Array.isArray(value)) break;
        for (const [at, item] of value.entries()) this.inside(at, () => this.value(item, constraint.items));
        if (value.length >= constraint.minimum && value.length <= constraint.maximum) return;
        throw this.error(`expected ${constraint.told}, found one of ${value.length}`);
      case "map":
        if (!(value instanceof Members)) break;
        for (const [key, inner] of value.entries) this.inside(key, () => this.value(inner, constraint.values));
        return;
      case "object":
        if (!(value instanceof Members)) break;
        return this.object(value, constraint.fields);
      case "tagged":
        if (!(value instanceof Members)) break;
        return this.tagged(value, constraint.tag, constraint.branches);
      default:
        if (takes(constraint, value)) return;
    }
    throw this.unexpected("told" in constraint ? constraint.told : PLAIN[constraint.is], value);
  }

  private meets(value: Json, constraint: Constraint): boolean {
    const depth = this.path.length;
    try {
      this.value(value, constraint);
      return true;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.path.length = depth;
      return false;
    }
  }

  private object(object: Members, fields: Field[]): void {
    const seen = new Set<string>();
    for (const [key, value] of object.entries) {
      const field = fields.find((field) => field.key === key);
      if (!field) continue;
      this.inside(key, () => {
        if (seen.has(key)) throw this.twice(key);
        seen.add(key);
        this.value(value, field.value);
      });
    }
    this.complete(fields, seen);
  }

  private tagged(object: Members, tag: string, branches: ReadonlyMap<string, string>): void {
    let found = false;
    for (const [key, value] of object.entries) {
      if (key !== tag) continue;
      const branch = this.inside(key, () => {
        if (found) throw this.twice(key);
        if (typeof value !== "string") throw this.unexpected("a string", value);
        return branches.get(value);
      });
      if (branch !== undefined) return this.value(object, DEFINITIONS[branch]!);
      found = true;
    }
    if (!found) throw this.missing(tag);
  }

  private complete(fields: Field[], seen: Set<string>): void {
    const missing = fields.find((field) => field.required && !seen.has(field.key));
    if (missing) throw this.missing(missing.key);
  }

  private inside<T>(step: string | number, judge: () => T): T {
    this.path.push(step);
    const result = judge();
    this.path.pop();
    return result;
  }

  private missing(key: string): ParseError {
    return this.error(`\`${printable(key, 60)}\` is missing`);
  }

  private twice(key: string): ParseError {
    return this.error(`\`${printable(key, 60)}\` occurs twice`);
  }

  private unexpected(expected: string, found: Json): ParseError {
    return this.error(`expected ${expected}, found ${excerpt(found)}`);
  }

  private error(message: string): ParseError {
    return new ParseError(pointer(this.path), message);
  }
}

/** What a message says of the values of kinds that are all alike. */
const PLAIN = {
  any: "any value",
  ref: "any value",
  null: "null",
  boolean: "true or false",
  string: "a string",
  map: "an object",
  object: "an object",
  tagged: "an object",
};

/** Whether a value of one of the plain kinds is taken. */
function takes(constraint: Constraint, value: Json): boolean {
  switch (constraint.is) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "limited string":
      return (
        typeof value === "string" &&
        hasLength(value, constraint.minimum, constraint.maximum) &&
        constraint.patterns.every((pattern) => matches(pattern, value))
      );
    case "number":
      return value instanceof Decimal && takesNumber(constraint, value);
    case "enum":
      return constraint.values.some((known) =>
        typeof known === "object"
          ? value instanceof Decimal && value.compare(new Decimal(known.integer)) === 0
          : value === known,
      );
    default:
      return false;
  }
}

function takesNumber(constraint: Constraint & { is: "number" }, value: Decimal): boolean {
  const { integer, minimum, maximum, multipleOf } = constraint;
  if (integer && !value.isInteger()) return false;
  if (minimum && value.compare(new Decimal(minimum.value)) < (minimum.exclusive ? 1 : 0)) return false;
  if (maximum && value.compare(new Decimal(maximum.value)) > (maximum.exclusive ? -1 : 0)) return false;
  return multipleOf === undefined || value.isMultipleOf(new Decimal(multipleOf));
}

/** Whether some value of the JSON type of `value` is taken. */
function takesType(constraint: Constraint, value: Json): boolean {
  switch (constraint.is) {
    case "any":
      return true;
    case "ref":
      return takesType(DEFINITIONS[constraint.name]!, value);
    case "nullable":
      return value === null || takesType(constraint.of, value);
    case "by type":
    case "untagged":
      return constraint.alternatives.some((alternative) => takesType(alternative, value));
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "string":
    case "limited string":
      return typeof value === "string";
    case "number":
      return value instanceof Decimal;
    case "enum":
      return constraint.values.some((known) =>
        typeof known === "object" ? value instanceof Decimal : typeof value === typeof known,
      );
    case "array":
      return Array.isArray(value);
    case "map":
    case "object":
    case "tagged":
      return value instanceof Members;
  }
}

/** The value as a message shows it. */
function excerpt(value: Json): string {
  if (value instanceof Members) return "an object";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Decimal) return printable(value.text, 40);
  if (typeof value === "string") return `the string ${printable(JSON.stringify(value.slice(0, 100)), 40)}`;
  return String(value);
}
