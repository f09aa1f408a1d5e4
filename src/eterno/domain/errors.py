"""Refusals: what the shop says instead of doing something wrong.

Five families, told apart by what the asker can do about them. A leaf carries facts, not prose for
one screen; each entrypoint turns the family into its own dialect (an HTTP status, an exit code).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class Refusal(Exception):
    """The shop will not do this. `detail` is one sentence for a person."""

    code = "refused"
    """A stable, machine-readable name of the kind of refusal."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def facts(self) -> Mapping[str, object]:
        """What a program may want to know beyond the sentence: plain values only."""
        return {}


class Invalid(Refusal):
    """Cannot be right, whenever it is sent."""

    code = "invalid"

    def __init__(self, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.faults = faults

    @classmethod
    def field(cls, field: str, message: str) -> Invalid:
        """One field is wrong."""
        return cls(f"{field}: {message}", Fault(field, message))

    def inside(self, place: str) -> Invalid:
        """The same about a part of something larger: "name" inside "[2]" is "[2].name"."""
        faults = (Fault(f"{place}.{fault.field}", fault.message) for fault in self.faults)
        return Invalid(f"{place}.{self.detail}", *faults)

    @property
    def facts(self) -> Mapping[str, object]:
        return {"errors": [{"field": f.field, "message": f.message} for f in self.faults]}


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong field, by its name on the wire, and what is wrong with it."""

    field: str
    message: str


class Unauthenticated(Refusal):
    """We do not know who is asking."""

    code = "unauthenticated"


class Denied(Refusal):
    """We know who is asking, and they may not."""

    code = "denied"


class NotFound(Refusal):
    """Nothing goes by that name. Without a `key` the sentence does not repeat the name."""

    code = "not_found"

    def __init__(self, noun: str, key: object = None) -> None:
        super().__init__(f"{noun} not found" if key is None else f"{noun} {key} not found")
        self.noun = noun
        self.key = key


class Conflict(Refusal):
    """Could be right at another moment."""

    code = "conflict"


class TooMany(Refusal):
    """More than this asker may have at once, or in a while."""

    code = "too_many"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        """Seconds after which asking again makes sense."""


class Unavailable(Refusal):
    """Someone we need is silent; the same request may work later."""

    code = "unavailable"
    retry_after = 2
    """Seconds after which asking again makes sense."""
