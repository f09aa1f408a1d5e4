"""What the container gives to handlers, by the parameter's name."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from litestar.di import NamedDependency
from litestar.params import SkipValidation

T = TypeVar("T")

Given: TypeAlias = NamedDependency[SkipValidation[T]]
"""A port or use case from the container. Litestar takes it as it is: a protocol cannot be checked,
and it need not be, because mypy has."""
