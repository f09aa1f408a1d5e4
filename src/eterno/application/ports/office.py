"""What the owner's day begins with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from eterno.domain.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotice:
    """A notice of the payment service, and what came of it."""

    id: str
    kind: str
    received_at: datetime
    outcome: str | None
    order_id: UUID | None
    """The order that it is about, also one whose payment became known only later."""


class OfficeDesk(Protocol):
    """What wants to be done, and whether the shop is well.

    Each answer costs a fixed number of questions to the store, whatever the size of the shop.
    """

    def unfinished(self, *, most: int = 50) -> Sequence[Order]:
        """Sold, and not wholly on their way: the one promised first comes first."""
        ...

    def in_question(self, *, most: int = 50) -> Sequence[Order]:
        """In review, or claimed back by the buyer's bank and not decided yet, or paid with a card
        that a bank suspects and not wholly on their way: the oldest first."""
        ...

    def notices(
        self,
        *,
        outcomes: Collection[str] | None = None,
        about_no_order: Collection[str] = (),
        since: datetime | None = None,
        most: int = 50,
    ) -> Sequence[ShownNotice]:
        """The newest first; only those of which one of the `outcomes` came, and of those that are
        `about_no_order` also these, and only those received then or later, if that is given."""
        ...
