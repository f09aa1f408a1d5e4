"""Rows by what they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Row


def grouped(
    rows: Iterable[Row[Any]], key: Callable[[Row[Any]], Any]
) -> Mapping[Any, list[Row[Any]]]:
    """In the order in which they come; a key that none has got has none."""
    groups: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
