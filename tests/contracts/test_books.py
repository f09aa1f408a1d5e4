"""The audit names what is wrong, and nothing else: one defect for each invariant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

import pytest
from sqlalchemy import Connection, create_engine, text

from eterno.adapters.memory.books import MemoryBooks
from eterno.adapters.memory.payments import MemoryPayments, amounts_of
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Heard, Tables
from eterno.adapters.postgres.books import PostgresBooks
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.checkout.hold_orders import CheckoutPolicy
from eterno.application.checkout.place_order import PlaceOrder
from eterno.application.checkout.release_expired import ReleaseExpired
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.contact.send_message import SendMessage
from eterno.application.ports.books import MOST_KEYS, Books
from eterno.application.ports.store import Store
from eterno.application.ports.system import Clock
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind
from eterno.domain.invariants import INVARIANTS
from eterno.domain.inventory import HoldState, Movement, Reason
from eterno.domain.media import Upload
from eterno.domain.orders import OrderState
from eterno.domain.refunds import Refund
from tests.builders import a_basket_of, a_parcel, eur, put_on_sale, usd
from tests.support.audit import broken
from tests.support.clock import FixedClock
from tests.support.ids import CountingIds

HOUR, DAY = timedelta(hours=1), timedelta(hours=25)


class LivedIn(Protocol):
    """A shop in which something of every kind has happened."""

    @property
    def books(self) -> Books: ...

    def spoil(self, id: str) -> None:
        """Plant the defect of this name, past everything that would refuse it."""
        ...


class InMemory:
    def __init__(self) -> None:
        self.clock = FixedClock()
        self.store = MemoryStore(self.clock)
        self.books = MemoryBooks(self.store)
        live(self.store, self.clock)

    def spoil(self, id: str) -> None:
        IN_MEMORY[id](self.store.tables)


class InPostgres:
    def __init__(self, uri: str) -> None:
        self.store = PostgresStore(uri)
        self.books = PostgresBooks(self.store)
        live(self.store, DatabaseClock(self.store))

    def spoil(self, id: str) -> None:
        with defenceless(self.store) as connection:
            for statement in IN_POSTGRES[id].split(";"):
                connection.execute(text(statement))


class DatabaseClock:
    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> Any:
        with self._store.begin() as work:
            return work.now


def live(store: Store, clock: Clock) -> None:
    """One order paid, one awaited, one in review, one given up, and a message."""
    payments, ids = MemoryPayments(clock), CountingIds()
    place = PlaceOrder(store, payments, ids, CheckoutPolicy())
    settle = SettlePayment(store, payments, ids, FulfilmentPolicy())
    soap = put_on_sale(store, pieces=10)

    def session() -> str:
        return payments.session_at(place(a_basket_of((soap, 2)), client="203.0.113.7"))

    settle(*payments.sealed(payments.pay(session())))
    questioned = session()
    with store.begin() as work:
        order = work.orders.hold_by_token(payments.look_at(questioned).order_token or "")
    assert order is not None
    less = replace(amounts_of(order), subtotal=usd("1.00"), total=usd("1.00"))
    settle(*payments.sealed(payments.pay(questioned, amounts=less)))
    settle(*payments.sealed(payments.expire(session())))
    session()
    ReleaseExpired(store, payments, ids, FulfilmentPolicy())()
    SendMessage(store, ids)(name="Ada", email="ada@example.org", text="Hello?", client="::1")


@contextmanager
def defenceless(store: PostgresStore) -> Iterator[Connection]:
    """A connection to a database without constraints, triggers and foreign keys."""
    engine = create_engine(store.engine.url)
    try:
        with engine.begin() as connection:
            connection.execute(text(DISARM))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
    finally:
        engine.dispose()


DISARM = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
        WHERE contype IN ('c', 'u', 'f') AND connamespace = 'public'::regnamespace
        ORDER BY contype = 'u' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', it.place, it.conname);
    END LOOP;
    FOR it IN SELECT indexrelid::regclass AS name FROM pg_index i
        WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text !~ '^pg_'
          AND (SELECT relnamespace FROM pg_class WHERE oid = indrelid) = 'public'::regnamespace
    LOOP
        EXECUTE format('DROP INDEX %s', it.name);
    END LOOP;
END $$
"""

IN_POSTGRES = {
    "I01": """
        INSERT INTO stock_movements (variant_id, change, reason, at, note)
            SELECT variant_id, reserved - 1 - on_hand, 'count', now(), '' FROM shelves;
        UPDATE shelves SET on_hand = reserved - 1""",
    "I02": "UPDATE shelves SET on_hand = on_hand + 1",
    "I03": "UPDATE shelves SET reserved = reserved + 1",
    "I04": "UPDATE orders SET total = total + 1 WHERE state = 'awaiting'",
    "I05": "UPDATE reservations SET quantity = 3 WHERE state = 'released'",
    "I06": "UPDATE reservations SET state = 'released' WHERE state = 'consumed'",
    "I07": "DELETE FROM money_ledger",
    "I08": "UPDATE orders SET tax = tax + 1, total = total + 1 WHERE state = 'paid'",
    "I09": """
        INSERT INTO refunds (id, order_id, state, amount, shipping, tax, currency, lines, restock,
            reason, wish, provider_id, requested_at)
        SELECT id, id, 'pending', captured + 1, 0, 0, currency, '[]', false, '', '', 're_1', now()
        FROM orders WHERE state = 'paid'""",
    "I10": """
        UPDATE money_ledger SET amount = amount - 1;
        INSERT INTO money_ledger (order_id, amount, currency, reference, at)
            SELECT order_id, 1, currency, reference, at FROM money_ledger""",
    "I11": "UPDATE orders SET session_id = 'cs_of_everybody'",
    "I12": """
        UPDATE stock_movements SET order_id = (SELECT id FROM orders WHERE state = 'awaiting')
        WHERE reason = 'sale'""",
    "I13": "DELETE FROM outbox WHERE reaction = 'confirm_order'",
    "I14": "UPDATE outbox SET attempts = 6",
    "I15": "UPDATE payment_notices SET closed_at = NULL",
    "I16": "DELETE FROM order_events WHERE kind = 'paid'",
    "I17": """
        UPDATE orders SET parcels = jsonb_build_array(jsonb_build_object('contents',
            jsonb_build_array(jsonb_build_array(1, 3)))) WHERE state = 'paid'""",
    "I18": """
        INSERT INTO stock_movements (variant_id, change, reason, order_id, at, note)
            SELECT 1, 3, 'return', id, now(), '' FROM orders WHERE state = 'paid';
        UPDATE shelves SET on_hand = on_hand + 3""",
    "I19": "UPDATE orders SET customer_id = NULL WHERE state = 'paid'",
    "I19, when she is forgotten": "UPDATE orders SET email = NULL",
    "Q16": "UPDATE orders SET pay_by = now() - interval '1 hour' WHERE state = 'awaiting'",
    "Q17": "INSERT INTO payment_notices (id, kind, received_at) VALUES ('evt_x', 'x', now())",
    "Q18": "UPDATE outbox SET due_at = now() - interval '1 hour'",
    "Q19": """
        INSERT INTO uploads (key, content_type, created_at, wanted_at)
        SELECT 'products/7.jpg', 'image/jpeg', at, at
        FROM (SELECT now() - interval '26 hours' AS at) AS long_ago""",
    "Q20": "UPDATE order_events SET at = now() - interval '25 hours' WHERE kind = 'review'",
}


def of_state(tables: Tables, state: OrderState) -> Any:
    return next(order for order in tables.orders.values() if order.state is state)


def change_order(tables: Tables, state: OrderState, **changes: Any) -> None:
    order = of_state(tables, state)
    tables.orders[order.id] = replace(order, **changes)


def change_shelf(tables: Tables, **changes: int) -> None:
    tables.shelves[1] = replace(tables.shelves[1], **changes)


def change_holds(tables: Tables, before: HoldState, **changes: Any) -> None:
    for name, hold in tables.reservations.items():
        if hold.state is before:
            tables.reservations[name] = replace(hold, **changes)


def change_tasks(tables: Tables, change: Callable[[Any], Any]) -> None:
    tables.outbox = {id: change(filed) for id, filed in tables.outbox.items()}


def oversell(tables: Tables) -> None:
    shelf, now = tables.shelves[1], of_state(tables, OrderState.PAID).created_at
    change = shelf.reserved - 1 - shelf.on_hand
    tables.movements.append(
        Movement(variant_id=1, change=change, reason=Reason.COUNT, order_id=None, at=now)
    )
    object.__setattr__(shelf, "on_hand", shelf.reserved - 1)  # no shelf lets itself be made so


def capture_twice(tables: Tables) -> None:
    entry = tables.money.pop()
    tables.money += [
        replace(entry, amount=entry.amount - usd("0.01")),
        replace(entry, amount=usd("0.01")),
    ]


def sell_to_another(tables: Tables) -> None:
    awaiting = of_state(tables, OrderState.AWAITING).id
    tables.movements = [
        replace(moved, order_id=awaiting) if moved.reason is Reason.SALE else moved
        for moved in tables.movements
    ]


def share_a_session(tables: Tables) -> None:
    for id, order in tables.orders.items():
        tables.orders[id] = replace(order, session_id="cs_of_everybody")


def forget_letters(tables: Tables) -> None:
    tables.outbox = {
        id: filed for id, filed in tables.outbox.items() if filed.task.reaction != "confirm_order"
    }


def forget_to_close(tables: Tables) -> None:
    for id, heard in tables.inbox.items():
        tables.inbox[id] = replace(heard, closed_at=None)


def leave_unprocessed(tables: Tables) -> None:
    now = of_state(tables, OrderState.PAID).created_at
    tables.inbox["evt_x"] = Heard(kind="x", received_at=now)


def keep_a_picture(tables: Tables) -> None:
    long_ago = of_state(tables, OrderState.PAID).created_at - DAY - HOUR
    tables.uploads["products/7.jpg"] = Upload.of("products/7.jpg", at=long_ago)


def refund_too_much(tables: Tables) -> None:
    order = of_state(tables, OrderState.PAID)
    tables.refunds[order.id] = Refund(
        id=order.id,
        order_id=order.id,
        amount=order.captured + usd("0.01"),
        shipping=usd("0"),
        tax=usd("0"),
        provider_id="re_1",
        requested_at=order.created_at,
    )


def bring_back_too_much(tables: Tables) -> None:
    order = of_state(tables, OrderState.PAID)
    tables.movements.append(
        Movement(
            variant_id=1, change=3, reason=Reason.RETURN, order_id=order.id, at=order.created_at
        )
    )
    change_shelf(tables, on_hand=tables.shelves[1].on_hand + 3)


def name_a_stranger(tables: Tables) -> None:
    tables.customers[of_state(tables, OrderState.AWAITING).id] = "mallory@example.org"


def forget_the_sale(tables: Tables) -> None:
    tables.history = [event for event in tables.history if event.kind is not EventKind.PAID]


def leave_in_review(tables: Tables) -> None:
    tables.history = [
        replace(event, at=event.at - DAY) if event.kind is EventKind.REVIEW else event
        for event in tables.history
    ]


IN_MEMORY: dict[str, Callable[[Tables], None]] = {
    "I01": oversell,
    "I02": lambda it: change_shelf(it, on_hand=9),
    "I03": lambda it: change_shelf(it, reserved=1),
    "I04": lambda it: it.money.append(replace(it.money.pop(), amount=eur("1.00"))),
    "I05": lambda it: change_holds(it, HoldState.RELEASED, quantity=3),
    "I06": lambda it: change_holds(it, HoldState.CONSUMED, state=HoldState.RELEASED),
    "I07": lambda it: it.money.clear(),
    "I08": lambda it: change_order(it, OrderState.PAID, tax=usd("0.01")),
    "I09": refund_too_much,
    "I10": capture_twice,
    "I11": share_a_session,
    "I12": sell_to_another,
    "I13": forget_letters,
    "I14": lambda it: change_tasks(
        it, lambda filed: replace(filed, task=replace(filed.task, attempts=6))
    ),
    "I15": forget_to_close,
    "I16": forget_the_sale,
    "I17": lambda it: change_order(it, OrderState.PAID, parcels=(a_parcel({1: 3}),)),
    "I18": bring_back_too_much,
    "I19": lambda it: it.customers.clear(),
    "I19, when she is forgotten": name_a_stranger,
    "Q16": lambda it: change_order(
        it, OrderState.AWAITING, pay_by=of_state(it, OrderState.AWAITING).created_at - HOUR
    ),
    "Q17": leave_unprocessed,
    "Q18": lambda it: change_tasks(it, lambda filed: replace(filed, due_at=filed.due_at - HOUR)),
    "Q19": keep_a_picture,
    "Q20": leave_in_review,
}


@pytest.fixture(params=["memory", "postgres"])
def lived_in(request: pytest.FixtureRequest) -> Iterator[LivedIn]:
    if request.param == "memory":
        yield InMemory()
        return
    shop = InPostgres(request.getfixturevalue("database_uri"))
    yield shop
    shop.store.close()


def test_a_healthy_shop_is_found_healthy(lived_in: LivedIn) -> None:
    verdicts = lived_in.books.audit()

    assert {verdict.id: verdict.sentence for verdict in verdicts} == INVARIANTS
    assert [verdict.id for verdict in verdicts] == [*INVARIANTS]
    assert broken(lived_in.books) == {}


@pytest.mark.parametrize("id", INVARIANTS)
def test_one_defect_is_named_and_nothing_else(lived_in: LivedIn, id: str) -> None:
    lived_in.spoil(id)

    assert list(broken(lived_in.books)) == [id]


def test_a_customer_whom_nothing_names_and_who_can_be_known_is_named(lived_in: LivedIn) -> None:
    lived_in.spoil("I19, when she is forgotten")

    assert list(broken(lived_in.books)) == ["I19"]


def test_a_verdict_names_only_so_many(database_uri: str) -> None:
    shop = InPostgres(database_uri)
    with defenceless(shop.store) as connection:
        connection.execute(
            text(
                "INSERT INTO payment_notices (id, kind, received_at)"
                " SELECT 'evt_x' || n, 'x', now() FROM generate_series(1, 150) n"
            )
        )

    assert len(broken(shop.books)["Q17"]) == MOST_KEYS
    shop.store.close()
