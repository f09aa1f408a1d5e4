"""What this process has itself committed: news that need not be asked of the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

from eterno.domain.inventory import Shelf

_WRITES_CATALOGUE = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"
    r"(?:products|variants|categories|product_categories)\b",
    re.IGNORECASE,
)
_MARK = "wrote catalogue"
_turns = count()


class SavedShelves:
    """What one work leaves on the shelves that it holds.

    Each is numbered while the shelf is locked, so the numbers tell the order of the commits.
    """

    def __init__(self) -> None:
        self.left: dict[int, tuple[int, int]] = {}
        """Variant: (number, pieces available)."""

    def note(self, shelves: Iterable[Shelf]) -> None:
        for shelf in shelves:
            self.left[shelf.variant_id] = (next(_turns), shelf.available)


class OwnNews:
    """What the works of this process have committed and nobody has taken notice of yet.

    Works tell it after their commit, from any thread; this costs a sale 2 µs.
    """

    def __init__(self) -> None:
        self.stirs = 0
        """How often the catalogue itself was written: products, variants or categories."""
        self._left: dict[int, tuple[int, int]] = {}
        self._told: set[int] = set()
        self._lock = Lock()

    def tell(self, saved: SavedShelves, *, stirred: bool) -> None:
        """A work has committed."""
        if saved.left:
            with self._lock:
                for variant_id, left in saved.left.items():
                    self._left[variant_id] = max(left, self._left.get(variant_id, left))
        if stirred:
            with self._lock:
                self.stirs += 1

    def take_stock(self) -> Mapping[int, int]:
        """What is left of the variants told since the last call."""
        if not self._left:
            return {}
        with self._lock:
            taken, self._left = self._left, {}
            self._told.update(taken)
        return {variant_id: available for variant_id, (_, available) in taken.items()}

    def begin_look(self) -> set[int]:
        """Whatever was told until now will be seen by whoever looks from now on. The variants whose
        stock was told ahead of that, so that she looks at them whatever else has changed."""
        with self._lock:
            told, self._told = self._told, set()
        return told


def watch(engine: Engine) -> None:
    """Notice when a work writes the catalogue, whoever wrote the work: by its statements."""

    def note(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        if _WRITES_CATALOGUE.match(statement):
            connection.info[_MARK] = True

    event.listen(engine, "before_cursor_execute", note)


def has_written_catalogue(connection: Connection) -> bool:
    """Whether the work on this connection has, since this was last asked."""
    return bool(connection.info.pop(_MARK, False))
