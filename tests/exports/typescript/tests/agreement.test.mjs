// The verdicts of the package are those of the Rust parser, on every delivery; Ajv agrees where it sees the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ajvOf } from "../ajv.mjs";
import { CONTRACTS, examples, judged } from "../contracts.mjs";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

for (const contract of CONTRACTS) {
  const { parse, tryParse, ParseError, EVENT_TYPES, isKnown } = await import(`${contract.dist}/index.js`);
  const { isDelivery } = await import(`${contract.dist}/generated/check.js`);
  const { read, Members } = await import(`${contract.dist}/exact.js`);
  const { Decimal } = await import(`${contract.dist}/decimal.js`);
  const { explain } = await import(`${contract.dist}/explain.js`);

  /** The text, if the bytes are UTF-8. */
  const textOf = (bytes) => {
    try {
      return UTF8.decode(bytes);
    } catch {
      return undefined;
    }
  };

  /** The value, if there is one that JavaScript writes as a usual text: then neither `JSON.parse` nor Ajv misses anything. */
  const usual = (text) => {
    try {
      const value = JSON.parse(text);
      const written = JSON.stringify(value);
      return /\\u[dD]|[0-9][eE]|[0-9]{16}|(\[|:\{){80}/.test(written) ? undefined : { value, written };
    } catch {
      return undefined;
    }
  };

  test(`${contract.name}: one verdict, at one place`, () => {
    let valid = 0;
    let count = 0;
    for (const { bytes, valid: expected, pointer } of judged(contract)) {
      const result = tryParse(bytes);
      const found = !(result instanceof ParseError);
      const shown = bytes.toString("latin1");
      assert.equal(found, expected, `${shown}: ${result.message}`);
      const text = textOf(bytes);
      if (!found && text !== undefined) assert.equal(result.pointer, pointer, `${shown}: ${result.message}`);
      if (text !== undefined) {
        assert.equal(explain(text, undefined)?.message, result.message, shown);
        if (count % 4 === 0) assert.deepEqual(tryParse(text), result, shown);
      }
      valid += Number(found);
      count++;
    }
    assert.ok(count >= 5000 && valid > count / 4 && valid < (count * 3) / 4, `${valid} of ${count}`);
  });

  test(`${contract.name}: the quick way is taken, and Ajv agrees`, () => {
    const ajv = ajvOf(contract.bundle);
    let count = 0;
    for (const { bytes } of judged(contract)) {
      const text = textOf(bytes);
      const found = text === undefined ? undefined : usual(text);
      if (found === undefined) continue;
      const { value, written } = found;
      const valid = explain(written, undefined) === undefined;
      assert.equal(isDelivery(value), valid, written);
      assert.equal(ajv(value), valid, `${written}: ${JSON.stringify(ajv.errors)}`);
      count++;
    }
    assert.ok(count > 200, `${count}`);
  });

  test(`${contract.name}: a value differs from what is written only where the README says so`, () => {
    const differences = { digits: 0, again: 0 };
    const compare = (written, value) => {
      if (written instanceof Members) {
        const last = new Map(written.entries);
        differences.again += written.entries.length - last.size;
        assert.deepEqual(new Set(Object.keys(value)), new Set(last.keys()));
        for (const [key, inner] of last) compare(inner, value[key]);
      } else if (Array.isArray(written)) {
        assert.equal(value.length, written.length);
        written.forEach((inner, at) => compare(inner, value[at]));
      } else if (written instanceof Decimal) {
        assert.equal(value, Number(written.text));
        if (new Decimal(String(value)).compare(written) !== 0) differences.digits++;
      } else {
        assert.equal(value, written);
      }
    };
    for (const { bytes, valid } of judged(contract)) {
      if (valid) compare(read(UTF8.decode(bytes), undefined), tryParse(bytes));
    }
    assert.ok(differences.digits > 0 && differences.again > 0, JSON.stringify(differences));
  });

  test(`${contract.name}: all examples are events, and the quick way takes them`, () => {
    const seen = new Set();
    for (const text of examples(contract)) {
      const event = parse(text);
      assert.deepEqual(event, JSON.parse(text));
      assert.ok(isDelivery(event) || /[0-9]{16}/.test(text), text);
      if (isKnown(event)) seen.add(event.type);
    }
    assert.deepEqual([...seen].sort(), [...EVENT_TYPES]);
  });
}
