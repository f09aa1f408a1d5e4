"""The shop's books, audited in memory: the same questions that PostgreSQL is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Tables
from eterno.application.ports.books import MOST_KEYS, Verdict
from eterno.application.ports.orders import Entry
from eterno.domain.fulfilment import unsent
from eterno.domain.history import EventKind, of_state
from eterno.domain.invariants import INVARIANTS
from eterno.domain.inventory import HoldState, Reason
from eterno.domain.orders import SOLD, OrderState
from eterno.domain.privacy import ERASED
from eterno.domain.refunds import RefundState, left_of

Question = Callable[[Tables, datetime], Iterable[object]]
LATE = timedelta(minutes=15)
LATE_AFTER_DEATH = timedelta(hours=1) + LATE
"""A refund whose task is dead is still asked after, every hour."""
MOST_ATTEMPTS = 5
STATES = frozenset(of_state(state) for state in OrderState)

HOLDS_IN: Mapping[OrderState, frozenset[HoldState]] = {
    OrderState.AWAITING: frozenset({HoldState.HELD}),
    OrderState.PENDING: frozenset({HoldState.HELD}),
    **{state: frozenset({HoldState.CONSUMED}) for state in SOLD},
    OrderState.CANCELLED: frozenset({HoldState.CONSUMED, HoldState.RELEASED}),
    OrderState.EXPIRED: frozenset({HoldState.RELEASED}),
    OrderState.FAILED: frozenset({HoldState.RELEASED}),
    OrderState.REVIEW: frozenset({HoldState.HELD, HoldState.RELEASED}),
}
"""What an order's reservations may be in each state."""


class MemoryBooks:
    """Implements `Books`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def audit(self) -> Sequence[Verdict]:
        tables, now = self._store.tables, self._store.now()
        return [
            Verdict(id=id, sentence=sentence, keys=_keys(QUESTIONS[id], tables, now))
            for id, sentence in INVARIANTS.items()
        ]


def _keys(question: Question, tables: Tables, now: datetime) -> tuple[str, ...]:
    return tuple(str(key) for key in islice(question(tables, now), MOST_KEYS))


def _reserved_within_on_hand(tables: Tables, _: datetime) -> Iterator[object]:
    for id, shelf in tables.shelves.items():
        if not 0 <= shelf.reserved <= shelf.on_hand:
            yield id


def _on_hand_by_the_ledger(tables: Tables, _: datetime) -> Iterator[object]:
    moved = Counter[int]()
    for movement in tables.movements:
        moved[movement.variant_id] += movement.change
    return (id for id, shelf in tables.shelves.items() if shelf.on_hand != moved[id])


def _reserved_by_reservations(tables: Tables, _: datetime) -> Iterator[object]:
    held = Counter[int]()
    for reservation in tables.reservations.values():
        if reservation.state is HoldState.HELD:
            held[reservation.variant_id] += reservation.quantity
    return (id for id, shelf in tables.shelves.items() if shelf.reserved != held[id])


def _totals(tables: Tables, _: datetime) -> Iterator[object]:
    """An order adds its total up by itself."""
    foreign = {
        entry.order_id
        for entry in tables.money
        if entry.amount.currency != tables.orders[entry.order_id].currency
    }
    return (id for id, order in tables.orders.items() if not order.lines or id in foreign)


def _lines_are_reserved(tables: Tables, _: datetime) -> Iterator[object]:
    reserved: dict[UUID, dict[int, int]] = {id: {} for id in tables.orders}
    for order_id, variant_id in tables.reservations:
        quantity = tables.reservations[order_id, variant_id].quantity
        reserved.setdefault(order_id, {})[variant_id] = quantity
    for id, mine in reserved.items():
        if id not in tables.orders or tables.orders[id].quantities != mine:
            yield id


def _holds_fit_states(tables: Tables, _: datetime) -> Iterator[object]:
    states: dict[UUID, set[HoldState]] = {}
    for reservation in tables.reservations.values():
        states.setdefault(reservation.order_id, set()).add(reservation.state)
    for id, found in states.items():
        if id in tables.orders and not found <= HOLDS_IN[tables.orders[id].state]:
            yield id


def _money_by_the_ledger(tables: Tables, _: datetime) -> Iterator[object]:
    captured, refunded = Counter[UUID](), Counter[UUID]()
    for entry in tables.money:
        if entry.kind is Entry.CAPTURE:
            captured[entry.order_id] += entry.amount.minor
        else:
            refunded[entry.order_id] -= entry.amount.minor
    for id, order in tables.orders.items():
        if (order.captured.minor, order.refunded.minor) != (captured[id], refunded[id]):
            yield id


def _paid_in_full(tables: Tables, _: datetime) -> Iterator[object]:
    for id, order in tables.orders.items():
        is_short = order.state in SOLD and order.captured != order.total
        if order.captured < order.refunded or is_short:
            yield id


def _refunds_within_captured(tables: Tables, _: datetime) -> Iterator[object]:
    for id, order in tables.orders.items():
        mine = [refund for refund in tables.refunds.values() if refund.order_id == id]
        gone = sum(it.amount.minor for it in mine if it.state is RefundState.SUCCEEDED)
        if left_of(order, mine).minor < 0 or order.refunded.minor != gone:
            yield id


def _captured_once(tables: Tables, _: datetime) -> Iterator[object]:
    return _repeated(entry.order_id for entry in tables.money if entry.kind is Entry.CAPTURE)


def _payments_belong_to_one(tables: Tables, _: datetime) -> Iterator[object]:
    orders = tables.orders.values()
    yield from _repeated(order.session_id for order in orders if order.session_id)
    yield from _repeated(order.intent_id for order in orders if order.intent_id)


def _sold_once(tables: Tables, _: datetime) -> Iterator[object]:
    sold: dict[UUID | None, list[tuple[int, int]]] = {}
    for movement in tables.movements:
        if movement.reason is Reason.SALE:
            sold.setdefault(movement.order_id, []).append((movement.variant_id, -movement.change))
    for id, order in tables.orders.items():
        owed = order.quantities.items() if order.number is not None else ()
        if sorted(sold.get(id, ())) != sorted(owed):
            yield id


def _letters_are_due(tables: Tables, _: datetime) -> Iterator[object]:
    letters = Counter(
        (filed.task.reaction, fact)
        for filed in tables.outbox.values()
        for fact in filed.task.facts.values()
    )
    for id, order in tables.orders.items():
        if order.number is not None and letters["confirm_order", str(id)] != 1:
            yield id
    for message_id in tables.messages:
        if letters["forward_message", str(message_id)] != 1:
            yield message_id


def _attempts(tables: Tables, _: datetime) -> Iterator[object]:
    for id, filed in tables.outbox.items():
        is_untried = filed.done_at is not None and not filed.task.attempts
        is_both = filed.done_at is not None and filed.dead_at is not None
        if not 0 <= filed.task.attempts <= MOST_ATTEMPTS or is_untried or is_both:
            yield id


def _effects_of_notices(tables: Tables, _: datetime) -> Iterator[object]:
    for id, heard in tables.inbox.items():
        order = tables.orders[heard.order_id] if heard.order_id else None
        is_money = heard.outcome in ("paid", "review")
        if (heard.outcome is None) != (heard.closed_at is None) or (
            is_money and (order is None or order.paid_at is None)
        ):
            yield id


def _states_by_history(tables: Tables, _: datetime) -> Iterator[object]:
    last = {event.order_id: event.kind for event in tables.history if event.kind in STATES}
    for id, order in tables.orders.items():
        if id in last and last[id] is not of_state(order.state):
            yield id


def _parcels_within_orders(tables: Tables, _: datetime) -> Iterator[object]:
    for id, order in tables.orders.items():
        if min(unsent(order).values(), default=0) < 0:
            yield id


def _returns_within_sales(tables: Tables, _: datetime) -> Iterator[object]:
    back = Counter[tuple[UUID, int]]()
    for movement in tables.movements:
        if movement.reason is Reason.RETURN and movement.order_id is not None:
            back[movement.order_id, movement.variant_id] += movement.change
    for (id, variant_id), pieces in back.items():
        order = tables.orders[id]
        if pieces > (order.quantities.get(variant_id, 0) if order.number is not None else 0):
            yield id


def _customers_by_orders(tables: Tables, _: datetime) -> Iterator[object]:
    naming = {id for id, order in tables.orders.items() if order.buyer and order.buyer.email}
    yield from naming - tables.customers.keys()
    named = {tables.customers[id] for id in naming & tables.customers.keys()}
    for id, customer in tables.customers.items():
        if customer not in named and not customer.startswith(ERASED):
            yield id


def _overdue(tables: Tables, now: datetime) -> Iterator[object]:
    for id, order in tables.orders.items():
        if order.state is OrderState.AWAITING and order.pay_by < now - LATE:
            yield id


def _unprocessed(tables: Tables, _: datetime) -> Iterator[object]:
    return (id for id, heard in tables.inbox.items() if not heard.outcome and not heard.closed_at)


def _stuck_tasks(tables: Tables, now: datetime) -> Iterator[object]:
    for id, filed in tables.outbox.items():
        waits = filed.done_at is None and filed.dead_at is None
        if waits and max(filed.due_at, filed.leased_until or filed.due_at) < now - LATE:
            yield id
    looked_after = {
        filed.task.facts["refund_id"]
        for filed in tables.outbox.values()
        if filed.task.reaction == "pay_back"
        and filed.done_at is None
        and (filed.dead_at is None or filed.dead_at >= now - LATE_AFTER_DEATH)
    }
    for id, refund in tables.refunds.items():
        is_unmade = refund.state is RefundState.PENDING and refund.provider_id is None
        if is_unmade and str(id) not in looked_after:
            yield id


def _pictures(tables: Tables, now: datetime) -> Iterator[object]:
    shown = {product.img_key for product in tables.products.values()}
    shown |= {variant.img_key for variant in tables.variants.values()}
    for key, upload in tables.uploads.items():
        last_touched = max(upload.wanted_at, upload.discarded_at or upload.wanted_at)
        if key in shown:
            if upload.discarded_at is not None:
                yield key
        elif last_touched < now - timedelta(hours=25):
            yield key


def _long_reviews(tables: Tables, now: datetime) -> Iterator[object]:
    since = {event.order_id: event.at for event in tables.history if event.kind is EventKind.REVIEW}
    for id, order in tables.orders.items():
        if order.state is OrderState.REVIEW and since.get(id, now) < now - timedelta(hours=24):
            yield id


def _repeated(names: Iterable[object]) -> Iterator[object]:
    return (name for name, times in Counter(names).items() if times > 1)


QUESTIONS: Mapping[str, Question] = {
    "I01": _reserved_within_on_hand,
    "I02": _on_hand_by_the_ledger,
    "I03": _reserved_by_reservations,
    "I04": _totals,
    "I05": _lines_are_reserved,
    "I06": _holds_fit_states,
    "I07": _money_by_the_ledger,
    "I08": _paid_in_full,
    "I09": _refunds_within_captured,
    "I10": _captured_once,
    "I11": _payments_belong_to_one,
    "I12": _sold_once,
    "I13": _letters_are_due,
    "I14": _attempts,
    "I15": _effects_of_notices,
    "I16": _states_by_history,
    "I17": _parcels_within_orders,
    "I18": _returns_within_sales,
    "I19": _customers_by_orders,
    "Q16": _overdue,
    "Q17": _unprocessed,
    "Q18": _stuck_tasks,
    "Q19": _pictures,
    "Q20": _long_reviews,
}
