"""What type checkers must refuse, each line with a mark: of the second contract."""

from __future__ import annotations

import clip_events
from clip_events import types


def every_event_has_a_shape(event: clip_events.Event) -> None:
    print(event.data.order)  # error
    if event.type == "order.placed":
        print(event.data.order)  # error: it may still be an unknown one
    if isinstance(event, clip_events.OrderPlacedEvent):
        print(event.data.orders)  # error
        print(event.data.order.labels["a"])  # error: it may be absent
        print(event.data.order.lines[0].quantity + 1)  # error: it may be null
        event.created = 1  # error


def the_known(event: clip_events.KnownEvent) -> None:
    if event.type == "order.placed":
        print(event.data.train)  # error


def a_tag_may_be_new(cargo: clip_events.Cargo) -> None:
    print(cargo.cargo_type)  # error


def values(odometer: int) -> None:
    clip_events.parse(odometer)  # error
    clip_events.verify("", "", "")  # error: the body is bytes
    clip_events.Money(amount="1", currency="EUR")  # error
    clip_events.Money(amount=1, currency="USD")  # error
    clip_events.Money(amount=1)  # error


def plain(event: types.KnownEvent) -> None:
    print(event["data"]["order"])  # error
    if event["type"] == "order.placed":
        print(event["data"]["orders"])  # error
        print(event["data"]["order"]["id"] + 1)  # error
