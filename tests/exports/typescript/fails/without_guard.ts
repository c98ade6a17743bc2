// Of an event that may be unknown, nothing is certain but that it has data.

import { type AnyEvent, isKnown } from "clip-events";

export function read(event: AnyEvent): void {
  const direct: string = event.data.$FIELD; // TS2339
  if (event.type === "$TYPE") {
    const narrowed: string = event.data.$FIELD; // TS2322
    void narrowed;
  }
  if (!isKnown(event)) {
    const field: string = event.data["$FIELD"]; // TS2322
    void field;
  }
  void direct;
}
