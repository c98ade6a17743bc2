// Tells genuine deliveries from others: `t=<Unix seconds>,v1=<hex>`, an HMAC-SHA256 of `<t>.<body>` by the endpoint's secret.

import { type Body, bytesOf } from "./body.js";

/**
 * The header that holds the signature.
 *
 * The older `choppity-signature` carries the secret itself. Nothing here reads it; do not log it.
 */
export const SIGNATURE_HEADER = "choppity-signature-256";

/** Longer values of the header are refused. */
const MAX_HEADER = 4096;
/** Signatures that are looked at: one for each secret while they are exchanged, and some to spare. */
const MAX_SIGNATURES = 16;
/** The digits of seconds. */
const MAX_DIGITS = 18;

const MESSAGES = {
  no_header: `there is no header \`${SIGNATURE_HEADER}\`: is this request a delivery, and does every proxy on the way hand the header on?`,
  two_headers: `there are two headers \`${SIGNATURE_HEADER}\`: which one is true cannot be told`,
  header_too_long: `the header \`${SIGNATURE_HEADER}\` is longer than ${MAX_HEADER} bytes`,
  no_time: `the header \`${SIGNATURE_HEADER}\` has no \`t=\`: is this the value of another header?`,
  two_times: `the header \`${SIGNATURE_HEADER}\` has two \`t=\`: which one was signed cannot be told`,
  time_is_no_number: `\`t\` in the header \`${SIGNATURE_HEADER}\` is no number of seconds`,
  negative_time: `\`t\` in the header \`${SIGNATURE_HEADER}\` is negative`,
  time_out_of_range: `\`t\` in the header \`${SIGNATURE_HEADER}\` has more than ${MAX_DIGITS} digits`,
  no_signature: `the header \`${SIGNATURE_HEADER}\` has no \`v1=\`: it was signed in a way that this version does not know`,
  not_hex: `no \`v1\` in the header \`${SIGNATURE_HEADER}\` is 64 hexadecimal digits in lower case`,
  too_many_signatures: `the header \`${SIGNATURE_HEADER}\` has more than ${MAX_SIGNATURES} signatures`,
  mismatch:
    "no secret of this endpoint signed this body: is it the secret of another endpoint, or was the body decoded and encoded again on the way?",
  too_old: "it was signed too long ago: is it sent again from a store, or is the clock here wrong?",
  in_future: "it was signed in the future: is the clock here wrong?",
};

/** The reasons why a delivery is not taken for genuine: short names that never change, for logs and as labels of metrics. */
export type SignatureErrorCode = keyof typeof MESSAGES;

/** The delivery is not taken for genuine. No message repeats a secret, a header or a body. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";
  readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}

export interface VerifyOptions {
  /** How many seconds ago a delivery may have been signed, and how far in the future: 300 unless it is said otherwise. */
  tolerance?: number;
  /** The time now in Unix seconds, if it is not that of the clock here. */
  now?: number;
}

/**
 * Resolves if a secret signed this very `body`, not long ago: then `parse` may read it.
 *
 * @param header The value of `SIGNATURE_HEADER`, as the server hands it over.
 * @param body The body as it came, before anything has parsed it.
 * @param secret The endpoint's signing secret, or all that are in use while one is exchanged for another.
 * @returns When it was signed, in Unix seconds.
 * @throws SignatureError if it is not genuine, or too old, or the header is not as it should be.
 */
export async function verify(
  header: string | readonly string[] | null | undefined,
  body: Body,
  secret: string | Uint8Array | readonly (string | Uint8Array)[],
  { tolerance = 300, now = Date.now() / 1000 }: VerifyOptions = {},
): Promise<number> {
  const keys = secretsOf(secret);
  const { time, signedAt, signatures } = readHeader(header);
  const content = bytesOf(body);
  const signed = new Uint8Array(time.length + 1 + content.length);
  signed.set(bytesOf(`${time}.`));
  signed.set(content, time.length + 1);
  // Each secret is tried on each signature: how long it takes does not tell which one matched.
  let genuine = 0;
  for (const key of keys) {
    const made = await hmac(key, signed);
    for (const signature of signatures) genuine |= isSame(made, signature);
  }
  // The signature is judged before the time: what is said of the time is true.
  if (genuine === 0) throw new SignatureError("mismatch");
  const age = Math.floor(now) - signedAt;
  // Not the other way round: a tolerance that is no number tolerates nothing.
  if (!(Math.abs(age) <= tolerance)) throw new SignatureError(age < 0 ? "in_future" : "too_old");
  return signedAt;
}

function secretsOf(secret: string | Uint8Array | readonly (string | Uint8Array)[]): Uint8Array[] {
  const all = typeof secret === "string" || secret instanceof Uint8Array ? [secret] : secret;
  // Without types, it may be an environment variable that is not set.
  if (!Array.isArray(all) || all.length === 0) throw new TypeError("there is no secret: is the variable set that holds it?");
  return all.map((one) => {
    const bytes = bytesOf(one);
    if (bytes.length === 0) throw new TypeError("the secret is empty: anybody could sign with it");
    return bytes;
  });
}

/** The header, taken apart. Entries of other schemes are passed over, and blanks around any. */
function readHeader(header: string | readonly string[] | null | undefined) {
  if (header === null || header === undefined || header.length === 0) {
    throw new SignatureError(header === "" ? "no_time" : "no_header");
  }
  if (typeof header !== "string" && header.length > 1) throw new SignatureError("two_headers");
  const value = typeof header === "string" ? header : header[0]!;
  if (value.length > MAX_HEADER) throw new SignatureError("header_too_long");
  let time: string | undefined;
  let count = 0;
  const signatures: Uint8Array[] = [];
  for (const untrimmed of value.split(",")) {
    const entry = untrimmed.replace(/^[ \t\n\f\r]+/, "").replace(/[ \t\n\f\r]+$/, "");
    if (entry.startsWith("t=")) {
      if (time !== undefined) throw new SignatureError("two_times");
      time = entry.slice(2);
    } else if (entry.startsWith("v1=")) {
      count++;
      if (/^[0-9a-f]{64}$/.test(entry.slice(3))) signatures.push(fromHex(entry.slice(3)));
    }
  }
  if (time === undefined) throw new SignatureError("no_time");
  const signedAt = seconds(time);
  if (count === 0) throw new SignatureError("no_signature");
  if (signatures.length === 0) throw new SignatureError("not_hex");
  if (count > MAX_SIGNATURES) throw new SignatureError("too_many_signatures");
  return { time, signedAt, signatures };
}

function seconds(time: string): number {
  if (/^-[0-9]+$/.test(time)) throw new SignatureError("negative_time");
  if (!/^[0-9]+$/.test(time)) throw new SignatureError("time_is_no_number");
  if (time.length > MAX_DIGITS) throw new SignatureError("time_out_of_range");
  return Number(time);
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

async function hmac(secret: Uint8Array, signed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // A copy, in memory that is certainly not shared.
  const raw = new Uint8Array(secret);
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
}

/** 1 if both are the same, otherwise 0. How long it takes depends on nothing that they hold. */
function isSame(made: Uint8Array, given: Uint8Array): number {
  let difference = made.length ^ given.length;
  for (let at = 0; at < made.length; at++) difference |= made[at]! ^ given[at]!;
  return difference === 0 ? 1 : 0;
}
