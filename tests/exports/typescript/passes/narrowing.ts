// After `isKnown`, `type` tells which event it is, and its data has the fields of its shape.

import { type AnyEvent, type EventOf, type EventType, followUp, isKnown, type KnownEvent, parse, type UnknownEvent } from "clip-events";

export function receive(body: Uint8Array): string {
  const event: AnyEvent = parse(body);
  const path: string | undefined = followUp(event);
  if (!isKnown(event)) {
    const unknown: UnknownEvent = event;
    const value: unknown = unknown.data["anything"];
    return `${unknown.type} ${String(value)} ${path}`;
  }
  switch (event.type) {
    case "$TYPE":
      return event.data.$FIELD.toUpperCase();
    case "$NUMBER_TYPE":
      return event.data.$NUMBER.toFixed(2);
    case "$OPTIONAL_TYPE":
      return event.data.$OPTIONAL ?? "none";
    default:
      return event.type;
  }
}

/** A handler for one type. */
export function on<Type extends EventType>(type: Type, handle: (event: EventOf<Type>) => void): void {
  void [type, handle];
}
on("$TYPE", (event) => event.data.$FIELD.trim());

/** A known event is any event, and each of its own type is a known one. */
export const known: KnownEvent = {} as EventOf<"$TYPE">;
export const any: AnyEvent = known;
