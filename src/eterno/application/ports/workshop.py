"""What is still to be made and sent, read without rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eterno.domain.make_list import OpenOrder

MOST_OPEN = 2_000
"""Open orders on one list: more than anybody packs in a month."""


class Workshop(Protocol):
    def open_orders(self, *, most: int) -> Sequence[OpenOrder]:
        """Sold orders that were not sent, or not all of them, each with its refunds: those promised
        soonest first, those without a promise last, and those of one promise by number.

        It costs a fixed number of questions to the store.
        """
        ...
