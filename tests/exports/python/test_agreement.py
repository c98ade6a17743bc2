"""The package gives the Rust parser's verdict, on any contract; and loses nothing that a contract declares."""

from __future__ import annotations

import copy
import json
import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import clip_events
import pytest
from clip_events._json import read
from clip_events._parse import _adapter
from jsonschema import Draft202012Validator
from packages import ROOT, Contract
from pydantic import BaseModel, TypeAdapter, ValidationError

MISTAKES_THAT_STOP = ("occurs twice", "is missing", "expected a string")
"""Whoever sees one of these looks at no other: of several mistakes in a delivery it may not be the one that Rust tells."""

NO_JSON = ("expected UTF-8", "no JSON", "more than 127", "a number is too large", "half of a surrogate", "expected a value")


def verdict(body: bytes) -> clip_events.ParseError | clip_events.Event:
    try:
        return clip_events.parse(body)
    except clip_events.ParseError as error:
        return error


def is_one_of_several(body: bytes, error: clip_events.ParseError) -> bool:
    """Whether the delivery has, or may have, another mistake than this one."""
    with pytest.raises(ValidationError) as raised:
        _adapter().validate_python(read(body))
    return raised.value.error_count() > 1 or any(mistake in error.message for mistake in MISTAKES_THAT_STOP)


@pytest.fixture(scope="module")
def judged(contract: Contract) -> list[tuple[bytes, bool, str | None]]:
    read = [json.loads(line) for line in contract.judged.read_bytes().splitlines()]
    return [(line["body"].encode("latin-1"), line["valid"], line["pointer"]) for line in read]


def test_verdicts_are_those_of_rust(judged: list[tuple[bytes, bool, str | None]]) -> None:
    told = Counter[str]()
    for body, is_valid, pointer in judged:
        event = verdict(body)
        assert isinstance(event, BaseModel) == is_valid, (body, pointer, event)
        if not isinstance(event, clip_events.ParseError):
            continue
        if event.pointer == pointer:
            told["in the same place"] += 1
        elif event.message.startswith(NO_JSON):
            assert event.pointer == "", (body, event)
            told["no JSON"] += 1
        else:
            assert is_one_of_several(body, event), (body, pointer, event)
            told["elsewhere"] += 1
    assert len(judged) >= 5_000 and len(judged) / 4 < sum(told.values()) < 3 * len(judged) / 4, told
    # Two mistakes in one delivery are rare.
    assert told["elsewhere"] * 20 < told["in the same place"], told
    print(dict(told))


def test_what_parses_is_written_and_read_again(judged: list[tuple[bytes, bool, str | None]]) -> None:
    valid = [body for body, is_valid, _ in judged if is_valid][:5_000]
    for body in valid:
        event = clip_events.parse(body)
        assert clip_events.parse(event.model_dump_json(exclude_unset=True)) == event, body
        assert copy.deepcopy(event) == event and pickle.loads(pickle.dumps(event)) == event


def examples(root: Path) -> list[Path]:
    files = list((root / "schema/examples").rglob("*.json"))
    assert files
    return files


def test_examples_parse_to_what_they_say(contract: Contract) -> None:
    types = set[str]()
    for file in examples(contract.root):
        event = clip_events.parse(file.read_bytes())
        said = json.loads(file.read_bytes())
        if not isinstance(event, clip_events.UnknownEvent):
            types.add(event.type)
        kept(event.model_dump(exclude_unset=True), said)
    assert types == set(clip_events.EVENT_TYPES)


def kept(dumped: Any, said: Any) -> None:
    """What is kept is as it was said; `undeclared` alone may be gone."""
    if isinstance(dumped, dict):
        assert set(dumped) <= set(said)
        for key, value in dumped.items():
            kept(value, said[key])
    elif isinstance(dumped, list):
        assert len(dumped) == len(said)
        for one, other in zip(dumped, said):
            kept(one, other)
    else:
        assert dumped == said and isinstance(dumped, bool) == isinstance(said, bool)


def test_the_bundle_agrees_where_it_can_see(contract: Contract, judged: list[tuple[bytes, bool, str | None]]) -> None:
    """Validators see no repeated keys, no digits beyond binary64, and other patterns."""
    bundle = json.loads(contract.bundle.read_text(encoding="utf-8"))
    validator = Draft202012Validator(without_patterns(bundle))
    seen = Counter[bool]()
    for body, is_valid, _ in judged[:: max(1, len(judged) // 2_500)]:
        event = verdict(body)
        if repeats_a_key(body):
            continue
        if is_valid:
            assert validator.is_valid(json.loads(body)), body
        elif isinstance(event, clip_events.ParseError) and not event.message.startswith(NO_JSON):
            invisible = ("occurs twice", "a number", "an integer", "a multiple", "matching")
            if not any(words in event.message for words in invisible):
                assert not validator.is_valid(json.loads(body)), (body, event)
            seen[False] += 1
        seen[True] += is_valid
    assert seen[True] > 500 and seen[False] > 50, seen


def test_each_value_of_the_examples_is_judged_as_the_bundle_says(contract: Contract) -> None:
    probes = [json.loads(line) for line in contract.probes.read_bytes().splitlines()]
    assert len(probes) > 500 and sum(probe["valid"] for probe in probes) > 50
    for probe in probes:
        event = verdict(probe["body"].encode())
        assert isinstance(event, BaseModel) == probe["valid"], (probe["body"], event)


def repeats_a_key(body: bytes) -> bool:
    repeated = list[object]()

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            repeated.append(pairs)
        return dict(pairs)

    try:
        json.loads(body, object_pairs_hook=members)
    except (ValueError, RecursionError):
        return False
    return bool(repeated)


def without_patterns(schema: Any) -> Any:
    """Python's `re` reads most of them otherwise, or not at all."""
    if isinstance(schema, dict):
        return {key: without_patterns(value) for key, value in schema.items() if not (key == "pattern" and isinstance(value, str))}
    return [without_patterns(item) for item in schema] if isinstance(schema, list) else schema


def test_models_tell_their_json_schema(contract: Contract) -> None:
    for mode in ("validation", "serialization"):
        schema = TypeAdapter[Any](clip_events.Event).json_schema(mode=mode)
        validator = Draft202012Validator(without_patterns(schema))
        for file in examples(contract.root):
            assert validator.is_valid(json.loads(file.read_bytes())), file


def test_regressions_of_the_agreement_parse_or_not_without_another_error() -> None:
    files = list((ROOT / "tests/agreement/fixtures/regressions").iterdir())
    assert files
    for file in files:
        verdict(file.read_bytes())


def test_an_unknown_event_keeps_its_data(contract: Contract) -> None:
    for file in examples(contract.root)[:20]:
        delivery = json.loads(file.read_bytes()) | {"type": "Not-Known", "data": {"Any-thing": [1, {"x": None}]}}
        event = clip_events.parse(json.dumps(delivery))
        assert isinstance(event, clip_events.UnknownEvent)
        assert event.type == "Not-Known" and event.data == delivery["data"] and event.follow_up() is None
        with pytest.raises(clip_events.ParseError):
            clip_events.parse(json.dumps(delivery | {"data": []}))
