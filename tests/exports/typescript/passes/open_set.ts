// A set that is open takes any string, and shows those that are known.

import type { EventOf, $OpenSet } from "clip-events";

export const known: $OpenSet = "$KNOWN_VALUE";
export const later: $OpenSet = "one that comes later";

export function name(event: EventOf<"$OPEN_TYPE">): string {
  const value: string = event.data.$OPEN;
  return event.data.$OPEN === "$KNOWN_VALUE" ? "known" : value;
}
