// The words that the generated tables are written in.

import type { Pattern } from "./pattern.js";

/** The values that a place takes. `told` is what a message says of them. */
export type Constraint =
  | { is: "any" | "null" | "boolean" | "string" }
  | { is: "limited string"; told: string; minimum: number; maximum: number; patterns: Pattern[] }
  | { is: "number"; told: string; integer: boolean; minimum?: Bound; maximum?: Bound; multipleOf?: string }
  | { is: "enum"; told: string; values: (string | boolean | { integer: string })[] }
  | { is: "array"; told: string; items: Constraint; minimum: number; maximum: number }
  | { is: "map"; values: Constraint }
  | { is: "object"; fields: Field[] }
  /** Objects that the value of one key tells apart. A value that is none of the known ones leaves the others open. */
  | { is: "tagged"; tag: string; branches: ReadonlyMap<string, string> }
  /** At most one alternative for each JSON type. */
  | { is: "by type"; told: string; alternatives: Constraint[] }
  /** Each alternative is tried. */
  | { is: "untagged"; told: string; alternatives: Constraint[]; exactlyOne: boolean }
  | { is: "nullable"; told: string; of: Constraint }
  /** A definition, which may hold itself. */
  | { is: "ref"; name: string };

/** One side of a range of numbers, as a decimal. */
export interface Bound {
  value: string;
  exclusive: boolean;
}

/** A declared member of an object. */
export interface Field {
  key: string;
  required: boolean;
  value: Constraint;
}
