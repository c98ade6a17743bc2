// The error of a delivery that does not meet the contract, and text from outside as a part of a message.

/** The body is not a delivery of this contract: says what is wrong and where. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  /** JSON Pointer (RFC 6901) to the value that is wrong, or to the object that lacks a key. Empty for the delivery as a whole. */
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(pointer === "" ? message : `${printable(pointer, 200)}: ${message}`);
    this.pointer = pointer;
  }
}

/** Not printable, without width, or turning the direction of text. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** `text` as a part of a line: nothing in it is acted on by a terminal or a log, and it is short. */
export function printable(text: string, limit: number): string {
  // A character takes two units at most.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const shown = characters.slice(0, limit).join("");
  const escaped = shown.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return characters.length > limit ? `${escaped}...` : escaped;
}
