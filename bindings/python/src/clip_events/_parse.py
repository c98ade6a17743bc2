"""From the bytes of a delivery to its event."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ._errors import ParseError
from ._json import is_array, is_object, read
from .generated.models import Event


def parse(body: bytes | bytearray | memoryview | str) -> Event:
    """The event that `body`, the body of a request, delivers.

    A malformed event of a known type is an error; an event of an unknown type is an `UnknownEvent`.

    Raises:
        ParseError: if `body` is no JSON, or does not meet the contract.
    """
    value = read(body)
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        raise _explained(value, error) from None


@lru_cache(maxsize=None)
def _adapter() -> TypeAdapter[Event]:
    return TypeAdapter(Event)


def _explained(value: object, error: ValidationError) -> ParseError:
    """The error that stands first in the delivery."""
    faults = error.errors(include_url=False, include_input=False)
    _, pointer, message = min(_place(value, fault) for fault in faults)
    return ParseError(message, pointer)


def _place(value: object, fault: Any) -> tuple[tuple[float, ...], str, str]:
    """Where a fault stands, in the order of the delivery and as a JSON Pointer, and what it is."""
    order, pointer, message = list[float](), "", fault["msg"]
    steps = [*fault["loc"], *([fault["ctx"]["member"]] if "member" in fault.get("ctx", {}) else [])]
    for step in steps:
        if is_array(value) and isinstance(step, int):
            order.append(step)
            pointer += f"/{step}"
            value = value[step]
        elif is_object(value) and step in value:
            order.append(list(value).index(step))
            pointer += "/" + step.replace("~", "~0").replace("/", "~1")
            value = value[step]
        # Else it is the label of an alternative, or a key that is missing.
    if fault["type"] == "missing":
        # That is known at the end of the object.
        order.append(float("inf"))
        message = f"`{steps[-1]}` is missing" if message == "Field required" else message
    return tuple(order), pointer, message
