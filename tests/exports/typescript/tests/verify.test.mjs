// What is genuine, and what is not: on the vectors of the Rust receiver, with every mistake in the header.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CONTRACTS, ROOT } from "../contracts.mjs";

const { SIGNATURE_HEADER, SignatureError, verify } = await import(`${CONTRACTS[0].dist}/index.js`);

const vectors = JSON.parse(readFileSync(`${ROOT}crates/receiver/tests/vectors/vectors.json`, "utf8")).map(({ secret, header, body }) => {
  // Long ones are one byte, so many times.
  const [bytes, count = 1] = body.split("*");
  return {
    secret: Buffer.from(secret, "hex"),
    header,
    body: Buffer.concat(Array(Number(count)).fill(Buffer.from(bytes, "hex"))),
    isLong: body.includes("*"),
  };
});
const rust = readFileSync(`${ROOT}crates/receiver/src/signature.rs`, "utf8");

const TIME = 1_745_800_000;
const BODY = '{"id":"1"}';
const sign = (secret, time = TIME, body = BODY) => createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
const V1 = sign("whsec_1");
const T = `t=${TIME}`;
const HEADER = `${T},v1=${V1}`;

/** `undefined` if it is genuine, or why not. */
const verdict = async (header, options = { now: TIME }, secret = "whsec_1", body = BODY) => {
  try {
    await verify(header, body, secret, options);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof SignatureError, error);
    assert.ok(!/whsec|17458/.test(error.message) && !error.message.includes(V1), error.message);
    return error.code;
  }
};

test("signatures of other implementations are genuine, and no bit can be changed", async () => {
  assert.ok(vectors.length > 15);
  const archived = { tolerance: Infinity };
  for (const { secret, header, body, isLong } of vectors) {
    assert.equal(await verify(header, body, secret, archived), Number(/t=(\d+)/.exec(header)[1]));
    if (isLong) continue;
    for (let at = 0; at < body.length; at += 7) {
      const changed = Uint8Array.from(body);
      changed[at] ^= 1 << (at % 8);
      assert.equal(await verdict(header, archived, secret, changed), "mismatch");
    }
    for (const at of [...header].keys()) {
      if (!/[0-9a-f]/.test(header[at])) continue;
      const changed = header.slice(0, at) + (header[at] === "0" ? "1" : "0") + header.slice(at + 1);
      const code = await verdict(changed, archived, secret, body);
      assert.ok(code !== undefined || header[at - 1] === "v", changed);
    }
  }
});

test("each mistake in the header has a code of its own", async () => {
  for (const [header, code] of [
    [undefined, "no_header"],
    [null, "no_header"],
    [[], "no_header"],
    [[HEADER, HEADER], "two_headers"],
    ["", "no_time"],
    ["whsec_1", "no_time"],
    [`v1=${V1}`, "no_time"],
    [`${T},${T},v1=${V1}`, "two_times"],
    [`${HEADER}, ${HEADER}`, "two_times"],
    [`t=,v1=${V1}`, "time_is_no_number"],
    [`t=now,v1=${V1}`, "time_is_no_number"],
    [`t=+${TIME},v1=${V1}`, "time_is_no_number"],
    [`t=${TIME}.0,v1=${V1}`, "time_is_no_number"],
    [`t= ${TIME},v1=${V1}`, "time_is_no_number"],
    [`t=0x10,v1=${V1}`, "time_is_no_number"],
    [`t=١,v1=${V1}`, "time_is_no_number"],
    [`t=-,v1=${V1}`, "time_is_no_number"],
    [`t=-${TIME},v1=${V1}`, "negative_time"],
    [`t=${"1".repeat(30)},v1=${V1}`, "time_out_of_range"],
    [T, "no_signature"],
    [`${T},v0=${V1},v2=${V1},V1=${V1}`, "no_signature"],
    [`${T},v1=`, "not_hex"],
    [`${T},v1=${V1.toUpperCase()}`, "not_hex"],
    [`${T},v1=${V1.slice(1)}`, "not_hex"],
    [`${T},v1=${V1}0`, "not_hex"],
    [`${T},v1=${V1}\u00a0`, "not_hex"],
    [T + `,v1=${V1}`.repeat(17), "too_many_signatures"],
    [`${HEADER}${" ".repeat(5000)}`, "header_too_long"],
    [`${T},v1=${"0".repeat(64)}`, "mismatch"],
    [`t=${TIME + 1},v1=${V1}`, "mismatch"],
    [`t=0${TIME},v1=${V1}`, "mismatch"],
  ]) {
    assert.equal(await verdict(header), code, String(header));
  }
});

test("other entries and blanks do not matter", async () => {
  const other = "0".repeat(64);
  for (const header of [
    HEADER,
    [HEADER],
    `v1=${V1},${T}`,
    ` ${T} , v1=${V1} `,
    `${T},\tv1=${V1}`,
    `${T},v1=${other},v1=${V1}`,
    `${T},v1=${V1},v1=${other},v1=x,v1=`,
    `${T},v0=${other},v1=${V1},v2=?,,x`,
    `${T}${`,v1=${other}`.repeat(15)},v1=${V1}`,
  ]) {
    assert.equal(await verdict(header), undefined, String(header));
  }
});

test("any of several secrets may have signed", async () => {
  const both = ["old", Buffer.from("new")];
  const header = (...secrets) => `${T},${secrets.map((secret) => `v1=${sign(secret)}`).join(",")}`;
  assert.equal(await verdict(header("old"), undefined, both), undefined);
  assert.equal(await verdict(header("new"), undefined, both), undefined);
  assert.equal(await verdict(header("older"), undefined, both), "mismatch");
  assert.equal(await verdict(header("older", "new"), undefined, both), undefined);
});

test("time counts in both directions", async () => {
  for (const [now, tolerance, code] of [
    [TIME, undefined, undefined],
    [TIME + 300.9, undefined, undefined],
    [TIME + 301, undefined, "too_old"],
    [TIME - 300, undefined, undefined],
    [TIME - 301, undefined, "in_future"],
    [TIME + 1, 0, "too_old"],
    [TIME, 0, undefined],
    [TIME + 10_000, 10_000, undefined],
    [0, undefined, "in_future"],
    [0, Infinity, undefined],
    [TIME, NaN, "too_old"],
    [NaN, undefined, "too_old"],
  ]) {
    assert.equal(await verdict(HEADER, tolerance === undefined ? { now } : { now, tolerance }), code, `${now} ${tolerance}`);
  }
  // By the clock here.
  const now = Math.floor(Date.now() / 1000);
  assert.equal(await verdict(`t=${now},v1=${sign("whsec_1", now)}`, {}), undefined);
  assert.equal(await verdict(HEADER, {}), "too_old");
  assert.equal(await verdict(HEADER, { now: TIME + 9999 }, "whsec_1", "other"), "mismatch");
});

test("text is signed as its bytes", async () => {
  const body = '{"a":"ü🚀"}';
  const header = `${T},v1=${sign("ü", TIME, body)}`;
  for (const form of [body, Buffer.from(body), Uint8Array.from(Buffer.from(body)).buffer]) {
    assert.equal(await verdict(header, undefined, "ü", form), undefined);
  }
});

test("there is no secret that anybody has", async () => {
  for (const secret of ["", new Uint8Array(), [], ["a", ""], undefined, null]) {
    await assert.rejects(verify(HEADER, BODY, secret), { name: "TypeError", message: /secret/ });
  }
});

test("the header, its limits and the codes are those of the Rust receiver", async () => {
  assert.equal(SIGNATURE_HEADER, /SIGNATURE_HEADER: &str = "(.*?)"/.exec(rust)[1]);
  const names = [...rust.matchAll(/Self::\w+(?: \{ \.\. \})? => "(\w+)"/g)].map(([, name]) => name).sort();
  const source = readFileSync(`${ROOT}bindings/typescript/src/verify.ts`, "utf8");
  const table = source.slice(source.indexOf("const MESSAGES"), source.indexOf("};"));
  assert.deepEqual([...table.matchAll(/^  (\w+):/gm)].map(([, name]) => name).sort(), names);
  for (const limit of ["MAX_HEADER", "MAX_SIGNATURES", "MAX_DIGITS"]) {
    const [here, there] = [source, rust].map((text) => new RegExp(`const ${limit}(?:: usize)? = (\\d+)`).exec(text)[1]);
    assert.equal(here, there, limit);
  }
});
