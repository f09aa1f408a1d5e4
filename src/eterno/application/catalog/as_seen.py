"""Changing a variant only if it is still what the asker saw."""

from __future__ import annotations

from collections.abc import Callable

from eterno.application.ports.store import Work
from eterno.application.ports.views import ShownVariant
from eterno.domain.catalog import Variant
from eterno.domain.errors import Conflict
from eterno.domain.inventory import Shelf

AsSeen = Callable[[ShownVariant], bool]
"""Whether this is what the asker saw. It is asked while nobody else can change the answer."""


class Outdated(Conflict):
    """The asker wanted to change what she saw, and it is something else by now."""

    code = "precondition_failed"


def hold_shelf(work: Work, variant: Variant, as_seen: AsSeen | None) -> Shelf:
    """The shelf of a variant that the work holds. It comes last: buyers wait for shelves.

    Raises `Outdated` when the variant on it is not what the asker saw.
    """
    shelf = work.shelves.hold([variant.id])[variant.id]
    if as_seen and not as_seen(ShownVariant(variant=variant, available=shelf.available)):
        raise Outdated(f"ProductVariant {variant.id} has changed since you looked")
    return shelf
