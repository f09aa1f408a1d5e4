"""Orders from before the shop wrote their history keep what is still known of it."""

from sqlalchemy import create_engine, text

from eterno.adapters.postgres import migrate

BEFORE = "0006"
ORDER = """
    INSERT INTO orders (id, token, number, state, currency, subtotal, discount, shipping, tax,
        total, captured, refunded, client, basket, created_at, pay_by, attempt, paid_at, review)
    VALUES (gen_random_uuid(), :state, :number, :state, 'USD', 1798, 0, 450, 0,
        2248, 2248, 0, 'c', 'b', '2026-03-01 12:00Z', '2026-03-01 12:31Z', 1, :paid_at, :review)
"""
LINE = """
    INSERT INTO order_lines (order_id, variant_id, quantity, unit_price, product_name,
        variant_label, sku)
    SELECT id, 1, 2, 899, 'Oat', '100 g', 'S1' FROM orders
"""
STATES = {
    "awaiting": ["placed"],
    "pending": ["placed", "pending"],
    "paid": ["placed", "paid"],
    "review": ["placed", "review"],
    "expired": ["placed", "expired"],
    "failed": ["placed", "failed"],
}


def test_what_is_known_of_earlier_orders_is_written_down(database_uri: str) -> None:
    migrate.downgrade(database_uri, BEFORE)
    engine = create_engine(database_uri)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO products (id, slug, name, description, ingredients)"
                " VALUES (1, 's', 'Oat', '', '{}');"
                " INSERT INTO variants (id, product_id, sku, size, price, currency)"
                " VALUES (1, 1, 'S1', '100 g', 899, 'USD')"
            )
        )
        for number, state in enumerate(STATES, 1001):
            connection.execute(
                text(ORDER),
                {
                    "state": state,
                    "number": number if state == "paid" else None,
                    "paid_at": "2026-03-01 12:05Z" if state in ("paid", "review") else None,
                    "review": "stock_gone" if state == "review" else None,
                },
            )
        connection.execute(text(LINE))

    migrate.upgrade(database_uri)

    with engine.connect() as connection:
        happened = connection.execute(
            text(
                "SELECT o.state, array_agg(e.kind ORDER BY e.id) FROM orders o"
                " JOIN order_events e ON e.order_id = o.id GROUP BY o.state"
            )
        )
        assert {row[0]: row[1] for row in happened} == STATES
        sale = connection.execute(text("SELECT facts FROM order_events WHERE kind = 'paid'"))
        assert sale.scalar_one() == {
            "channel": "web",
            "number": 1003,
            "paid_at": "2026-03-01T12:05:00+00:00",
            "promised_by": None,
            "currency": "USD",
            "subtotal": 1798,
            "discount": 0,
            "shipping": 450,
            "tax": 0,
            "total": 2248,
            "lines": [{"variant_id": 1, "quantity": 2, "unit_price": 899}],
        }
    engine.dispose()


def test_what_those_before_do_not_know_is_sold_or_given_up_for_them(database_uri: str) -> None:
    engine = create_engine(database_uri)
    states = {"delivered": "paid", "in_production": "paid", "cancelled": "expired"}
    with engine.begin() as connection:
        for number, state in enumerate(states, 1001):
            facts = {
                "state": state,
                "number": number,
                "paid_at": "2026-03-01 12:05Z",
                "review": None,
            }
            connection.execute(text(ORDER), facts)

    migrate.downgrade(database_uri, BEFORE)

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT token, state FROM orders"))
        assert {row.token: row.state for row in rows} == states
    engine.dispose()
