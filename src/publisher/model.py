"""The base of everything an author writes: frozen, and closed to unknown keys."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidatorFunctionWrapHandler, WrapValidator


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def with_its_place(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Check a word against those allowed and keep it as it was read; pydantic would give back its own copy."""
    check(value)
    return value


PLACED = WrapValidator(with_its_place)
"""For a field of fixed words: 左侧 knows where it stands."""
