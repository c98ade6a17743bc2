// A pattern of the contract as a table, and whether a string matches it: one look-up for each character.

/**
 * A pattern as an automaton over characters. Those that lead to the same state from everywhere are one class.
 */
export interface Pattern {
  /** As the schema writes it. */
  source: string;
  /** The class of each character of ASCII. */
  ascii: number[];
  /** Where ranges of the other characters begin, in ascending order, and the class of each. */
  starts: number[];
  classes: number[];
  /** The number of classes. */
  width: number;
  /** The state before the first character. */
  start: number;
  /** Of each state 1, if it accepts a string that ends there. */
  accepting: number[];
  /** For each state in turn, where each class leads: to a state, or to one of -2, which accepts whatever follows, and -1, which rejects it. */
  next: number[];
}

const ACCEPT = -2;

/** Whether the pattern finds a match in `text`. */
export function matches(pattern: Pattern, text: string): boolean {
  const { ascii, width, next } = pattern;
  let state = pattern.start;
  for (let at = 0; at < text.length; at++) {
    let c = text.charCodeAt(at);
    let found: number;
    if (c < 128) {
      found = ascii[c]!;
    } else {
      c = text.codePointAt(at)!;
      if (c > 0xffff) at++;
      found = classOf(pattern, c);
    }
    state = next[state * width + found]!;
    if (state < 0) return state === ACCEPT;
  }
  return pattern.accepting[state] === 1;
}

/** The class of the last range that begins at or before `c`. */
function classOf({ starts, classes }: Pattern, c: number): number {
  let first = 0;
  let count = starts.length;
  while (count > 1) {
    const half = count >> 1;
    if (starts[first + half]! <= c) first += half;
    count -= half;
  }
  return classes[first]!;
}
