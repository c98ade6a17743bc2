// Reads JSON exactly as it is written: numbers as decimals, all members of an object, in their order. Slower than `JSON.parse`.

import { Decimal } from "./decimal.js";
import { ParseError, printable } from "./error.js";

/** A value of a delivery. */
export type Json = null | boolean | string | Decimal | Json[] | Members;

/** The members of an object, in their order; a key may occur again. */
export class Members {
  readonly entries: [string, Json][] = [];
}

/** The most containers that may be open at once, the delivery itself included. */
export const MAX_DEPTH = 127;

/** A number, or the start of one up to where a digit is missing. */
const NUMBER = /-?(?:(?:0|[1-9][0-9]*)(?:\.(?:[0-9]+(?:[eE][+-]?[0-9]*)?)?|[eE][+-]?[0-9]*)?)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: [string, Json][] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/**
 * The value that `text` is. `broken` is where the body was not UTF-8, if anywhere: of what is wrong with the grammar, that comes last.
 *
 * @throws ParseError if it is none.
 */
export function read(text: string, broken: number | undefined): Json {
  return new Reader(text, broken).document();
}

/** The pointer to what the keys and indices in `path` lead to. */
export function pointer(path: (string | number)[]): string {
  return path.map((step) => `/${String(step).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

class Reader {
  private at = 0;
  private readonly path: (string | number)[] = [];
  /** Where the body was not UTF-8, once the reader is past it. */
  private notUtf8: ParseError | undefined;

  constructor(
    private readonly text: string,
    private readonly broken: number | undefined,
  ) {}

  document(): Json {
    this.space();
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.expected("nothing more");
    if (this.notUtf8) throw this.notUtf8;
    return value;
  }

  private value(open: number): Json {
    const { text } = this;
    const first = text[this.at];
    switch (first) {
      case '"':
        return this.string();
      case "{":
        if (open === MAX_DEPTH) throw this.tooDeep();
        return this.object(open + 1);
      case "[":
        if (open === MAX_DEPTH) throw this.tooDeep();
        return this.array(open + 1);
    }
    if (first !== undefined && /[-0-9]/.test(first)) return this.number();
    for (const [word, value] of WORDS) {
      if (text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    throw this.expected("a value");
  }

  private object(open: number): Json {
    const members = new Members();
    this.at++;
    for (let first = true; ; first = false) {
      this.space();
      if (this.text[this.at] === "}") break;
      if (!first) {
        if (this.text[this.at] !== ",") throw this.expected("`,` or `}`");
        this.at++;
        this.space();
      }
      if (this.text[this.at] !== '"') throw this.expected(first ? "a key or `}`" : "a key");
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ":") throw this.expected("`:`");
      this.at++;
      this.space();
      this.path.push(key);
      members.entries.push([key, this.value(open)]);
      this.path.pop();
    }
    this.at++;
    return members;
  }

  private array(open: number): Json {
    const items: Json[] = [];
    this.at++;
    for (;;) {
      this.space();
      if (this.text[this.at] === "]") break;
      if (items.length > 0) {
        if (this.text[this.at] !== ",") throw this.expected("`,` or `]`");
        this.at++;
        this.space();
      }
      this.path.push(items.length);
      items.push(this.value(open));
      this.path.pop();
    }
    this.at++;
    return items;
  }

  private number(): Decimal {
    const start = this.at;
    this.skip(NUMBER);
    const written = this.text.slice(start, this.at);
    if (!/[0-9]$/.test(written)) throw this.expected("a digit");
    if (!Number.isFinite(Number(written))) {
      throw this.error(`${printable(written, 40)} is too large for binary64`);
    }
    return new Decimal(written);
  }

  private string(): string {
    const start = this.at++;
    this.skip(PLAIN);
    const isPlain = this.text[this.at] === '"';
    while (this.text[this.at] !== '"') {
      if (this.text[this.at] === "\\") this.escape();
      else throw this.expected(this.at < this.text.length ? '`"` or an escape sequence' : '`"`');
      this.skip(PLAIN);
    }
    this.at++;
    if (this.broken !== undefined && start <= this.broken && this.broken < this.at) {
      this.notUtf8 ??= this.error("expected UTF-8");
    }
    return isPlain ? this.text.slice(start + 1, this.at - 1) : JSON.parse(this.text.slice(start, this.at));
  }

  private escape(): void {
    const start = this.at;
    if (!this.skip(ESCAPE)) throw this.expected("an escape sequence");
    const surrogate = (at: number) => (this.text[at + 1] === "u" ? parseInt(this.text.slice(at + 2, at + 6), 16) >> 10 : 0);
    const half = surrogate(start);
    if (half === LOW || (half === HIGH && !(this.skip(ESCAPE) && surrogate(start + 6) === LOW))) {
      throw this.error("half of a surrogate pair, which no Unicode text has");
    }
  }

  private space(): void {
    this.skip(SPACE);
  }

  /** Goes behind what `pattern` finds here. */
  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.test(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private tooDeep(): ParseError {
    return this.error(`more than ${MAX_DEPTH} containers are open`);
  }

  private expected(what: string): ParseError {
    const found = this.text.codePointAt(this.at);
    const shown = found === undefined ? "the end of the input" : `\`${printable(String.fromCodePoint(found), 1)}\``;
    return this.error(`expected ${what}, found ${shown}`);
  }

  private error(message: string): ParseError {
    return new ParseError(pointer(this.path), message);
  }
}

/** The upper six bits of the first and of the second half of a surrogate pair. */
const HIGH = 0xd800 >> 10;
const LOW = 0xdc00 >> 10;
