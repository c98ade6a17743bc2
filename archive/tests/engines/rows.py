"""Puts deliveries together again from their rows: each column at its place in the delivery, and over it what `rest` has."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

# What a null in a column is: in the delivery there is nothing, or something that `rest` has.
MISSING = object()


class Number(str):
    """A number of JSON, exactly: its digits without zeros at either end, and a power of ten."""

    @classmethod
    def of(cls, text: str) -> Number:
        mantissa, _, power = text.lower().partition("e")
        sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        whole, _, fraction = mantissa.partition(".")
        digits = (whole + fraction).lstrip("0")
        shortened = digits.rstrip("0")
        exponent = int(power or 0) - len(fraction) + len(digits) - len(shortened)
        return cls(f"{sign}{shortened}e{exponent}" if shortened else "0")


def parsed(text: str) -> Any:
    """JSON with exact numbers. Of several members with the same key, the last."""
    return json.loads(text, parse_int=Number.of, parse_float=Number.of)


def written(value: Any) -> str:
    """A text that is the same for equal values, and only for them."""

    def plain(value: Any) -> Any:
        if isinstance(value, Number):
            return {"number": str(value)}
        if isinstance(value, dict):
            return {"object": {key: plain(member) for key, member in value.items()}}
        if isinstance(value, list):
            return [plain(item) for item in value]
        if value is MISSING:
            return {"missing": True}
        return value

    return json.dumps(plain(value), sort_keys=True)


class Columns:
    """A generated `columns.json`."""

    def __init__(self, path: Path) -> None:
        content = json.loads(path.read_bytes())
        self.kinds: dict[str, Any] = {column["name"]: column["type"] for column in content["columns"]} | {"rest": "json"}
        self.envelope: dict[str, str] = content["envelope"]
        self.events: dict[str, dict[str, str] | str] = content["events"]

    def of(self, event_type: str) -> set[str]:
        """The columns that may hold something of a delivery of this type."""
        data = self.events.get(event_type, {})
        return {"rest", *self.envelope.values(), *([data] if isinstance(data, str) else data.values())}


def delivery_of(row: dict[str, Any], columns: Columns) -> Any:
    """The delivery that `row` was made of; no value in it is null."""

    def value(name: str) -> Any:
        return json_of(row[name], columns.kinds[name]) if name in row else MISSING

    placement = columns.events.get(row["type"], {})
    data = value(placement) if isinstance(placement, str) else members({key: value(name) for key, name in placement.items()})
    delivery = members({key: value(name) for key, name in columns.envelope.items()})
    rest = parsed(row["rest"]) if "rest" in row else {}
    # `data` of which no column has anything may also be no object.
    delivery["data"] = MISSING if data == {} and not isinstance(rest.get("data", {}), dict) else data
    return laid_over(delivery, rest) if rest else delivery


def members(object: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in object.items() if value is not MISSING}


def json_of(value: Any, kind: Any) -> Any:
    """What a value of a column, or one inside, is in the delivery."""
    if value is None:
        return MISSING
    if isinstance(kind, dict):
        [(form, inside)] = kind.items()
        if form == "list":
            return [json_of(item, inside) for item in value]
        if form == "map":
            return {key: json_of(member, inside) for key, member in value.items()}
        return members({field["name"]: json_of(value[field["name"]], field["type"]) for field in inside})
    if kind == "json":
        return parsed(value)
    if kind in ("integer", "timestamp"):
        assert type(value) is int, f"{value!r} is no integer"
        return Number.of(str(value))
    if kind == "number":
        assert type(value) is float, f"{value!r} is no binary64"
        return Number.of(str(Decimal(repr(value))))
    assert type(value) is (bool if kind == "boolean" else str), f"{value!r} is no {kind}"
    return value


def laid_over(value: Any, rest: Any) -> Any:
    """`value` with all that `rest` has. The items of arrays have their numbers as keys there."""
    if isinstance(value, dict) and isinstance(rest, dict):
        return value | {key: laid_over(value.get(key, MISSING), member) for key, member in rest.items()}
    if isinstance(value, list) and isinstance(rest, dict):
        items = list(value)
        for key, member in rest.items():
            items[int(key)] = laid_over(items[int(key)], member)
        return items
    return rest
