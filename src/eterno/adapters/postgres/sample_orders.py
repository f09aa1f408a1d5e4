"""A large, plausible past for a development database: orders as if the shop were years old.

Everything is made by the database itself from the order's place in the row and a seed, so the same
numbers give the same past. What the shop's own code would have refused is not made: every
constraint holds, and the audit finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg

from eterno.adapters.postgres.uri import with_our_driver
from eterno.domain.errors import Conflict

BATCH = 50_000

# All chance is float8: powers of `numeric` took two thirds of the whole time.
_DRAFT = """
CREATE TEMPORARY TABLE draft ON COMMIT DROP AS
WITH chance AS (
    SELECT n, (n - 0.5)::float8 / %(total)s AS u,
        (hashint8extended(n, %(seed)s) & 1048575) / 1048576::float8 AS r1,
        (hashint8extended(n, %(seed)s + 1) & 1048575) / 1048576::float8 AS r2,
        (hashint8extended(n, %(seed)s + 2) & 1048575) / 1048576::float8 AS r3,
        (hashint8extended(n, %(seed)s + 3) & 1048575) / 1048576::float8 AS r4,
        (hashint8extended(n, %(seed)s + 4) & 1048575) / 1048576::float8 AS r5
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
), placed AS (
    SELECT *, %(start)s + (least(1, power(u, 0.7) + 0.0159 * sin(18.85 * power(u, 0.7)))
        * extract(epoch FROM %(span)s)) * interval '1 second' AS at,
        1 + floor(power(r2, 1.5) * greatest(1, %(total)s * 0.35))::bigint AS buyer
    FROM chance
), fated AS (
    SELECT *, at + (1 + floor(r3 * 24)) * interval '1 minute' AS paid_at,
        CASE WHEN r1 < 0.10 THEN 'expired' WHEN r1 < 0.13 THEN 'failed'
            WHEN r1 < 0.137 THEN 'cancelled'
            WHEN at > %(now)s - interval '3 days' THEN 'paid'
            WHEN at > %(now)s - interval '9 days' THEN 'in_production'
            WHEN at > %(now)s - interval '24 days' AND r5 < 0.5 THEN 'in_production'
            WHEN at > %(now)s - interval '30 days' THEN 'shipped' ELSE 'delivered' END AS state,
        r1 > 0.96 AS by_hand
    FROM placed
)
SELECT n, at, buyer, r3, r4, r5, by_hand, state NOT IN ('expired', 'failed') AS sold,
    CASE WHEN by_hand THEN 'delivered' ELSE state END AS state,
    CASE WHEN by_hand THEN at ELSE paid_at END AS paid_at,
    (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(%(seed)s || ':' || n), 1, 3) || '8'
        || substr(md5(%(seed)s || ':' || n), 4, 15))::uuid AS id,
    paid_at + (0.4 + 13 * r4 + CASE WHEN r5 < 0.06 THEN 4 ELSE 0 END) * interval '1 day'
        AS shipped_at
FROM fated
"""
_LINES = """
CREATE TEMPORARY TABLE draft_lines ON COMMIT DROP AS
WITH offer AS (
    SELECT v.id, v.price, v.sku, p.name, concat_ws(', ', v.size, v.shape) AS label,
        row_number() OVER (ORDER BY v.id) - 1 AS place, count(*) OVER () AS offers
    FROM variants v JOIN products p ON p.id = v.product_id WHERE NOT (v.archived OR p.archived)
), wanted AS (
    SELECT d.n, d.id, d.sold, d.state, d.paid_at, piece, (floor(o.offers * d.r4 * d.r4)::bigint
            + piece * (1 + floor(d.r3 * ((o.offers - 1) / 3))::bigint)) %% o.offers AS place,
        1 + floor(3 * power((hashint8extended(d.n * 4 + piece, %(seed)s + 9) & 1023)
            / 1024::float8, 3)) AS quantity
    FROM draft d CROSS JOIN (SELECT count(*) AS offers FROM offer) AS o
    CROSS JOIN LATERAL generate_series(0, (ARRAY[0, 0, 1, 2, 0, 3, 0, 2, 0, 1, 0, 3, 0, 2, 0, 1,
        0, 2, 0, 3])[1 + d.n %% 20]) AS piece
)
SELECT w.n, w.id AS order_id, w.sold, w.state, w.paid_at, o.id AS variant_id,
    w.quantity::int AS quantity, o.price AS unit_price, o.name, o.label, o.sku
FROM wanted w JOIN offer o ON o.place = w.place
"""
_SUMS = """
CREATE TEMPORARY TABLE draft_orders ON COMMIT DROP AS
SELECT d.*, s.subtotal, s.lines, s.pieces, s.basket, parts.*,
    s.subtotal - parts.discount + parts.shipping + parts.tax AS total,
    CASE WHEN d.sold THEN %(number)s + count(*) FILTER (WHERE d.sold) OVER (ORDER BY d.n) END
        AS number,
    CASE WHEN d.by_hand OR NOT d.sold THEN 0
        WHEN d.state = 'cancelled' THEN s.subtotal - parts.discount + parts.shipping + parts.tax
        WHEN d.state = 'delivered' AND d.r5 > 0.97 THEN 1 + (s.subtotal - parts.discount) / 2
        ELSE 0 END AS back
FROM draft d JOIN (
    SELECT n, sum(quantity * unit_price)::bigint AS subtotal,
        jsonb_agg(jsonb_build_object('variant_id', variant_id, 'quantity', quantity,
            'unit_price', unit_price) ORDER BY variant_id) AS lines,
        jsonb_agg(jsonb_build_array(variant_id, quantity) ORDER BY variant_id) AS pieces,
        md5(string_agg(variant_id || '*' || quantity, ';' ORDER BY variant_id)) AS basket
    FROM draft_lines GROUP BY n) AS s ON s.n = d.n
CROSS JOIN LATERAL (SELECT
    CASE WHEN d.sold AND d.r3 < 0.05 THEN s.subtotal / 10 ELSE 0 END AS discount,
    CASE WHEN NOT d.sold OR d.by_hand THEN 0 WHEN d.r5 < 0.8 THEN 500 ELSE 1200 END AS shipping,
    CASE WHEN d.sold AND d.r4 < 0.3 THEN s.subtotal * 8 / 100 ELSE 0 END AS tax) AS parts
"""
_CUSTOMERS = """
INSERT INTO customers (email_hash)
SELECT DISTINCT sha256(convert_to('buyer' || buyer || '@example.org', 'UTF8'))
FROM draft_orders WHERE sold ON CONFLICT DO NOTHING
"""
_ORDERS = """
INSERT INTO orders (id, token, number, state, currency, subtotal, discount, shipping, tax, total,
    captured, refunded, client, basket, created_at, pay_by, attempt, session_id, session_url,
    intent_id, email, buyer, paid_at, promised_by, parcels, dispute, search_words, customer_id)
SELECT o.id, md5('token' || %(seed)s || ':' || n), number, state, %(currency)s, subtotal, discount,
    shipping, tax, total, CASE WHEN sold THEN total ELSE 0 END, back,
    CASE WHEN by_hand THEN 'by hand'
        ELSE '10.' || buyer / 65536 || '.' || buyer / 256 %% 256 || '.' || buyer %% 256 END,
    basket, at, at + interval '31 minutes', 1,
    CASE WHEN NOT by_hand THEN 'cs_sample_' || n END,
    CASE WHEN NOT by_hand THEN 'https://pay.example.org/' || n END,
    CASE WHEN sold AND NOT by_hand THEN 'pi_sample_' || n END,
    who.email, CASE WHEN sold THEN jsonb_build_object('name', who.name, 'phone', NULL,
        'ship_to', NULL) END,
    CASE WHEN sold THEN paid_at END, CASE WHEN sold THEN paid_at + interval '14 days' END,
    CASE WHEN state IN ('shipped', 'delivered') AND NOT by_hand THEN jsonb_build_array(
        jsonb_build_object('id', o.id, 'carrier', 'USPS', 'tracking', '9400' || n, 'link', NULL,
            'contents', pieces, 'sent_at', shipped_at)) ELSE '[]' END,
    CASE WHEN pg_temp.disputed(o) THEN jsonb_build_object('id', 'dp_sample_' || n, 'state',
        CASE WHEN r3 < 0.5 THEN 'lost' ELSE 'won' END, 'amount', total, 'currency', %(currency)s,
        'reason', 'fraudulent', 'due_by', NULL) END,
    CASE WHEN sold THEN ARRAY[number::text, who.email]
        || regexp_split_to_array(lower(who.name), ' ') ELSE '{}' END,
    c.id
FROM draft_orders o
CROSS JOIN LATERAL (SELECT CASE WHEN sold THEN 'buyer' || buyer || '@example.org' END AS email,
    (ARRAY['Ada', 'Luz', 'Rosa', 'Mae', 'Ines', 'Olga', 'June', 'Noor', 'Vera', 'Wren'])
        [1 + buyer %% 10] || ' ' || 'Sample' || buyer %% 5000 AS name) AS who
LEFT JOIN customers c ON c.email_hash = sha256(convert_to(who.email, 'UTF8'))
"""
_DISPUTED = """
CREATE FUNCTION pg_temp.disputed(draft_orders) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN $1.state = 'delivered' AND NOT $1.by_hand AND $1.back = 0 AND $1.r5 > 0.9685
"""
_REST = (
    """
    INSERT INTO order_lines (order_id, variant_id, quantity, unit_price, product_name,
        variant_label, sku)
    SELECT order_id, variant_id, quantity, unit_price, name, label, sku FROM draft_lines
    """,
    """
    INSERT INTO reservations (order_id, variant_id, quantity, state)
    SELECT order_id, variant_id, quantity, CASE WHEN sold THEN 'consumed' ELSE 'released' END
    FROM draft_lines
    """,
    """
    INSERT INTO stock_movements (variant_id, change, reason, order_id, at, note)
    SELECT variant_id, -quantity, 'sale', order_id, paid_at + interval '2 seconds', ''
    FROM draft_lines WHERE sold
    UNION ALL
    SELECT variant_id, quantity, 'return', order_id, paid_at + interval '1 day', ''
    FROM draft_lines WHERE state = 'cancelled'
    UNION ALL
    SELECT variant_id, sum(quantity), 'delivery', NULL,
        date_trunc('week', min(paid_at)) - interval '1 hour', 'made'
    FROM draft_lines WHERE sold GROUP BY variant_id, date_trunc('week', paid_at)
    ORDER BY 5
    """,
    """
    INSERT INTO money_ledger (order_id, amount, currency, reference, at, kind)
    SELECT id, total, %(currency)s, CASE WHEN by_hand THEN 'by hand' ELSE 'pi_sample_' || n END,
        paid_at, 'capture' FROM draft_orders WHERE sold AND total > 0
    UNION ALL
    SELECT id, -back, %(currency)s, 're_sample_' || n, paid_at + interval '1 day', 'refund'
    FROM draft_orders WHERE back > 0
    """,
    """
    INSERT INTO refunds (id, order_id, state, amount, shipping, tax, currency, lines, restock,
        reason, key, wish, provider_id, requested_at, requested_by, done_at)
    SELECT md5('refund' || id)::uuid, id, 'succeeded', back, part.shipping, part.tax, %(currency)s,
        '[]', false, 'sample', NULL, '', 're_sample_' || n, paid_at + interval '1 day', 'sample',
        paid_at + interval '1 day'
    FROM draft_orders o CROSS JOIN LATERAL (
        SELECT CASE state WHEN 'cancelled' THEN o.shipping ELSE 0 END AS shipping,
            CASE state WHEN 'cancelled' THEN o.tax ELSE 0 END AS tax) AS part
    WHERE back > 0
    """,
    """
    INSERT INTO order_events (order_id, at, kind, actor, facts, words)
    SELECT id, at, kind, actor, facts, '' FROM (
        SELECT id, o.at, 'placed' AS kind, CASE WHEN by_hand THEN 'sample' END AS actor,
            jsonb_build_object('currency', %(currency)s, 'subtotal', subtotal, 'lines', lines)
                AS facts, n, 1 AS step
        FROM draft_orders o
        UNION ALL
        SELECT id, at + interval '31 minutes', state, NULL,
            CASE state WHEN 'expired' THEN '{"opened": true}' ELSE '{}' END::jsonb, n, 2
        FROM draft_orders WHERE NOT sold
        UNION ALL
        SELECT id, CASE WHEN by_hand THEN at ELSE paid_at + interval '2 seconds' END, 'paid',
            CASE WHEN by_hand THEN 'sample' END,
            jsonb_build_object('channel', CASE WHEN by_hand THEN 'counter' ELSE 'web' END,
                'number', number, 'paid_at', paid_at, 'promised_by', paid_at + interval '14 days',
                'currency', %(currency)s, 'subtotal', subtotal, 'discount', discount,
                'shipping', shipping, 'tax', tax, 'total', total, 'lines', lines), n, 2
        FROM draft_orders WHERE sold
        UNION ALL
        SELECT id, paid_at + interval '3 seconds', 'in_production', 'sample', '{}', n, 3
        FROM draft_orders WHERE state = 'in_production'
        UNION ALL
        SELECT id, paid_at + interval '1 day', 'cancelled', 'sample', '{}', n, 3
        FROM draft_orders WHERE state = 'cancelled'
        UNION ALL
        SELECT id, shipped_at, 'shipped', 'sample', '{}', n, 4
        FROM draft_orders WHERE state IN ('shipped', 'delivered') AND NOT by_hand
        UNION ALL
        SELECT id, CASE WHEN by_hand THEN at ELSE shipped_at + interval '3 days' END, 'delivered',
            'sample', '{}', n, 5
        FROM draft_orders WHERE state = 'delivered'
        UNION ALL
        SELECT o.id, requested_at, 'refund_succeeded', NULL, jsonb_build_object('refund', r.id,
            'provider', r.provider_id, 'currency', %(currency)s, 'amount', r.amount,
            'goods', r.amount - r.shipping - r.tax, 'shipping', r.shipping, 'tax', r.tax,
            'restock', false, 'done_at', r.done_at, 'lines', '[]'::jsonb), n, 6
        FROM draft_orders o JOIN refunds r ON r.order_id = o.id WHERE back > 0
        UNION ALL
        SELECT id, paid_at + interval '40 days', 'dispute', NULL, jsonb_build_object(
            'dispute', 'dp_sample_' || n, 'state', CASE WHEN r3 < 0.5 THEN 'lost' ELSE 'won' END,
            'amount', total, 'currency', %(currency)s, 'reason', 'fraudulent', 'due_by', NULL), n, 7
        FROM draft_orders o WHERE pg_temp.disputed(o)
    ) AS told ORDER BY n, step
    """,
    """
    INSERT INTO outbox (id, reaction, facts, created_at, due_at, attempts, done_at)
    SELECT md5('confirm' || id)::uuid, 'confirm_order', jsonb_build_object('order_id', id),
        paid_at, paid_at, 1, paid_at FROM draft_orders WHERE sold
    """,
)
_AFTERWARDS = (
    """
    UPDATE shelves s SET on_hand = moved.pieces FROM (
        SELECT variant_id, sum(change) AS pieces FROM stock_movements GROUP BY variant_id) AS moved
    WHERE moved.variant_id = s.variant_id
    """,
    "SELECT setval('order_numbers', (SELECT coalesce(max(number), 1000) FROM orders))",
)


class NotEmpty(Conflict):
    """The shop has orders of its own."""

    code = "not_empty"


def make_orders(
    uri: str,
    how_many: int,
    *,
    days: int = 3 * 365,
    seed: int = 1,
    currency: str,
    tell: Callable[[int], None] = lambda _: None,
) -> None:
    """Fill a shop that has goods and no orders with so many of the last `days`, and twice as many
    lines.

    Where the role may ask for it, as that of the embedded database may, foreign keys of what is
    known to fit are not looked up one by one. Raises `NotEmpty`.
    """
    address = with_our_driver(uri).replace("+psycopg", "", 1)
    with psycopg.connect(
        address, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as connection:
        if connection.execute("SELECT 1 FROM orders LIMIT 1").fetchone():
            raise NotEmpty("This shop has orders already; seed one that has none")
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET session_replication_role = replica")
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET jit = off")
        now = _now(connection)
        for first in range(1, how_many + 1, BATCH):
            last = min(first + BATCH - 1, how_many)
            span = timedelta(days=days)
            _batch(connection, first, last, how_many, seed, currency, now, span)
            tell(last)
        for statement in _AFTERWARDS:
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE")


def _now(connection: psycopg.Connection) -> datetime:
    now: datetime = connection.execute("SELECT date_trunc('second', now())").fetchall()[0][0]
    return now


def _batch(
    connection: psycopg.Connection,
    first: int,
    last: int,
    total: int,
    seed: int,
    currency: str,
    now: datetime,
    span: timedelta,
) -> None:
    row = connection.execute("SELECT coalesce(max(number), 1000) FROM orders").fetchone()
    terms = {
        "first": first,
        "last": last,
        "total": total,
        "seed": seed,
        "start": now - span - timedelta(hours=1),
        "span": span,
        "now": now,
        "number": row[0] if row else 1000,
        "currency": currency,
    }
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = off")
        for statement in (_DRAFT, _LINES, _SUMS):
            connection.execute(statement, terms)
        connection.execute(_DISPUTED)
        for statement in (_CUSTOMERS, _ORDERS):
            connection.execute(statement, terms)
        for statement in _REST:
            connection.execute(statement, terms)
        connection.execute("DROP FUNCTION pg_temp.disputed")
