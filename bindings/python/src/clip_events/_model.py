"""What all generated models have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from ._json import Repeated


class Model(BaseModel):
    """An object of the contract. What it does not declare is ignored."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        defer_build=True,
        protected_namespaces=(),
        serialize_by_alias=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _declared_keys_occur_once(cls, value: Any) -> Any:
        if isinstance(value, Repeated):
            refuse_repeated(value, {key_of(name, field) for name, field in cls.model_fields.items()})
        return value


def key_of(name: str, field: FieldInfo) -> str:
    """The key of an attribute in JSON."""
    return name if field.alias is None else field.alias


def refuse_repeated(value: Repeated, declared: set[str]) -> None:
    repeated = value.repeated & declared
    if repeated:
        # The first one is told: two runs are to tell the same.
        key = next(key for key in value if key in repeated)
        raise PydanticCustomError("repeated", "`{key}` occurs twice", {"key": key, "member": key})
