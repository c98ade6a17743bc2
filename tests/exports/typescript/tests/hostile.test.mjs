// Deliveries that want to break the parser, and what JavaScript makes easy to get wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTRACTS, examples } from "../contracts.mjs";

const [own] = CONTRACTS;
const { EVENT_TYPES, followUp, isKnown, parse, ParseError, tryParse } = await import(`${own.dist}/index.js`);

/** The message for what is refused. */
const refused = (body) => {
  const error = tryParse(body);
  assert.ok(error instanceof ParseError, JSON.stringify(error));
  assert.throws(() => parse(body), { name: "ParseError", message: error.message, pointer: error.pointer });
  return error;
};

const example = JSON.parse(examples(own)[0]);
// A number with zeros at its end could be written shorter, which the quick way does not like.
const odd = (value) => (typeof value === "number" ? 2 * value + 1 : value);
const sample = Object.fromEntries(Object.entries(example).map(([key, value]) => [key, odd(value)]));
/** A delivery of a type that nobody knows; `data` is JSON. */
const unknown = (data, type = '"x-Y"') =>
  JSON.stringify({ ...sample, type: 0, data: 1 }).replace('"type":0', `"type":${type}`).replace('"data":1', `"data":${data}`);

test("an unknown event keeps its type and its data", () => {
  const event = parse(unknown('{"a":[1,{"b":null}]}'));
  assert.equal(isKnown(event), false);
  assert.equal(event.type, "x-Y");
  assert.deepEqual(event.data, { a: [1, { b: null }] });
  assert.equal(followUp(event), undefined);
  for (const data of ["[]", "null", "1", '"a"', "true"]) assert.equal(refused(unknown(data)).pointer, "/data");
  assert.equal(refused(unknown("{}", "1")).pointer, "/type");
});

test("names of the prototype are names like others", () => {
  for (const name of ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"]) {
    const type = JSON.stringify(name);
    assert.equal(parse(unknown("{}", type)).type, name);
    const event = parse(unknown(`{${type}:1}`));
    assert.ok(Object.hasOwn(event.data, name) && event.data[name] === 1);
    assert.equal(isKnown({ ...sample, type: name }), false);
    // An unknown field of a known event.
    const known = parse(JSON.stringify(sample).replace('"data":{', `"data":{${type}:{"polluted":true},`));
    assert.ok(Object.hasOwn(known.data, name) && isKnown(known));
    // A declared key under such an object is not there.
    const { data, ...rest } = sample;
    const [key] = Object.keys(data);
    const { [key]: value, ...others } = data;
    const lacking = JSON.stringify({ ...rest, data: others }).replace('"data":{', `"data":{"__proto__":{${JSON.stringify(key)}:${JSON.stringify(value)}},`);
    assert.equal(refused(lacking).pointer, "/data");
  }
  assert.equal({}.polluted, undefined);
});

test("deep input is refused at once, however deep", () => {
  const nested = (open, close, depth) => open.repeat(depth) + "1" + close.repeat(depth);
  parse(unknown(`{"a":${nested("[", "]", 125)}}`));
  assert.match(refused(unknown(`{"a":${nested("[", "]", 126)}}`)).message, /more than 127 containers/);
  parse(unknown(nested('{"a":', "}", 126)));
  assert.match(refused(unknown(nested('{"a":', "}", 127))).message, /more than 127 containers/);
  const start = performance.now();
  for (const text of ["[".repeat(1 << 20), '{"a":'.repeat(1 << 18), nested("[", "]", 1 << 19), "{".repeat(1 << 20)]) refused(text);
  assert.ok(performance.now() - start < 2000);
});

test("long input takes time in proportion", () => {
  const start = performance.now();
  parse(unknown(`{"a":${"1".repeat(300)},"b":0.${"1".repeat(1 << 20)},"c":"${"\\\\".repeat(1 << 19)}","d":"${"é\u{1f680}".repeat(1 << 17)}"}`));
  parse(unknown(`{${Array.from({ length: 1 << 15 }, (_, at) => `"${at}":0`)}}`));
  refused(unknown(`{"a":1${"0".repeat(1 << 20)}}`));
  refused(`"${"\\".repeat(1 << 20)}`);
  refused(" ".repeat(1 << 20));
  assert.ok(performance.now() - start < 3000, `${performance.now() - start}`);
});

test("halves of surrogate pairs are no text, escaped or not", () => {
  for (const half of ["\\ud800", "\\uDFFF", "\\ud800\\ud800", "\\udc00\\ud800", "\\ud800\\n", "\ud800", "\udfff\ud800"]) {
    assert.equal(refused(unknown(`{"a":["${half}"]}`)).pointer, "/data/a/0", half);
    assert.equal(refused(unknown(`{"${half}":1}`)).pointer, "/data", half);
  }
  assert.equal(parse(unknown('{"a":"\\ud83d\\ude80 \\\\ud800 🚀"}')).data.a, "🚀 \\ud800 🚀");
});

test("bytes are UTF-8 without a byte order mark", () => {
  const bytes = new TextEncoder().encode(unknown('{"a":"é"}'));
  assert.equal(parse(bytes).data.a, "é");
  assert.equal(parse(bytes.buffer).data.a, "é");
  assert.equal(parse(new Uint8Array([0x20, ...bytes]).subarray(1)).data.a, "é");
  assert.equal(refused(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes])).pointer, "");
  assert.equal(refused(`\ufeff${unknown("{}")}`).pointer, "");
  const at = bytes.indexOf(0xc3);
  for (const broken of [[0xc3], [0xa9], [0xff], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const error = refused(Uint8Array.from([...bytes.slice(0, at), ...broken, ...bytes.slice(at + 2)]));
    assert.deepEqual([error.pointer, /UTF-8/.test(error.message)], ["/data/a", true]);
  }
});

test("keys that occur twice are refused where they are declared", () => {
  const text = JSON.stringify(sample);
  const [key] = Object.keys(sample.data);
  assert.equal(refused(text.replace("{", '{"type":"x",')).pointer, "/type");
  assert.equal(refused(text.replace(/\}$/, ',"data":{}}')).pointer, "/data");
  const escaped = `\\u${key.charCodeAt(0).toString(16).padStart(4, "0")}${key.slice(1)}`;
  for (const again of [key, escaped]) {
    assert.equal(refused(text.replace('"data":{', `"data":{"${again}":"again",`)).pointer, `/data/${key}`);
  }
  assert.equal(parse(text.replace('"data":{', '"data":{"x-Y":1,"x-Y":2,')).data["x-Y"], 2);
});

test("a short number makes no room for a key that occurs twice", () => {
  // In its shortest form without exponents, the value is as long as the text.
  const again = '"type":"",';
  for (const room of ['"a":1e13', '"a":-1e13', '"a":1e-6,"b":1e-6,"c":1e-4']) {
    const text = unknown(`{${room}}`);
    parse(text);
    assert.equal(refused(text.replace("{", `{${again}`)).pointer, "/type");
  }
  const plain = (number) => number.toFixed(20).replace(/\.?0+$/, "");
  assert.equal(plain(1e13).length - "1e13".length, again.length);
  assert.equal(2 * (plain(1e-6).length - "1e-6".length) + plain(1e-4).length - "1e-4".length, again.length);
});

test("numbers that binary64 cannot hold are noticed", () => {
  const lengths = Array.from({ length: 20 }, (_, zeros) => `1e4${"0".repeat(zeros + 2)}`);
  for (const number of [...lengths, "-1e400", `1${"0".repeat(400)}`]) {
    assert.match(refused(unknown(`{"a":${number}}`)).message, /too large for binary64/);
  }
  assert.equal(parse(unknown('{"a":1e-400}')).data.a, 0);
  assert.equal(parse(unknown('{"a":12345678901234567890}')).data.a, 12345678901234567000);
  assert.ok(Object.is(parse(unknown('{"a":-0}')).data.a, -0));
});

test("what is no JSON is refused", () => {
  for (const text of ["", " ", "{", '{"a"', "nul", "tru", "'a'", "{,}", "[1,]", "01", "1.", ".5", "+1", "1e", "NaN", "Infinity", "undefined", "/**/{}", '{"a":1,}', '"\t"', "\u00a0{}", "{}{}", '"\\x"']) {
    assert.equal(refused(text) instanceof ParseError, true, text);
  }
});

test("a body that was parsed already is told", () => {
  for (const body of [undefined, null, 1, {}, { type: "a" }, [1]]) assert.throws(() => tryParse(body), /raw body/);
});

test("messages are short, and nothing in them acts on a terminal", () => {
  for (const hidden of ["\u001b[31m", "\u202e", "\u200b", "\u2028", "\ufeff"]) {
    const text = JSON.stringify(hidden.repeat(1000));
    const { message } = refused(JSON.stringify({ ...sample, type: 1 }).replace('"type":1', `"type":[${text}]`));
    assert.ok(!message.includes(hidden) && message.length < 500, message);
    const { message: atKey, pointer } = refused(unknown(`{${text}:1e400}`));
    assert.ok(!atKey.includes(hidden) && atKey.length < 2000 && pointer.includes(hidden), atKey);
  }
});

test("an id cannot lead a follow-up call elsewhere", () => {
  let paths = 0;
  for (const text of examples(own)) {
    const event = parse(text);
    const path = followUp(event);
    if (path === undefined) continue;
    paths++;
    assert.match(path, /^\/[!-~]+$/);
    const change = (id) => {
      const data = Object.fromEntries(Object.entries(event.data).map(([key, value]) => [key, path.includes(value) ? id : value]));
      return followUp({ ...event, data });
    };
    const [value] = Object.values(event.data).filter((value) => path.includes(value));
    assert.equal(change("../x?y=1#z!'()*"), path.replace(value, "..%2Fx%3Fy%3D1%23z%21%27%28%29%2A"));
    assert.equal(change("ü %"), path.replace(value, "%C3%BC%20%25"));
    for (const id of ["", ".", "..", undefined, null]) assert.equal(change(id), undefined);
  }
  assert.ok(paths >= 1 && EVENT_TYPES.length > paths);
});

test("the list of event types cannot be changed", () => {
  assert.throws(() => EVENT_TYPES.push("x"), TypeError);
});
