"""What type checkers must take: of the second contract, which has every form of schema."""

from __future__ import annotations

from typing import Any

import clip_events
from clip_events import types
from typing_extensions import assert_never, assert_type


def by_class(body: bytes) -> str | None:
    event = clip_events.parse(body)
    match event:
        case clip_events.OrderPlacedEvent(data=data):
            assert_type(data, clip_events.OrderPlaced)
            quantity = data.order.lines[0].quantity
            assert_type(quantity, int | str | None)
            assert_type(data.order.labels, dict[str, str] | None)
            return data.order.id
        case clip_events.UnknownEvent():
            assert_type(event.data, dict[str, Any])
            return event.type
        case _:
            return event.follow_up()


def by_type(event: clip_events.Event) -> str:
    if isinstance(event, clip_events.UnknownEvent):
        return event.type
    assert_type(event.id, str)
    if event.type == "order.placed":
        assert_type(event.data, clip_events.OrderPlaced)
        return event.data.order.id
    if event.type == "train.position":
        assert_type(event.data.odometer, int)
        return event.data.train
    return event.type


def by_tag(cargo: clip_events.Cargo) -> float:
    if isinstance(cargo, dict):
        return len(cargo)
    if cargo.cargo_type == "bulk":
        assert_type(cargo, clip_events.BulkCargo)
        return cargo.mass
    if isinstance(cargo, clip_events.ContainerCargo):
        return sum(by_tag(inner) for inner in cargo.contents)
    assert_type(cargo, clip_events.VehicleCargo)
    return 0


def by_json_type(cause: clip_events.IncidentCause) -> int:
    return cause if isinstance(cause, int) else 0


def closed(currency: clip_events.Currency) -> str:
    if currency == "EUR" or currency == "CHF" or currency == "PLN":
        return currency
    assert_never(currency)


def open_set(carrier: clip_events.Carrier) -> str:
    return "known" if carrier == "baltrail" else carrier


def plain(event: types.KnownEvent) -> str:
    if event["type"] == "order.placed":
        labels = event["data"]["order"].get("labels")
        assert_type(labels, dict[str, str] | None)
        return event["data"]["order"]["id"]
    return event["id"]


def verified(header: str, body: bytes) -> None:
    assert_type(clip_events.verify(header, body, ["new", b"old"], tolerance=None, clock=lambda: 0.0), int)
    try:
        clip_events.parse(body)
    except clip_events.ParseError as error:
        assert_type(error.pointer, str)
    except clip_events.SignatureError as error:
        assert_type(error.name, str)


def made() -> clip_events.Money:
    return clip_events.Money(amount=1, currency="EUR")
