"""The shop's memory: everything that must stay true together is changed in one `Work`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from eterno.application.ports.catalogue import Categories, Products, Variants
from eterno.application.ports.figures import Costs, Demand
from eterno.application.ports.history import History
from eterno.application.ports.messages import Messages
from eterno.application.ports.orders import Orders
from eterno.application.ports.people import Admins, Audit, Throttle
from eterno.application.ports.queues import Inbox, Outbox
from eterno.application.ports.refunds import Refunds
from eterno.application.ports.stock import Reservations, Shelves
from eterno.application.ports.traces import Traces
from eterno.application.ports.uploads import Uploads
from eterno.domain.errors import Conflict, Unavailable


class StoreUnavailable(Unavailable):
    """The store does not answer, or what it was asked last may or may not have happened."""

    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__("The shop cannot reach its database; please try again in a moment")


class CollidedWork(StoreUnavailable):
    """Another work was in the way and this one did nothing at all: doing it over is safe."""


class AlreadyThere(Conflict):
    """Something by that unique name exists. `name` says which name: "order key", "username"."""

    code = "already_there"

    def __init__(self, name: str) -> None:
        super().__init__(f"This {name} is already taken")
        self.name = name


class Work(Protocol):
    """One transaction: all of it happens, or nothing."""

    @property
    def now(self) -> datetime:
        """When this work began, by the store's own clock, which decides deadlines for everybody."""
        ...

    def alone(self, purpose: str) -> None:
        """Keep every other work that asks for the same purpose waiting until this one ends."""
        ...

    def check_fitness(self) -> None:
        """Change nothing, but see whether changes could be kept.

        Raises `StoreUnavailable` when not: the store only lets itself be read, has no room left, or
        is not of a shape that this code can use.
        """
        ...

    @property
    def categories(self) -> Categories: ...
    @property
    def products(self) -> Products: ...
    @property
    def variants(self) -> Variants: ...
    @property
    def shelves(self) -> Shelves: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def history(self) -> History: ...
    @property
    def demand(self) -> Demand: ...
    @property
    def costs(self) -> Costs: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def admins(self) -> Admins: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def throttle(self) -> Throttle: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def traces(self) -> Traces: ...


class Store(Protocol):
    def begin(self) -> AbstractContextManager[Work]:
        """`with store.begin() as work:` commits on leaving and rolls back when anything is raised.

        Raises `CollidedWork` when others were in the way, `StoreUnavailable` when the store is
        silent, or when it fell silent during the commit and nobody knows.
        """
        ...
