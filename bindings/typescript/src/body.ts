// The body of a request, as servers hand it over.

/** The body of a request as it came: its bytes, or their text. */
export type Body = string | Uint8Array | ArrayBuffer;

const ENCODER = new TextEncoder();

/** The bytes of `body`. */
export function bytesOf(body: Body): Uint8Array {
  if (typeof body === "string") return ENCODER.encode(body);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Uint8Array) return body;
  // Whoever has no types.
  throw new TypeError(
    "the body must be as it came, a string or a Uint8Array: what a framework has parsed already is neither, ask it for the raw body",
  );
}
