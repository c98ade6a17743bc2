// Bodies and secrets that are none.

import { type AnyEvent, parse, tryParse, verify } from "clip-events";

declare const json: { id: string };
parse(json); // TS2345
const event: AnyEvent = tryParse(""); // TS2322
void verify("t=0", "", undefined); // TS2345
void verify("t=0", json, "secret"); // TS2345
void verify("t=0", "", process.env["SECRET"]); // TS2345
void verify("t=0", "", "secret", { tolerance: "60" }); // TS2322
const verified: boolean = verify("t=0", "", "secret"); // TS2322
export { event, verified };
