"""What each measure changed by between two moments, as SQL.

Every source below yields (day, measure, subject, amount): what was learned from `:a` up to, and
without, `:b`. Sums over ranges that follow each other are therefore the sum over all of them, and
what is known of a closed day can be kept (`figures_daily`). Where a measure depends on an order's
whole history, it is worked out as of both moments, for the orders that anything happened to, and
the earlier one is taken off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from eterno.domain.figures import ABANDONED_AFTER_DAYS, PROMISE_DAYS, Measure

_A, _B = "CAST(:a AS timestamptz)", "CAST(:b AS timestamptz)"
_IN_RANGE = f"e.at >= {_A} AND e.at < {_B}"
_CUTS = f"cut (at, sign) AS (VALUES ({_A}, -1), ({_B}, 1))"


def _day(moment: str) -> str:
    return f"(({moment}) AT TIME ZONE CAST(:zone AS text))::date"


_SALES = f"""
    SELECT {_day("sale.paid_at")} AS day, v.measure, 0::bigint AS subject, v.amount
    FROM order_events e
    CROSS JOIN LATERAL jsonb_to_record(e.facts) AS sale(
        paid_at timestamptz, subtotal bigint, discount bigint, shipping bigint, tax bigint)
    CROSS JOIN LATERAL (VALUES
        ('orders', 1::bigint), ('gross', sale.subtotal), ('discounts', sale.discount),
        ('shipping', sale.shipping), ('tax', sale.tax)) AS v (measure, amount)
    WHERE e.kind = 'paid' AND {_IN_RANGE}
"""

_LINES = f"""
    SELECT {_day("sale.paid_at")} AS day, v.measure, line.variant_id AS subject, v.amount
    FROM order_events e
    CROSS JOIN LATERAL jsonb_to_record(e.facts) AS sale(
        paid_at timestamptz, subtotal bigint, discount bigint, lines jsonb)
    CROSS JOIN LATERAL (
        SELECT l.variant_id, l.quantity, l.quantity * l.unit_price AS gross,
            (sum(l.quantity * l.unit_price) OVER (ORDER BY l.variant_id))::bigint AS reached
        FROM jsonb_to_recordset(sale.lines)
            AS l(variant_id bigint, quantity bigint, unit_price bigint)) AS line
    CROSS JOIN LATERAL (VALUES
        ('line_units', line.quantity), ('line_gross', line.gross),
        ('line_discounts', sale.discount * line.reached / sale.subtotal
            - sale.discount * (line.reached - line.gross) / sale.subtotal)) AS v (measure, amount)
    WHERE e.kind = 'paid' AND {_IN_RANGE}
"""

_BACK = "('refund_succeeded', 'refund_failed', 'dispute')"
_REFUNDS = f"""
    WITH {_CUTS}, touched AS (
        SELECT e.order_id FROM order_events e WHERE e.kind IN {_BACK} AND {_IN_RANGE}
        UNION
        SELECT e.order_id FROM order_events e WHERE e.kind = 'paid' AND {_IN_RANGE} AND EXISTS (
            SELECT FROM order_events r WHERE r.order_id = e.order_id AND r.kind IN {_BACK})
    ), sold AS (
        SELECT cut.at AS cut, cut.sign, p.order_id, p.facts -> 'lines' AS lines,
            (p.facts ->> 'paid_at')::timestamptz AS paid_at
        FROM touched JOIN order_events p ON p.order_id = touched.order_id AND p.kind = 'paid'
        JOIN cut ON p.at < cut.at
    ), back AS (
        SELECT sold.cut, sold.sign, sold.order_id, sold.paid_at, sold.lines AS sold_lines, r.*
        FROM sold JOIN order_events e ON e.order_id = sold.order_id
            AND e.kind = 'refund_succeeded' AND e.at < sold.cut
        CROSS JOIN LATERAL jsonb_to_record(e.facts) AS r(refund text, done_at timestamptz,
            amount bigint, goods bigint, shipping bigint, tax bigint, lines jsonb)
        WHERE NOT EXISTS (
            SELECT FROM order_events f WHERE f.order_id = sold.order_id
                AND f.kind = 'refund_failed' AND f.at < sold.cut
                AND f.facts ->> 'refund' = r.refund)
    ), disputed AS (
        SELECT sold.sign, sold.order_id, sold.paid_at, e.at, e.id, e.facts ->> 'dispute' AS dispute,
            sold.cut, e.facts ->> 'state' AS state, (e.facts ->> 'amount')::bigint AS amount
        FROM sold JOIN order_events e ON e.order_id = sold.order_id
            AND e.kind = 'dispute' AND e.at < sold.cut
    )
    SELECT {_day("done_at")} AS day, v.measure, 0::bigint AS subject, sign * v.amount AS amount
    FROM back CROSS JOIN LATERAL (VALUES ('refunds_goods', goods), ('refunds_shipping', shipping),
        ('refunds_tax', tax)) AS v (measure, amount)
    UNION ALL
    SELECT {_day("done_at")}, v.measure, line.variant_id, sign * v.amount
    FROM back CROSS JOIN LATERAL (
        SELECT l.variant_id, l.quantity, l.amount FROM jsonb_to_recordset(back.lines)
            AS l(variant_id bigint, quantity bigint, amount bigint)
        UNION ALL
        SELECT w.variant_id, 0, goods * reached / whole - goods * (reached - gross) / whole
        FROM (
            SELECT l.variant_id, l.quantity * l.unit_price AS gross,
                (sum(l.quantity * l.unit_price) OVER (ORDER BY l.variant_id))::bigint AS reached,
                (sum(l.quantity * l.unit_price) OVER ())::bigint AS whole
            FROM jsonb_to_recordset(back.sold_lines)
                AS l(variant_id bigint, quantity bigint, unit_price bigint)) AS w
        WHERE jsonb_array_length(back.lines) = 0) AS line
    CROSS JOIN LATERAL (VALUES ('line_units_back', line.quantity), ('line_refunds', line.amount))
        AS v (measure, amount)
    UNION ALL
    SELECT {_day("paid_at")}, 'refunded_value', 0, sign * amount FROM back
    UNION ALL
    SELECT {_day("paid_at")}, 'refunded_orders', 0, sign
    FROM (SELECT DISTINCT cut, sign, order_id, paid_at FROM back) AS orders_back
    UNION ALL
    SELECT {_day("paid_at")}, 'disputes', 0, sign
    FROM (SELECT DISTINCT cut, sign, order_id, paid_at, dispute FROM disputed) AS disputes
    UNION ALL
    SELECT {_day("at")}, 'disputes_lost', 0, sign * amount FROM (
        SELECT DISTINCT ON (cut, order_id, dispute) sign, at, amount FROM disputed
        WHERE state = 'lost' ORDER BY cut, order_id, dispute, at, id) AS lost
"""

_PAID_AT = "(p.facts ->> 'paid_at')::timestamptz"
_DUE = (
    f"coalesce((p.facts ->> 'promised_by')::timestamptz,"
    f" {_PAID_AT} + interval '{24 * PROMISE_DAYS} hours')"
)
_PROMISES = f"""
    SELECT {_day(_DUE)} AS day, 'due' AS measure, 0::bigint AS subject, 1::bigint AS amount
    FROM order_events p
    WHERE p.kind = 'paid' AND p.at >= {_A} AND p.at < {_B}
    UNION ALL
    SELECT {_day(_DUE)}, 'due', 0, -1
    FROM order_events e JOIN order_events p ON p.order_id = e.order_id AND p.kind = 'paid'
    WHERE e.kind = 'cancelled' AND {_IN_RANGE}
    UNION ALL
    SELECT sent.day, v.measure, v.subject, v.amount
    FROM (
        SELECT {_day(_DUE)} AS day, e.at <= {_DUE} AS in_time,
            greatest(0, floor(extract(epoch FROM e.at - {_PAID_AT}) / 86400))::bigint AS days
        FROM order_events e JOIN order_events p ON p.order_id = e.order_id AND p.kind = 'paid'
        WHERE e.kind IN ('shipped', 'delivered') AND {_IN_RANGE} AND NOT EXISTS (
            SELECT FROM order_events b
            WHERE b.order_id = e.order_id AND b.kind IN ('shipped', 'delivered')
                AND (b.at, b.id) < (e.at, e.id))) AS sent
    CROSS JOIN LATERAL (VALUES ('on_time', 0::bigint, sent.in_time::int::bigint),
        ('days_to_ship', sent.days, 1)) AS v (measure, subject, amount)
"""

_TRIED = "('placed', 'paid', 'review', 'failed', 'expired')"
_SOON = f"interval '{24 * ABANDONED_AFTER_DAYS} hours'"
_ATTEMPTS = f"""
    WITH {_CUTS}, bought AS MATERIALIZED (
        SELECT o.client, o.basket, (e.facts ->> 'paid_at')::timestamptz AS paid_at
        FROM order_events e JOIN orders o ON o.id = e.order_id
        WHERE e.kind = 'paid' AND {_IN_RANGE}
    ), touched AS (
        SELECT e.order_id FROM order_events e WHERE e.kind IN {_TRIED} AND {_IN_RANGE}
        UNION
        SELECT sibling.id
        FROM bought JOIN orders sibling
            ON sibling.client = bought.client AND sibling.basket = bought.basket
            AND sibling.created_at <= bought.paid_at
            AND sibling.created_at >= bought.paid_at - {_SOON}
    ), life AS (
        SELECT cut.at AS cut, cut.sign, e.order_id,
            min(e.at) FILTER (WHERE e.kind = 'placed' AND e.actor IS NULL) AS start,
            max((e.facts ->> 'subtotal')::bigint) FILTER (WHERE e.kind = 'placed') AS value,
            min((e.facts ->> 'paid_at')::timestamptz) FILTER (WHERE e.kind IN ('paid', 'review'))
                AS paid_at,
            CASE WHEN bool_or(e.kind IN ('paid', 'review')) THEN 'paid' ELSE
                coalesce((array_agg(CASE WHEN e.facts ->> 'opened' = 'false' THEN 'unopened'
                    ELSE e.kind END ORDER BY e.at DESC, e.id DESC)
                    FILTER (WHERE e.kind IN ('failed', 'expired')))[1], 'open') END AS fate
        FROM touched JOIN order_events e ON e.order_id = touched.order_id AND e.kind IN {_TRIED}
        JOIN cut ON e.at < cut.at
        GROUP BY cut.at, cut.sign, e.order_id
    )
    SELECT {_day("start")} AS day, v.measure, v.subject, sign * v.amount AS amount
    FROM life CROSS JOIN LATERAL (VALUES
        ('started', 0::bigint, (fate <> 'unopened')::int::bigint),
        ('paid', 0, (fate = 'paid')::int),
        ('failed', 0, (fate = 'failed')::int),
        ('expired', 0, (fate = 'expired')::int),
        ('minutes_to_pay',
            coalesce(greatest(0, floor(extract(epoch FROM paid_at - start) / 60)), 0)::bigint,
            (fate = 'paid')::int)) AS v (measure, subject, amount)
    WHERE start IS NOT NULL
    UNION ALL
    SELECT {_day("start")}, v.measure, 0, sign * v.amount
    FROM life JOIN orders o ON o.id = life.order_id
    CROSS JOIN LATERAL (VALUES ('abandoned', 1::bigint), ('abandoned_value', life.value))
        AS v (measure, amount)
    WHERE start IS NOT NULL AND fate = 'expired' AND NOT EXISTS (
        SELECT FROM orders other JOIN order_events p ON p.order_id = other.id AND p.kind = 'paid'
        WHERE other.client = o.client AND other.basket = o.basket AND other.id <> o.id
            AND p.at < life.cut AND {_PAID_AT} BETWEEN life.start AND life.start + {_SOON})
"""

_CUSTOMERS = f"""
    WITH {_CUTS}, touched AS (
        SELECT DISTINCT o.customer_id
        FROM order_events e JOIN orders o ON o.id = e.order_id
        WHERE e.kind = 'paid' AND {_IN_RANGE} AND o.customer_id IS NOT NULL
    ), bought AS (
        SELECT cut.sign, p.at, {_PAID_AT} AS paid_at,
            min({_PAID_AT}) OVER (PARTITION BY cut.at, o.customer_id) AS first_paid_at,
            row_number() OVER (PARTITION BY cut.at, o.customer_id ORDER BY p.at, p.id) AS nth
        FROM touched JOIN orders o ON o.customer_id = touched.customer_id
        JOIN order_events p ON p.order_id = o.id AND p.kind = 'paid' AND p.at < {_B}
        JOIN cut ON p.at < cut.at
    )
    SELECT {_day("paid_at")} AS day, 'returning' AS measure, 0::bigint AS subject,
        sign::bigint AS amount
    FROM bought WHERE first_paid_at < paid_at
    UNION ALL
    SELECT {_day("at")}, CASE nth WHEN 1 THEN 'customers' ELSE 'repeat_customers' END, 0, sign
    FROM bought WHERE nth <= 2
"""

_ENDED = "('paid', 'expired', 'failed', 'cancelled')"
STOCK = f"""
    SELECT e.at, 'on_hand' AS measure, e.variant_id AS subject, e.change::bigint AS amount
    FROM stock_movements e WHERE {_IN_RANGE}
    UNION ALL
    SELECT e.at, 'held', l.variant_id, l.quantity
    FROM order_events e
    CROSS JOIN LATERAL jsonb_to_recordset(e.facts -> 'lines')
        AS l(variant_id bigint, quantity bigint)
    WHERE e.kind = 'placed' AND {_IN_RANGE}
    UNION ALL
    SELECT e.at, 'held', l.variant_id, -l.quantity
    FROM order_events e JOIN order_events p ON p.order_id = e.order_id AND p.kind = 'placed'
    CROSS JOIN LATERAL jsonb_to_recordset(p.facts -> 'lines')
        AS l(variant_id bigint, quantity bigint)
    WHERE e.kind IN {_ENDED} AND {_IN_RANGE} AND NOT EXISTS (
        SELECT FROM order_events b WHERE b.order_id = e.order_id AND b.kind IN {_ENDED}
            AND (b.at, b.id) < (e.at, e.id))
"""
_STOCK = f"SELECT {_day('at')} AS day, measure, subject, amount FROM ({STOCK}) AS moved"

_LOST = f"""
    SELECT {_day("e.at")} AS day, 'lost_demand' AS measure, e.variant_id AS subject,
        e.missing::bigint AS amount
    FROM refused_demand e
    WHERE {_IN_RANGE} AND NOT EXISTS (
        SELECT FROM refused_demand b WHERE b.cart = e.cart AND b.variant_id = e.variant_id
            AND {_day("b.at")} = {_day("e.at")} AND (b.at, b.id) < (e.at, e.id))
"""

_M = Measure
SOURCES: Mapping[str, frozenset[Measure]] = {
    _SALES: frozenset({_M.ORDERS, _M.GROSS, _M.DISCOUNTS, _M.SHIPPING, _M.TAX}),
    _LINES: frozenset({_M.LINE_UNITS, _M.LINE_GROSS, _M.LINE_DISCOUNTS}),
    _REFUNDS: frozenset(
        {
            _M.REFUNDS_GOODS,
            _M.REFUNDS_SHIPPING,
            _M.REFUNDS_TAX,
            _M.LINE_UNITS_BACK,
            _M.LINE_REFUNDS,
            _M.REFUNDED_ORDERS,
            _M.REFUNDED_VALUE,
            _M.DISPUTES,
            _M.DISPUTES_LOST,
        }
    ),
    _PROMISES: frozenset({_M.DUE, _M.ON_TIME, _M.DAYS_TO_SHIP}),
    _ATTEMPTS: frozenset(
        {
            _M.STARTED,
            _M.PAID,
            _M.FAILED,
            _M.EXPIRED,
            _M.MINUTES_TO_PAY,
            _M.ABANDONED,
            _M.ABANDONED_VALUE,
        }
    ),
    _CUSTOMERS: frozenset({_M.RETURNING, _M.CUSTOMERS, _M.REPEAT_CUSTOMERS}),
    _STOCK: frozenset({_M.ON_HAND, _M.HELD}),
    _LOST: frozenset({_M.LOST_DEMAND}),
}
"""Which measures each source tells of; every measure has one."""


@cache
def learned(measures: frozenset[Measure]) -> str:
    """What was learned of these measures between the two moments (and of a few others)."""
    chosen = [source for source, told in SOURCES.items() if told & measures]
    return " UNION ALL ".join(f"SELECT * FROM ({source}) AS source" for source in chosen)


def summed(measures: Collection[Measure]) -> str:
    """What fell into the days from `:first` up to `:last`: of closed days from their sums, and what
    was learned since as it was written.

    The window is told by periods, `:by` is "window" for one, and what is before and after it in one
    sum each.
    """
    return f"""
        SELECT CASE WHEN day < :start THEN CAST(:first AS date)
            WHEN day >= :end THEN CAST(:end AS date)
            WHEN :by = 'window' THEN CAST(:start AS date)
            ELSE greatest(date_trunc(:by, day::timestamp)::date, CAST(:start AS date)) END AS start,
            measure, subject, sum(amount)::bigint AS amount
        FROM (
            SELECT day, measure, subject, amount FROM figures_daily
            WHERE measure = ANY(:measures) AND day >= :first AND day < :last
                AND known_day < :known
            UNION ALL
            SELECT day, measure, subject, amount FROM ({learned(frozenset(measures))}) AS fresh
            WHERE measure = ANY(:measures) AND day >= :first AND day < :last
        ) AS sums
        GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
    """


CLOSE_DAY = f"""
    INSERT INTO figures_daily (known_day, day, measure, subject, amount)
    SELECT CAST(:known AS date), day, measure, subject, sum(amount)
    FROM ({learned(frozenset(Measure))}) AS fresh
    GROUP BY day, measure, subject HAVING sum(amount) <> 0
"""

PEAKS = f"""
    WITH step AS (
        SELECT subject, at, sum(CASE measure WHEN 'on_hand' THEN amount ELSE -amount END) AS net
        FROM ({STOCK}) AS moved GROUP BY subject, at
    ), level AS (
        SELECT step.subject, {_day("step.at")} AS day, step.net, coalesce(before.level, 0)
            + sum(step.net) OVER (PARTITION BY step.subject ORDER BY step.at) AS after
        FROM step LEFT JOIN (
            SELECT subject, sum(CASE measure WHEN 'on_hand' THEN amount ELSE -amount END) AS level
            FROM figures_daily WHERE measure IN ('on_hand', 'held') AND known_day < :known
            GROUP BY subject) AS before ON before.subject = step.subject
    )
    SELECT subject, day, max(greatest(after, after - net))::bigint AS peak
    FROM level GROUP BY subject, day
"""
"""The most that was available on each day, by variant; `:a` is where the closed days end."""

KEPT_PEAKS = """
    SELECT subject, day, amount AS peak FROM figures_daily
    WHERE measure = 'peak' AND day >= :start AND day < :end AND known_day < :known
"""

CLOSE_PEAKS = f"""
    INSERT INTO figures_daily (known_day, day, measure, subject, amount)
    SELECT day, day, 'peak', subject, peak FROM ({PEAKS}) AS peaks WHERE peak > 0
"""

GOODS = """
    SELECT v.id AS variant_id, v.product_id, p.name AS product_name, v.size, v.shape, v.sku,
        NOT (v.archived OR p.archived) AS on_sale, coalesce(price.price, v.price) AS price,
        cost.cost
    FROM variants v JOIN products p ON p.id = v.product_id
    LEFT JOIN LATERAL (
        SELECT l.price FROM variant_prices l WHERE l.variant_id = v.id AND l.at < :b
        ORDER BY l.at DESC, l.id DESC LIMIT 1) AS price ON true
    LEFT JOIN LATERAL (
        SELECT l.cost FROM variant_costs l WHERE l.variant_id = v.id AND l.at < :b
        ORDER BY l.at DESC, l.id DESC LIMIT 1) AS cost ON true
    ORDER BY v.id
"""

DIFFERENCES = """
    WITH captured AS (
        SELECT order_id, amount FROM money_ledger
        WHERE kind = 'capture' AND at >= :from AND at < least(CAST(:to AS timestamptz), :b)
    ), sold AS (
        SELECT id AS order_id, total FROM orders
        WHERE paid_at >= :from AND paid_at < least(CAST(:to AS timestamptz), :b)
            AND number IS NOT NULL
    ), asked AS MATERIALIZED (
        SELECT order_id, coalesce(sold.total, 0) - coalesce(captured.amount, 0) AS missing
        FROM captured FULL JOIN sold USING (order_id)
    ), back AS (
        SELECT order_id, sum(amount)::bigint AS amount FROM (
            SELECT order_id, amount FROM refunds WHERE state = 'succeeded' AND done_at < :b
            UNION ALL
            SELECT order_id, amount FROM money_ledger
            WHERE kind <> 'capture' AND at >= :from AND at < :b
        ) AS entries
        WHERE order_id IN (SELECT order_id FROM asked) GROUP BY order_id
    ), suspect AS MATERIALIZED (
        SELECT order_id FROM asked LEFT JOIN back USING (order_id)
        WHERE missing <> coalesce(back.amount, 0)
    ), told AS MATERIALIZED (
        SELECT suspect.order_id AS id,
            (SELECT number FROM orders WHERE id = suspect.order_id) AS number,
            coalesce((SELECT sum((e.facts ->> 'total')::bigint) FROM order_events e
                WHERE e.order_id = suspect.order_id AND e.kind = 'paid' AND e.at < :b), 0)
            - coalesce((SELECT sum(CASE e.kind WHEN 'refund_succeeded' THEN 1 ELSE -1 END
                    * (e.facts ->> 'amount')::bigint) FROM order_events e
                WHERE e.order_id = suspect.order_id AND e.at < :b AND (e.kind = 'refund_succeeded'
                    OR (e.kind = 'refund_failed' AND e.facts ->> 'done_at' IS NOT NULL))), 0)
                AS expected,
            coalesce((SELECT sum(m.amount) FROM money_ledger m
                WHERE m.order_id = suspect.order_id AND m.at < :b), 0) AS recorded
        FROM suspect
    )
    SELECT id, number, expected::bigint AS expected, recorded::bigint AS recorded
    FROM told WHERE expected <> recorded ORDER BY number NULLS LAST, id LIMIT :most
"""
"""Those that look as if they did not add up, by what is quickly found of many orders (what stands
on orders and refunds themselves), and of them those that truly do not, by their history."""
