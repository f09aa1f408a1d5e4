"""The database refuses what must never be, whoever asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from eterno.adapters.postgres.store import PostgresStore
from eterno.domain.orders import Order
from tests.builders import a_line, an_order, put_on_sale


@pytest.fixture
def engine(database_uri: str) -> Iterator[Engine]:
    engine = create_engine(database_uri)
    yield engine
    engine.dispose()


@pytest.fixture
def order(database_uri: str) -> Order:
    """An order over two pieces of a soap of which there are ten."""
    store = PostgresStore(database_uri)
    soap = put_on_sale(store, pieces=10)
    order = an_order(a_line(soap.id, 2))
    with store.begin() as work:
        work.orders.add(order)
    store.close()
    return order


def run(connection: Connection, statement: str, order: Order) -> None:
    line = order.lines[0]
    connection.execute(
        text(statement), {"order": order.id, "variant": line.variant_id, "now": order.created_at}
    )


FORBIDDEN = {
    "I01 more reserved than there is": "UPDATE shelves SET reserved = 11",
    "I01 less than nothing": "UPDATE shelves SET on_hand = -1",
    "I04 a total that does not add up": "UPDATE orders SET total = total + 1",
    "I04 a negative discount": "UPDATE orders SET discount = -1, total = total + 1",
    "I05 a reservation without its line": (
        "INSERT INTO reservations VALUES (gen_random_uuid(), :variant, 2, 'held')"
    ),
    "I05 a reservation of another quantity": (
        "INSERT INTO reservations VALUES (:order, :variant, 3, 'held')"
    ),
    "I08 refunded more than captured": "UPDATE orders SET refunded = 1",
    "I08 paid without the money": "UPDATE orders SET state = 'paid', number = 1, paid_at = :now",
    "I07 a refund that brings money": (
        "INSERT INTO money_ledger (order_id, amount, currency, reference, at, kind)"
        " VALUES (:order, 100, 'USD', 'pi', :now, 'refund')"
    ),
    "I08 shipped without the money": (
        "UPDATE orders SET state = 'shipped', number = 1, paid_at = :now"
    ),
    "I09 a refund of nothing": (
        "INSERT INTO refunds (id, order_id, state, amount, shipping, tax, currency, lines, restock,"
        " reason, wish, requested_at) VALUES (gen_random_uuid(), :order, 'pending', 0, 0, 0, 'USD',"
        " '[]', false, '', '', :now)"
    ),
    "a state nobody knows": "UPDATE orders SET state = 'lost'",
    "in review without a reason": "UPDATE orders SET state = 'review'",
    "I14 a sixth attempt": (
        "INSERT INTO outbox (id, reaction, facts, created_at, due_at, attempts)"
        " VALUES (gen_random_uuid(), 'x', '{}', :now, :now, 6)"
    ),
    "I14 done without being tried": (
        "INSERT INTO outbox (id, reaction, facts, created_at, due_at, done_at)"
        " VALUES (gen_random_uuid(), 'x', '{}', :now, :now, :now)"
    ),
    "I14 done and dead": (
        "INSERT INTO outbox (id, reaction, facts, created_at, due_at, attempts, done_at, dead_at)"
        " VALUES (gen_random_uuid(), 'x', '{}', :now, :now, 1, :now, :now)"
    ),
    "I15 a notice with an outcome and no time": (
        "INSERT INTO payment_notices (id, kind, received_at, outcome) VALUES ('e', 'k', :now, 'x')"
    ),
    "a picture that is not among the pictures": (
        "INSERT INTO uploads (key, content_type, created_at, wanted_at)"
        " VALUES ('secrets/7.jpg', 'image/jpeg', :now, :now)"
    ),
    "a picture of nothing": (
        "INSERT INTO uploads (key, content_type, size, created_at, wanted_at)"
        " VALUES ('products/7.jpg', 'image/jpeg', 0, :now, :now)"
    ),
    "a sale that belongs to no order": (
        "INSERT INTO stock_movements (variant_id, change, reason, at, note)"
        " VALUES (:variant, -1, 'sale', :now, '')"
    ),
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_database_refuses(engine: Engine, order: Order, statement: str) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        run(connection, statement, order)


TWICE = {
    "I10 two captures": (
        "INSERT INTO money_ledger (order_id, amount, currency, reference, at)"
        " VALUES (:order, 100, 'USD', 'pi', :now)"
    ),
    "I12 two sales of one line": (
        "INSERT INTO stock_movements (variant_id, change, reason, order_id, at, note)"
        " VALUES (:variant, -2, 'sale', :order, :now, '')"
    ),
    "I15 the same notice": (
        "INSERT INTO payment_notices (id, kind, received_at) VALUES ('evt_1', 'k', :now)"
    ),
}


@pytest.mark.parametrize("statement", TWICE.values(), ids=TWICE)
def test_the_database_takes_it_once(engine: Engine, order: Order, statement: str) -> None:
    with engine.begin() as connection:
        run(connection, statement, order)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        run(connection, statement, order)


@pytest.mark.parametrize("column", ["session_id", "intent_id", "key", "number", "token"])
def test_what_names_an_order_names_only_one(
    engine: Engine, database_uri: str, order: Order, column: str
) -> None:
    """I11, and the names of orders."""
    store = PostgresStore(database_uri)
    with store.begin() as work:
        work.orders.add(an_order(a_line(order.lines[0].variant_id, 1)))
    store.close()
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE orders SET {column} = '1'"))  # noqa: S608  # a literal above


@pytest.mark.parametrize("table", ["stock_movements", "money_ledger", "order_events"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_written_in_a_ledger_stays(engine: Engine, table: str, deed: str) -> None:
    """I02 and I07: append-only."""
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(deed.format(table)))


def test_of_a_history_only_the_words_can_be_taken_out(engine: Engine, order: Order) -> None:
    """Whoever asks us to forget her is forgotten; the figures stay."""
    happened = (
        "INSERT INTO order_events (order_id, at, kind, facts, words)"
        " VALUES (:order, :now, 'note', '{}', 'her name is Ada')"
    )
    with engine.begin() as connection:
        run(connection, happened, order)
        connection.execute(text("UPDATE order_events SET words = ''"))
    for change in ("facts = '{}'", "kind = 'paid'", "at = now()", "words = '', actor = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(f"UPDATE order_events SET {change}"))  # noqa: S608  # literals
