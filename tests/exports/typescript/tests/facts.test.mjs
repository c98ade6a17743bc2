// What is generated besides the checks: the event types, the guards of unions, the paths of follow-up calls.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CONTRACTS, examples } from "../contracts.mjs";

let guards = 0;
let nested = 0;

for (const contract of CONTRACTS) {
  const exported = await import(`${contract.dist}/index.js`);
  const { DEFINITIONS } = await import(`${contract.dist}/generated/tables.js`);
  const { EVENT_TYPES, followUp, parse } = exported;
  const shapes = new Map(
    readdirSync(`${contract.folder}schema/data`).map((file) => {
      const shape = JSON.parse(readFileSync(`${contract.folder}schema/data/${file}`, "utf8"));
      return [file.replace(".schema.json", ""), shape];
    }),
  );

  test(`${contract.name}: the event types are the files of the schemas`, () => {
    assert.deepEqual([...EVENT_TYPES], [...shapes.keys()].sort());
  });

  test(`${contract.name}: each union that a key tells apart has a guard`, () => {
    for (const [name, { is, tag, branches }] of Object.entries(DEFINITIONS)) {
      if (is !== "tagged") continue;
      const isKnown = exported[`isKnown${name}`];
      for (const value of branches.keys()) assert.equal(isKnown({ [tag]: value }), true, `${name} ${value}`);
      for (const value of ["x-Y", "toString", "__proto__", "", 1, undefined]) assert.equal(isKnown({ [tag]: value }), false, `${name} ${value}`);
      assert.equal(isKnown({}), false, name);
      guards++;
    }
  });

  test(`${contract.name}: follow-up calls are as the schemas say`, () => {
    for (const text of examples(contract)) {
      const event = parse(text);
      const template = shapes.get(event.type)?.["x-follow-up"];
      let expected = template;
      for (const [part, path] of template?.matchAll(/\{(.*?)\}/g) ?? []) {
        const value = path.split(".").reduce((object, key) => object?.[key], event.data);
        nested += Number(path.includes("."));
        // What no encoding makes a segment leads nowhere.
        if (typeof value !== "string" || ["", ".", ".."].includes(value)) expected = undefined;
        expected = expected?.replace(part, encodeURIComponent(value));
      }
      assert.equal(followUp(event), expected, text);
    }
  });
}

test("the contracts have what is tried here", () => {
  assert.ok(guards > 2 && nested > 0, `${guards} ${nested}`);
});
