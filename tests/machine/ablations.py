"""The shop with one of its mechanisms taken out, each by something that stands in for a port.

If the machine did not find these shops broken, it would prove nothing about the whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.mapping import order_changes
from eterno.adapters.postgres.orders import WITH_LINES
from eterno.application.ports.payments import SessionReport
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.inventory import Shelf
from eterno.domain.orders import Order
from eterno.domain.payments import PaymentSession
from eterno.domain.refunds import Refund, RefundState
from tests.machine.stage import Page, Stage

Spoil = Callable[[Stage], None]
Instead = Mapping[str, Any]


@dataclass(frozen=True)
class Ablation:
    """What is taken out, and as what the machine must find it: a regular expression."""

    spoil: Spoil
    found_as: str


class Standing:
    """Something with some of its parts replaced."""

    def __init__(self, original: Any, **instead: Any) -> None:
        self._original = original
        self._instead = instead

    def __getattr__(self, name: str) -> Any:
        return self._instead[name] if name in self._instead else getattr(self._original, name)


class SpoiltStore:
    """A store in whose works some collections are not what they should be."""

    def __init__(self, store: Store, spoilt: Callable[[Any], Instead]) -> None:
        self._store = store
        self._spoilt = spoilt

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with self._store.begin() as work:
            yield Standing(work, **self._spoilt(work))


def in_works(spoilt: Callable[[Any], Instead]) -> Spoil:
    def spoil(stage: Stage) -> None:
        stage.store = SpoiltStore(stage.store, spoilt)

    return spoil


@in_works
def no_idempotency_key(work: Any) -> Instead:
    """The key of a checkout is not looked for."""
    return {
        "orders": Standing(
            work.orders,
            find_by_keys=lambda _: {},
            add=lambda *new: work.orders.add(*(replace(order, key=None) for order in new)),
        )
    }


@in_works
def no_inbox(work: Any) -> Instead:
    """Every notice is news."""

    def receive(*notice: Any) -> bool:
        work.inbox.receive(*notice)
        return True

    return {"inbox": Standing(work.inbox, receive=receive)}


def no_key_for_stripe(stage: Stage) -> None:
    """Each request for a session is a new one to Stripe."""
    payments, numbers = stage.payments, count(1_000)

    def open_session(order: Order) -> PaymentSession:
        return payments.open_session(replace(order, attempt=next(numbers)))

    stage.payments = Standing(payments, open_session=open_session)


def release_without_asking(stage: Stage) -> None:
    """The deadline alone decides that nobody can pay any more."""

    def close_session(session_id: str) -> SessionReport:
        return SessionReport.unknown(session_id, stage.ground.clock.now())

    stage.payments = Standing(stage.payments, close_session=close_session)


def answer_before_remembering(stage: Stage) -> None:
    """The buyer gets her page as soon as Stripe has made it, and before the order knows of it."""
    stripe, make = stage.stripe, stage.stripe.open

    def open_session(asked: Mapping[str, Any]) -> str:
        session = make(asked)
        if asked.get("client_reference_id"):
            stage.pages.append(Page(session, key=None))
        return session

    stripe.open = open_session  # type: ignore[method-assign]


class LateNews:
    """A store that writes the news down in a work of its own, after the one that made it true."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def begin(self) -> Iterator[Any]:
        late: list[tuple[tuple[Task, ...], Any]] = []

        def add(news: Iterable[Task], at: Any) -> None:
            late.append((tuple(news), at))

        with self._store.begin() as work:
            yield Standing(work, outbox=Standing(work.outbox, add=add))
        if late:
            with self._store.begin() as work:
                for news, at in late:
                    work.outbox.add(news, at)


def late_news(stage: Stage) -> None:
    """What follows from a sale is not written down in the commit of the sale."""
    stage.store = LateNews(stage.store)


@in_works
def no_lease(work: Any) -> Instead:
    """What somebody does, somebody else may do at the same time."""

    def claim(now: Any, *, lease: timedelta, most: int, attempts: int) -> Sequence[Task]:
        return list(work.outbox.claim(now, lease=lease - lease, most=most, attempts=attempts))

    return {"outbox": Standing(work.outbox, claim=claim)}


@in_works
def count_afterwards(work: Any) -> Instead:
    """An attempt counts when its outcome is known. (Over memory.)"""
    outbox, filed = work.outbox, work.outbox._draft.outbox

    def counted(task: Task, by: int) -> None:
        before = filed[task.id]
        attempts = before.task.attempts + by
        filed[task.id] = replace(before, task=replace(before.task, attempts=attempts))

    def claim(*now: Any, **terms: Any) -> Sequence[Task]:
        tasks = list(outbox.claim(*now, **terms))
        for task in tasks:
            counted(task, -1)
        return tasks

    def deciding(decide: Callable[..., bool]) -> Callable[..., bool]:
        def decided(task: Task, *rest: Any) -> bool:
            counted(task, +1)
            return decide(task, *rest)

        return decided

    outcomes = ("done", "postpone", "bury")
    decided = {name: deciding(getattr(outbox, name)) for name in outcomes}
    return {"outbox": Standing(outbox, claim=claim, **decided)}


@in_works
def no_stock_locks(work: Any) -> Instead:
    """Shelves are looked at, and not held. (Over PostgreSQL.)"""

    def hold(variant_ids: Iterable[int]) -> Mapping[int, Shelf]:
        ids = tables.shelves.c.variant_id.in_(list(variant_ids))
        rows = work._line.execute(select(tables.shelves).where(ids))
        return {row.variant_id: Shelf(**row._mapping) for row in rows}

    return {"shelves": Standing(work.shelves, hold=hold)}


@in_works
def no_conditions_for_pages(work: Any) -> Instead:
    """A page is noted for whatever has become of its order. (Over memory.)"""

    def remember(pages: Mapping[UUID, PaymentSession]) -> Set[UUID]:
        for id, page in pages.items():
            order = work.orders.get(id)
            work.orders._write(replace(order, session_id=page.id, session_url=page.url))
        return set(pages)

    return {"orders": Standing(work.orders, remember=remember)}


@in_works
def no_conditions(work: Any) -> Instead:
    """Orders are written over whatever state they are in. (Over PostgreSQL, and nobody holds them:
    the one alone is enough for a state, the other for what is counted.)"""

    def save(order: Order) -> None:
        changes = update(tables.orders).values(**order_changes(order))
        work._line.execute(changes.where(tables.orders.c.id == order.id))

    return {"orders": Standing(work.orders, **unheld(work), save=save)}


@in_works
def no_order_locks(work: Any) -> Instead:
    """Orders are looked at, and not held. (Over PostgreSQL.)"""
    return {"orders": Standing(work.orders, **unheld(work))}


def unheld(work: Any) -> Instead:
    def by(column: ColumnElement[str]) -> Callable[[str], Order | None]:
        question = WITH_LINES.where(column == bindparam("name"))
        return lambda name: work.orders._find(question, name)

    return {
        "hold": work.orders.get,
        "hold_by_token": by(tables.orders.c.token),
        "hold_by_intent": by(tables.orders.c.intent_id),
    }


def refund_without_looking(stage: Stage) -> None:
    """Stripe is asked for a refund before it is looked at for one that was made."""
    stage.payments._made = lambda _: None  # type: ignore[attr-defined]


@in_works
def refunds_not_counted(work: Any) -> Instead:
    """Refunds on their way do not count when the next one is asked for."""

    def of(order_id: UUID) -> Sequence[Refund]:
        refunds: Sequence[Refund] = work.refunds.of(order_id)
        return [refund for refund in refunds if refund.state is RefundState.SUCCEEDED]

    return {"refunds": Standing(work.refunds, of=of)}


def without(job: str) -> Spoil:
    """The worker does not do one of its jobs."""

    def spoil(stage: Stage) -> None:
        stage.idle.add(job)

    return spoil


GIVEN_UP = "is open, its order is expired"

IN_MEMORY: Mapping[str, Ablation] = {
    "idempotency key of a checkout": Ablation(no_idempotency_key, "pages for the key"),
    "inbox": Ablation(no_inbox, "letters about the stray payment"),
    "idempotency key for Stripe": Ablation(no_key_for_stripe, "2 sessions in 1 attempts"),
    "close before releasing": Ablation(release_without_asking, GIVEN_UP),
    "remember before answering": Ablation(answer_before_remembering, GIVEN_UP),
    "news in the commit of its cause": Ablation(late_news, "I13|has no confirmation"),
    "lease of a task": Ablation(no_lease, "is in two hands"),
    "attempts counted before": Ablation(count_afterwards, "was tried ([6-9]|1.) times"),
    "look before refunding": Ablation(refund_without_looking, "refund .* was made 2 times"),
    "refunds on their way counted": Ablation(refunds_not_counted, "I09"),
    "conditional updates": Ablation(no_conditions_for_pages, GIVEN_UP),
    "sweep": Ablation(without("sweep"), "does not come to rest: .*an order is awaiting"),
    "comparison": Ablation(
        without("reconcile"),
        "refunded, .* at Stripe|dispute .* is not known|an order is pending|Q18",
    ),
}
IN_POSTGRES: Mapping[str, Ablation] = {
    "shelves held": Ablation(no_stock_locks, "I03"),
    "orders held": Ablation(no_order_locks, "I07|I09"),
    "conditional updates": Ablation(no_conditions, "I06 .* I07|I16"),
}
