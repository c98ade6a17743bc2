// Values that the contract does not take.

import { EVENT_TYPES, type EventOf, type EventType, type $OpenSet } from "clip-events";

export const type: EventType = "a type that nobody knows"; // TS2322
export const open: $OpenSet = 1; // TS2322
export const empty: EventOf<"$TYPE">["data"] = {}; // TS2739
export const nobody: EventOf<"a type that nobody knows"> = {} as never; // TS2344
EVENT_TYPES.push("$TYPE"); // TS2339
