"""What judges the values in generated models: as JSON Schema has it, whatever pydantic or Python would take besides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, BeforeValidator, Discriminator, GetCoreSchemaHandler, GetJsonSchemaHandler, WrapValidator
from pydantic import ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._json import Exact, Float, Repeated, is_object
from ._model import key_of, refuse_repeated
from ._pattern import Pattern


def _error(expected: str) -> PydanticCustomError:
    return PydanticCustomError("expected", "expected {expected}", {"expected": expected})


def _exact(value: object) -> Exact | None:
    """The value of a number; `None` for anything else."""
    if isinstance(value, Float):
        return value.exact
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        # A float that is made in Python is the decimal that Python writes for it.
        return None if float(value) - float(value) else Exact.of(repr(value))
    except OverflowError:
        return None


def _whole(value: object) -> object:
    """`value`, as an `int` if it is a number that is one."""
    if isinstance(value, float):
        exact = _exact(value)
        if exact is not None and exact.is_integer:
            sign = "-" if exact.negative else ""
            return int(sign + exact.digits.ljust(exact.point, "0") or "0")
    return value


@dataclass(frozen=True)
class Integer:
    """Numbers that are mathematically integers."""

    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int | None = None

    def _check(self, value: object) -> int:
        whole = _whole(value)
        if isinstance(whole, bool) or not isinstance(whole, int):
            raise _error("an integer")
        if self.minimum is not None and whole < self.minimum:
            raise _error(f"an integer from {self.minimum}")
        if self.maximum is not None and whole > self.maximum:
            raise _error(f"an integer up to {self.maximum}")
        if self.multiple_of is not None and whole % self.multiple_of:
            raise _error(f"a multiple of {self.multiple_of}")
        return whole

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = core_schema.int_schema(ge=self.minimum, le=self.maximum, multiple_of=self.multiple_of)
        return core_schema.no_info_before_validator_function(self._check, inner)


_decimal = lru_cache(maxsize=None)(Exact.of)


@dataclass(frozen=True)
class Number:
    """Numbers, judged by their decimals: a bound is the decimal that the schema writes."""

    minimum: str | None = None
    exclusive_minimum: str | None = None
    maximum: str | None = None
    exclusive_maximum: str | None = None
    multiple_of: str | None = None

    def _check(self, value: object) -> float:
        exact = _exact(value)
        if exact is None or not isinstance(value, (int, float)):
            raise _error("a number")
        if self.minimum is not None and exact.is_below(_decimal(self.minimum)):
            raise _error(f"a number from {self.minimum}")
        if self.exclusive_minimum is not None and not _decimal(self.exclusive_minimum).is_below(exact):
            raise _error(f"a number above {self.exclusive_minimum}")
        if self.maximum is not None and _decimal(self.maximum).is_below(exact):
            raise _error(f"a number up to {self.maximum}")
        if self.exclusive_maximum is not None and not exact.is_below(_decimal(self.exclusive_maximum)):
            raise _error(f"a number below {self.exclusive_maximum}")
        if self.multiple_of is not None and not exact.is_multiple_of(_decimal(self.multiple_of)):
            raise _error(f"a multiple of {self.multiple_of}")
        return float(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, core_schema.float_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        keywords = {
            "minimum": self.minimum,
            "exclusiveMinimum": self.exclusive_minimum,
            "maximum": self.maximum,
            "exclusiveMaximum": self.exclusive_maximum,
            "multipleOf": self.multiple_of,
        }
        return handler(schema) | {name: float(text) for name, text in keywords.items() if text is not None}


@dataclass(frozen=True)
class Text:
    """Strings, measured in code points."""

    minimum: int | None = None
    maximum: int | None = None
    patterns: tuple[Pattern, ...] = ()

    def _check(self, value: str) -> str:
        for pattern in self.patterns:
            if not pattern.matches(value):
                raise _error(f"a string matching `{pattern.source}`")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = core_schema.str_schema(strict=True, min_length=self.minimum, max_length=self.maximum)
        return core_schema.no_info_after_validator_function(self._check, inner)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        patterns = [{"pattern": pattern.source} for pattern in self.patterns]
        return handler(schema) | ({"allOf": patterns} if patterns else {})


class _OneOf:
    """The members of a closed set: `true` is not 1, and 1.0 is."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        known: set[tuple[type, object]] = {(type(member), member) for member in get_args(source)}
        listed = ", ".join(repr(member) for member in get_args(source))

        def check(value: object) -> object:
            whole = _whole(value)
            if not isinstance(whole, (bool, int, str)) or (type(whole), whole) not in known:
                raise _error(f"one of {listed}")
            return whole

        return core_schema.no_info_before_validator_function(check, handler(source))


@dataclass(frozen=True)
class _Untagged:
    """Alternatives that nothing tells apart: the first that is met, if not more are than may be."""

    exactly_one: bool

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        alternatives = [handler.generate_schema(alternative) for alternative in get_args(source)]
        missed = object()

        def attempt(value: object, inner: ValidatorFunctionWrapHandler) -> object:
            try:
                return inner(value)
            except ValidationError:
                return missed

        def choose(results: tuple[object, ...]) -> object:
            met = [result for result in results if result is not missed]
            if not met or self.exactly_one and len(met) > 1:
                which = "exactly one" if self.exactly_one else "one"
                raise _error(f"a value that meets {which} of {len(results)} alternatives, not {len(met)}")
            return met[0]

        # Each alternative gets the value.
        attempts: list[CoreSchema] = [
            core_schema.no_info_wrap_validator_function(attempt, inner) for inner in alternatives
        ]
        union = core_schema.union_schema([*alternatives])
        return core_schema.no_info_before_validator_function(
            lambda value: (value,) * len(attempts),
            core_schema.no_info_after_validator_function(choose, core_schema.tuple_schema(attempts)),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value, return_schema=union),
            json_schema_input_schema=union,
        )


class Tags:
    """How objects are told apart by the value of a key; another value of it is unknown."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        self._key = key
        self._labels = {value: f"<{at}>" for at, value in enumerate(known)}
        self.choice = Discriminator(self._label)
        self.unknown = _Unknown(key, known)

    def _label(self, value: object) -> str:
        tag = _member(value, self._key)
        return self._labels.get(tag, "<>") if isinstance(tag, str) else "<>"


@dataclass(frozen=True)
class _Unknown:
    """Objects with another value of the key than those that are known, which has to be there."""

    key: str
    known: tuple[str, ...]

    def _check(self, value: object) -> object:
        if isinstance(value, Repeated):
            refuse_repeated(value, {self.key})
        if is_object(value) and self.key not in value:
            raise PydanticCustomError("missing", "`{key}` is missing", {"key": self.key})
        if is_object(value) and not isinstance(value[self.key], str):
            raise PydanticCustomError("expected", "expected a string", {"member": self.key})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        known = {"properties": {self.key: {"enum": list(self.known)}}}
        return {"allOf": [handler(schema)], "required": [self.key], "not": known}


def _member(value: object, key: str) -> object:
    """What `value`, from JSON or a model, has under `key`."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        return next((getattr(value, name) for name, field in fields if key_of(name, field) == key), None)
    return value.get(key) if is_object(value) else None


def _json_type(value: object) -> str:
    if value is None:
        return "<null>"
    if isinstance(value, bool):
        return "<boolean>"
    if isinstance(value, (int, float)):
        return "<number>"
    if isinstance(value, str):
        return "<string>"
    return "<array>" if isinstance(value, list) else "<object>"


def _each(value: object, inner: ValidatorFunctionWrapHandler) -> object:
    """The members of a map one by one: all values of a key that is repeated, and none after one that is wrong."""
    if not is_object(value):
        return inner(value)
    members = dict[object, object]()
    for key, member in value.pairs if isinstance(value, Repeated) else value.items():
        members |= inner({key: member})
    return members


def _not_null(value: object) -> object:
    if value is None:
        raise _error("a value that is not null: what may be absent is left out")
    return value


ANY = _Untagged(exactly_one=False)
BY_TYPE = Discriminator(_json_type)
EACH = WrapValidator(_each)
EXACTLY_ONE = _Untagged(exactly_one=True)
NOT_NULL = BeforeValidator(_not_null)
ONE_OF = _OneOf()
