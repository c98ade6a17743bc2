// What the package exports.

export type { Body } from "./body.js";
export { ParseError } from "./error.js";
export * from "./generated/events.js";
export type * from "./generated/types.js";
export { parse, tryParse } from "./parse.js";
export { SIGNATURE_HEADER, SignatureError, type SignatureErrorCode, verify, type VerifyOptions } from "./verify.js";
