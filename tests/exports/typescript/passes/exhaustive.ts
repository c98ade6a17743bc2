// Whoever wants to hear of new event types from the compiler can.

import { EVENT_TYPES, type EventType, type KnownEvent } from "clip-events";

/** One entry for each type. */
export const seen: Record<EventType, number> = Object.fromEntries(EVENT_TYPES.map((type) => [type, 0])) as Record<EventType, number>;

export function count(event: KnownEvent): void {
  seen[event.type] += 1;
}
