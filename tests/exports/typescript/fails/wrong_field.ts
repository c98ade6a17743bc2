// Fields are those of the event type, with their types.

import { type AnyEvent, isKnown } from "clip-events";

export function read(event: AnyEvent): void {
  if (!isKnown(event)) return;
  event.data.$FIELD; // TS2339
  switch (event.type) {
    case "$OTHER_TYPE":
      event.data.$FIELD; // TS2339
      break;
    case "$NUMBER_TYPE":
      event.data.$NUMBER.trim(); // TS2339
      break;
    case "$OPTIONAL_TYPE":
      event.data.$OPTIONAL.trim(); // TS18048
      break;
    case "a type that nobody knows": // TS2678
      break;
  }
}
