// The path of a follow-up call, filled from the values of an event.

/**
 * The texts with the values between them, each as one segment or as a part of one.
 *
 * Ids are opaque, so one may hold any character: all but the unreserved ones (RFC 3986, section 2.3) are percent-encoded, and an
 * id cannot lead the call elsewhere. Undefined for what no encoding makes a segment: no string, the empty one, and the dot segments,
 * which clients resolve even when encoded.
 */
export function fill(texts: string[], values: unknown[]): string | undefined {
  let path = texts[0]!;
  for (const [at, value] of values.entries()) {
    if (typeof value !== "string" || value === "" || value === "." || value === "..") return undefined;
    path += encodeURIComponent(value).replace(/[!'()*]/g, encode) + texts[at + 1]!;
  }
  return path;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
