"""What can come of a report."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a report."""

    PAID = "paid"
    PENDING = "pending"
    REVIEW = "review"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUND = "refund"
    """How a refund stands is written down."""
    DISPUTE = "dispute"
    """How a dispute stands is written down."""
    NOTHING_NEW = "nothing_new"
    """The order already knew, or knew better."""
    STRAY = "stray"
    """Money for an order we do not know, or a second time for a paid one: the owner is told."""
    UNKNOWN_ORDER = "unknown_order"
    REPORTED = "reported"
    """About something that only the owner can deal with: she is told."""
    IGNORED = "ignored"
    """About nothing that the shop follows."""
    REPEATED = "repeated"
    """This very notice was heard before."""
