"""A store that forgets, with one work at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, get_ident

from eterno.adapters.memory.catalogue import MemoryCategories, MemoryProducts, MemoryVariants
from eterno.adapters.memory.demand import MemoryCosts, MemoryDemand
from eterno.adapters.memory.history import MemoryHistory
from eterno.adapters.memory.inbox import MemoryInbox
from eterno.adapters.memory.messages import MemoryMessages
from eterno.adapters.memory.orders import MemoryOrders
from eterno.adapters.memory.outbox import MemoryOutbox
from eterno.adapters.memory.people import MemoryAdmins, MemoryAudit, MemoryThrottle
from eterno.adapters.memory.refunds import MemoryRefunds
from eterno.adapters.memory.stock import MemoryReservations, MemoryShelves
from eterno.adapters.memory.tables import Sequences, Tables
from eterno.adapters.memory.traces import MemoryTraces
from eterno.adapters.memory.uploads import MemoryUploads
from eterno.application.ports.store import CollidedWork, StoreUnavailable, Work
from eterno.application.ports.system import Clock


class MemoryStore:
    """Implements `Store`. One lock is held from begin to end, so the works of several threads come
    one after the other: nothing can be seen half done, and whoever would wait for a row waits here.

    A work is done on a draft, which replaces the `tables` when it commits.
    """

    def __init__(self, clock: Clock) -> None:
        self.tables = Tables()
        """As of the last commit: to be looked at, not touched."""
        self.commits = 0
        """How many works have."""
        self.silent = False
        """Test control: while True, no work can be begun."""
        self.collisions = 0
        """Test control: so many of the next works collide when they want to commit."""
        self._clock = clock
        self._sequences = Sequences()
        self._turn = Lock()
        self._whose_turn: int | None = None

    def now(self) -> datetime:
        """By the clock that decides deadlines."""
        return self._clock.now()

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """As `Store.begin`. A work begun within a work of the same thread is a `RuntimeError`: with
        this store it would wait for itself for ever, with a real one it might."""
        if self._whose_turn == get_ident():
            raise RuntimeError("a work was begun within a work")
        with self._turn:
            self._whose_turn = get_ident()
            try:
                if self.silent:
                    raise StoreUnavailable
                draft = self.tables.copy()
                yield MemoryWork(draft, self._sequences, self.now())
                if self.collisions:
                    self.collisions -= 1
                    raise CollidedWork
                self.tables = draft.copy()  # whoever kept the work can no longer write
                self.commits += 1
            finally:
                self._whose_turn = None


class MemoryWork:
    """Implements `Work` on a draft."""

    def __init__(self, draft: Tables, sequences: Sequences, now: datetime) -> None:
        self.now = now
        self.categories = MemoryCategories(draft, sequences)
        self.products = MemoryProducts(draft, sequences)
        self.variants = MemoryVariants(draft, sequences, now)
        self.shelves = MemoryShelves(draft)
        self.reservations = MemoryReservations(draft)
        self.orders = MemoryOrders(draft, sequences)
        self.refunds = MemoryRefunds(draft)
        self.history = MemoryHistory(draft)
        self.demand = MemoryDemand(draft)
        self.costs = MemoryCosts(draft)
        self.inbox = MemoryInbox(draft)
        self.outbox = MemoryOutbox(draft)
        self.admins = MemoryAdmins(draft, sequences)
        self.audit = MemoryAudit(draft)
        self.throttle = MemoryThrottle(draft)
        self.uploads = MemoryUploads(draft)
        self.messages = MemoryMessages(draft)
        self.traces = MemoryTraces(draft, now)

    def alone(self, purpose: str) -> None:
        """Every work is alone here, whatever its purpose."""

    def check_fitness(self) -> None:
        """Where a work could be begun, it can be kept."""
