"""Parcels: which pieces of an order left the house, when, and how to follow them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eterno.domain.errors import Invalid
from eterno.domain.text import clean

LONGEST_CARRIER = 60
LONGEST_TRACKING = 100
LONGEST_LINK = 500
MOST_PARCELS = 50
"""Of one order."""
_LINK = re.compile(r"https?://[^\s\"'<>\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One shipment. `contents` are pieces by variant."""

    id: UUID
    carrier: str
    tracking: str | None
    link: str | None
    """Where the buyer can see how far it is."""
    contents: Mapping[int, int]
    sent_at: datetime

    @classmethod
    def packed(
        cls,
        *,
        id: UUID,
        carrier: str,
        tracking: str | None,
        link: str | None,
        contents: Mapping[int, int],
        at: datetime,
    ) -> Parcel:
        """Raises `Invalid` for a carrier without a name, and for a link that is no web address."""
        if link and not (len(link) <= LONGEST_LINK and _LINK.fullmatch(link)):
            raise Invalid.field("link", "an address that begins with https://")
        return cls(
            id=id,
            carrier=clean(carrier, "carrier", most=LONGEST_CARRIER),
            tracking=clean(tracking, "tracking", most=LONGEST_TRACKING) if tracking else None,
            link=link or None,
            contents=dict(sorted(contents.items())),
            sent_at=at,
        )

    def is_labelled_as(self, other: Parcel) -> bool:
        """Whether both bear one tracking number. It is given to one parcel only."""
        return self.tracking is not None and (self.carrier, self.tracking) == (
            other.carrier,
            other.tracking,
        )

    def is_same_as(self, other: Parcel) -> bool:
        """Whether both tell of one shipment."""
        return self.is_labelled_as(other) and self.contents == other.contents
