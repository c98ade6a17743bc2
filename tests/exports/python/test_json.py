"""What is JSON and what is not, and that no input takes long or ends in another error."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import clip_events
import pytest
from clip_events._json import MAX_DEPTH, Exact, Float, read
from clip_events._pattern import Pattern
from packages import ROOT, Contract

SUITE = ROOT / "tests/fixtures/json-test-suite"


@pytest.fixture(scope="module")
def delivery(contract: Contract) -> dict[str, Any]:
    example = next((contract.root / "schema/examples").rglob("*.json"))
    return json.loads(example.read_bytes())


def refused(body: bytes | str) -> str:
    with pytest.raises(clip_events.ParseError) as error:
        clip_events.parse(body)
    return str(error.value)


def test_the_suite_of_json_parsers() -> None:
    verdicts = {"y": 0, "n": 0, "i": 0}
    for file in SUITE.glob("*.json"):
        try:
            read(file.read_bytes())
            is_json = True
        except clip_events.ParseError:
            is_json = False
        kind = file.name[0]
        verdicts[kind] += 1
        assert kind == "i" or is_json == (kind == "y"), file
    assert verdicts["y"] > 90 and verdicts["n"] > 180, verdicts


def test_what_other_readers_take() -> None:
    for text in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", '"\\ud800"', '"\\udc00\\ud800"', "\ufeff1", "٣"):
        with pytest.raises(clip_events.ParseError):
            read(text)
    for body in (b"\xff", b'"\xed\xa0\x80"', "1".encode("utf-16"), b"", b"\x00"):
        with pytest.raises(clip_events.ParseError):
            read(body)
    with pytest.raises(clip_events.ParseError):
        read('"\ud800"')
    assert read('"\\ud83d\\ude00\\\\ud800"') == "😀\\ud800"
    for body in (bytearray(b"[1]"), memoryview(b"[1]"), "[1]"):
        assert read(body) == [1]


def test_depth(delivery: dict[str, Any]) -> None:
    rust = (ROOT / "crates/types/src/parse/vocabulary.rs").read_text(encoding="utf-8")
    assert f"MAX_DEPTH: u32 = {MAX_DEPTH};" in rust
    def nested(depth: int, opening: str, closing: str) -> str:
        return json.dumps(delivery | {"Undeclared": "HERE"}).replace('"HERE"', opening * depth + closing * depth)

    for opening, closing in ("[", "]"), ('{"a":', "}"):
        inner = "1" if opening != "[" else ""
        deepest = nested(MAX_DEPTH - 1, opening, closing).replace(opening + closing, opening + inner + closing)
        clip_events.parse(deepest)
        assert "containers" in refused(nested(MAX_DEPTH, opening, closing))
    # In a string they are text, whatever stands before.
    clip_events.parse(json.dumps(delivery | {"Undeclared": "\\\"[[[{" * 1000 + "\\"}))
    clip_events.parse(json.dumps(delivery | {"Undeclared": [[]] * 1000}))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'"' + b'\\"' * 500_000,
        b'"' + b"\\" * 999_999,
        b"9" * 1_000_000,
        b"-" + b"9" * 1_000_000,
        b"1e" + b"9" * 1_000_000,
        b"1e-" + b"9" * 1_000_000,
        b"1e999999999",
        b"0." + b"0" * 1_000_000 + b"1e1000001",
        b"[" + b"1.5," * 250_000 + b"1]",
        b"{" + b'"a":1,' * 150_000 + b'"a":1}',
        b'{"id":' + b'"\\ud83d' * 100_000,
        b'["' + b'\\ud83d\\ude00' * 80_000 + b'"]',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_megabyte_takes_no_second(body: bytes) -> None:
    before = time.process_time()
    refused(body)
    assert time.process_time() - before < 2


def test_numbers_with_many_digits_are_read(delivery: dict[str, Any]) -> None:
    assert sys.get_int_max_str_digits() == 4300
    for number in ("1" + "0" * 5_000 + "e-5000", "0." + "0" * 5_000 + "1e5001", "1e-" + "9" * 5_000, "-0", "0e" + "9" * 5_000):
        clip_events.parse(json.dumps(delivery | {"Undeclared": "HERE"}).replace('"HERE"', number))


def test_exact_numbers_are_those_of_fractions() -> None:
    texts = ["0", "-0.0", "1", "10", "1.0", "1.50", "0.01", "-0.01", "1e3", "1E-3", "12.5e+1", "-7", "100", "0.1e1", "99.99", "1e-400", "-1e-400"]
    for one in texts:
        exact, value = Exact.of(one), Fraction(Decimal(one))
        assert exact.is_integer == (value.denominator == 1), one
        for other in texts:
            that = Fraction(Decimal(other))
            assert exact.is_below(Exact.of(other)) == (value < that), (one, other)
            assert (exact == Exact.of(other)) == (value == that), (one, other)
            if that > 0:
                assert exact.is_multiple_of(Exact.of(other)) == ((value / that).denominator == 1), (one, other)


def test_raw_values_are_plain(delivery: dict[str, Any]) -> None:
    body = json.dumps(delivery | {"type": "Not-Known"}).replace('"data": {', '"data": {"n": 1.50, "n": 2.5, "i": 1e3, ', 1)
    event = clip_events.parse(body)
    assert isinstance(event, clip_events.UnknownEvent)
    assert event.data["n"] == 2.5 and isinstance(event.data["n"], float) and event.data["i"] == 1000
    assert json.loads(json.dumps(event.data))["n"] == 2.5
    for again in (copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
        assert again == event
    assert Float("1.5") + 1 == 2.5


@pytest.mark.parametrize("key", ["__class__", "__init__", "model_config", "model_fields", "self", "cls", "__pydantic_private__", "parse_obj", "type "])
def test_names_of_python_mean_nothing(delivery: dict[str, Any], key: str) -> None:
    event = clip_events.parse(json.dumps(delivery))
    for changed in (
        delivery | {key: {"a": 1}},
        delivery | {"data": {**delivery["data"], key: "x"}},
    ):
        assert clip_events.parse(json.dumps(changed)) == event
    unknown = clip_events.parse(json.dumps(delivery | {"type": key, "data": {key: [1]}}))
    assert isinstance(unknown, clip_events.UnknownEvent) and unknown.data == {key: [1]}
    assert refused(json.dumps({key: key}))


def test_errors_can_be_shown_and_sent(delivery: dict[str, Any]) -> None:
    with pytest.raises(clip_events.ParseError) as raised:
        clip_events.parse(json.dumps(delivery | {"data": None}))
    again = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(again, ValueError)
    assert (again.pointer, again.message, str(again)) == ("/data", raised.value.message, str(raised.value))


def test_a_pattern_takes_one_step_a_character() -> None:
    # (a+)+$ as an automaton: the text that takes other engines for ever.
    pattern = Pattern(source="^(a+)+$", starts=(0, 97, 98), classes=(0, 1, 0), next=(2, 1, 2, 1, 2, 2), accepting=(1,))
    before = time.process_time()
    assert pattern.matches("a" * 100_000) and not pattern.matches("a" * 100_000 + "!") and not pattern.matches("")
    assert time.process_time() - before < 2
