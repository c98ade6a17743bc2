"""Deliveries that differ from an example in one value, with the verdict of Python's `jsonschema` on the bundle: of every declared field
that an example has, so that no bound goes untried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, validators

OTHERS: list[Any] = [
    None, True, False, 0, 1, -1, 2, 7, 1000, 0.123, 1.0, -0.5, 10**6 + 1, -(10**6) - 1, 10**16 + 1, -(10**16) - 1, 1e300, -1e300,
    "", "x", "€" * 40, "y" * 600, [], [0], {}, {"x": 0}, {"x": ""},
]  # fmt: skip


class Undecided(Exception):
    """Only the Rust parser says what a pattern of ECMA-262 takes."""


def probes(root: Path, bundle: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
    """Deliveries, and whether each is valid."""
    known = set[str]()

    def pattern(_: object, __: object, value: object, ___: object) -> Iterator[Any]:
        if isinstance(value, str) and value not in known:
            raise Undecided
        return iter(())

    validator = validators.extend(Draft202012Validator, {"pattern": pattern})
    envelope = validator({**bundle, "allOf": []})
    seen = set[str]()
    for file in sorted((root / "schema/examples").rglob("*.json")):
        delivery = json.loads(file.read_bytes())
        kind = delivery["type"]
        if kind not in bundle["$defs"]:
            continue
        data = validator({"$defs": bundle["$defs"], "$ref": f"#/$defs/{kind}"})
        known = {text for text in texts(delivery) if text not in OTHERS}
        for path, changed in changes(delivery, ()):
            # What has one name, and is in two things of one name, is alike.
            place = str(path[-2:])
            if path[0] == "type" or place in seen:
                continue
            seen.add(place)
            for other in changed:
                try:
                    in_data = path[0] == "data" and "data" in other
                    is_valid = data.is_valid(other["data"]) if in_data else envelope.is_valid(other)
                except Undecided:
                    continue
                yield other, is_valid


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def changes(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """For each place in `value`, with the items of a list as one, what `value` may be changed to there."""
    if isinstance(value, dict):
        for key, inner in value.items():
            without = {other: member for other, member in value.items() if other != key}
            yield (*path, key), [without, *({**value, key: other} for other in OTHERS)]
            for deeper, changed in changes(inner, (*path, key)):
                yield deeper, [{**value, key: other} for other in changed]
    if isinstance(value, list) and value:
        lengths = [value[:at] for at in range(len(value))] + [value * times for times in (2, 3, 5, 10, 60)]
        yield (*path, "length"), lengths
        yield (*path, "item"), [[other, *value[1:]] for other in OTHERS]
        for deeper, changed in changes(value[0], (*path, "item")):
            yield deeper, [[other, *value[1:]] for other in changed]


def write(root: Path, bundle: Path, to: Path) -> None:
    lines = probes(root, json.loads(bundle.read_text(encoding="utf-8")))
    # A character a byte, as in the deliveries that Rust judges: these are ASCII.
    written = (json.dumps({"body": json.dumps(body), "valid": is_valid, "pointer": None}) for body, is_valid in lines)
    to.write_text("".join(f"{line}\n" for line in written), encoding="ascii")
