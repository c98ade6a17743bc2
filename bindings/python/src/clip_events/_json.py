"""JSON exactly: what Python's own reader takes and should not is refused, and what it forgets is kept."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from itertools import accumulate
from typing import Any, NamedTuple, NoReturn, TypeGuard

from ._errors import ParseError

MAX_DEPTH = 127
"""The containers that may be open at once."""


class Exact(NamedTuple):
    """The exact value of a number: `0.d1d2d3... * 10^point`, without zeros at either end.

    A `decimal.Decimal` would do, were it not for the exponents that it refuses, and the context of whoever calls.
    """

    negative: bool
    digits: str
    point: int

    @classmethod
    def of(cls, text: str) -> Exact:
        """The value that `text` writes: a number of JSON, or of `repr`."""
        mantissa, _, exponent = text.lower().partition("e")
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        significant = (whole + fraction).lstrip("0")
        if not significant:
            return cls(False, "", 0)
        leading = len(whole) + len(fraction) - len(significant)
        point = len(whole) - leading + _exponent(exponent)
        return cls(mantissa.startswith("-"), significant.rstrip("0"), point)

    @property
    def is_integer(self) -> bool:
        return len(self.digits) <= self.point or not self.digits

    def is_below(self, other: Exact) -> bool:
        return self._order < other._order

    def is_multiple_of(self, step: Exact) -> bool:
        """Whether it is an integer times `step`."""
        zeros = (self.point - len(self.digits)) - (step.point - len(step.digits))
        if not self.digits or zeros < 0:
            # No digit of it is a zero at the end, which such a multiple would have.
            return not self.digits
        return int(self.digits + "0" * zeros) % int(step.digits) == 0

    @property
    def _order(self) -> tuple[int, int, str | _Reversed]:
        if not self.digits:
            return 0, 0, ""
        if self.negative:
            return -1, -self.point, _Reversed(self.digits)
        return 1, self.point, self.digits


class _Reversed(str):
    """Digits of negative numbers: more is less."""

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


def _exponent(digits: str) -> int:
    # One of more digits outweighs any number of them before it.
    negative, size = digits.startswith("-"), digits.lstrip("+-").lstrip("0")
    exponent = int(size or "0") if len(size) < 18 else 10**18
    return -exponent if negative else exponent


class Float(float):
    """A number that is written with a fraction or an exponent: a `float` that knows its exact value."""

    __slots__ = ("exact",)

    exact: Exact

    def __new__(cls, text: str) -> Float:
        value = super().__new__(cls, text)
        if math.isinf(value):
            _refuse("a number is too large for binary64")
        value.exact = Exact.of(text)
        return value

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


class Repeated(dict[str, Any]):
    """An object in which a key occurs more than once. As for Python's own reader, the last value of a key is its value."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs
        """All members, as they are written."""

    @property
    def repeated(self) -> set[str]:
        """The keys that occur more than once."""
        return {key for key, count in Counter(key for key, _ in self.pairs).items() if count > 1}

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else Repeated(pairs)


def _integer(text: str) -> int:
    # No integer below the limit of binary64 has more digits.
    if len(text) > 308 and math.isinf(float(text)):
        _refuse("a number is too large for binary64")
    return int(text)


def _refuse(message: str) -> NoReturn:
    raise ParseError(message)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=Float,
    parse_int=_integer,
    parse_constant=lambda name: _refuse(f"expected a value, found `{name}`"),
)
_ESCAPES = re.compile(rb"\\.", re.DOTALL)
_OTHERS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEPS = {byte: 1 if byte in b"[{" else -1 for byte in b"[]{}"}
# A pair, half of one, or any other escape.
_SURROGATES = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u([dD][89a-fA-F])..|.)", re.DOTALL)


def read(body: bytes | bytearray | memoryview | str) -> Any:
    """The value that `body` is the JSON of."""
    try:
        body = body.encode() if isinstance(body, str) else bytes(body)
        text = body.decode()
    except UnicodeError:
        raise ParseError("expected UTF-8") from None
    if _depth(body) > MAX_DEPTH:
        _refuse(f"more than {MAX_DEPTH} containers are open")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ParseError(f"no JSON: {error}") from None
    if b"\\u" in body and any(match[1] for match in _SURROGATES.finditer(text)):
        _refuse("half of a surrogate pair, which no Unicode text has")
    return value


def _depth(body: bytes) -> int:
    """The containers that are open at once, up to where `body` is no JSON any more: the decoder calls itself for each."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return 0
    outside_of_strings = b"".join(_ESCAPES.sub(b"", body).split(b'"')[::2])
    brackets = outside_of_strings.translate(None, _OTHERS)
    return max(accumulate(_STEPS[byte] for byte in brackets), default=0)
