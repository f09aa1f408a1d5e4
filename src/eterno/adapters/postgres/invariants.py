"""The invariants, each as one question to the database. Empty is healthy.

A question answers the keys of that for which its invariant does not hold. `:now` is the present by
the shop's clock.
"""

from __future__ import annotations

from collections.abc import Mapping

QUESTIONS: Mapping[str, str] = {
    "I01": "SELECT variant_id FROM shelves WHERE NOT (0 <= reserved AND reserved <= on_hand)",
    "I02": """
        SELECT s.variant_id FROM shelves s LEFT JOIN stock_movements m USING (variant_id)
        GROUP BY s.variant_id HAVING s.on_hand <> coalesce(sum(m.change), 0)""",
    "I03": """
        SELECT s.variant_id FROM shelves s
        LEFT JOIN reservations r ON r.variant_id = s.variant_id AND r.state = 'held'
        GROUP BY s.variant_id HAVING s.reserved <> coalesce(sum(r.quantity), 0)""",
    "I04": """
        SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
        GROUP BY o.id
        HAVING o.subtotal <> coalesce(sum(l.quantity * l.unit_price), 0)
            OR o.total <> o.subtotal - o.discount + o.shipping + o.tax
            OR count(l.variant_id) = 0
            OR EXISTS (SELECT 1 FROM money_ledger m
                       WHERE m.order_id = o.id AND m.currency <> o.currency)""",
    "I05": """
        SELECT coalesce(l.order_id, r.order_id) FROM order_lines l FULL JOIN reservations r
        ON r.order_id = l.order_id AND r.variant_id = l.variant_id AND r.quantity = l.quantity
        WHERE l.order_id IS NULL OR r.order_id IS NULL""",
    "I06": """
        SELECT DISTINCT o.id FROM orders o JOIN reservations r ON r.order_id = o.id
        WHERE (o.state IN ('awaiting', 'pending') AND r.state <> 'held')
           OR (o.state IN ('paid', 'in_production', 'shipped', 'delivered')
               AND r.state <> 'consumed')
           OR (o.state = 'review' AND r.state = 'consumed')
           OR (o.state = 'cancelled' AND r.state = 'held')
           OR (o.state IN ('expired', 'failed') AND r.state <> 'released')""",
    "I07": """
        SELECT o.id FROM orders o LEFT JOIN money_ledger m ON m.order_id = o.id
        GROUP BY o.id
        HAVING o.captured <> coalesce(sum(m.amount) FILTER (WHERE m.kind = 'capture'), 0)
            OR o.refunded <> -coalesce(sum(m.amount) FILTER (WHERE m.kind <> 'capture'), 0)""",
    "I08": """
        SELECT id FROM orders
        WHERE refunded > captured OR (captured <> total
            AND state IN ('paid', 'in_production', 'shipped', 'delivered'))""",
    "I09": """
        SELECT o.id FROM orders o LEFT JOIN refunds r ON r.order_id = o.id
        GROUP BY o.id
        HAVING o.captured < sum(r.amount) FILTER (WHERE r.state <> 'failed')
            OR o.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.state = 'succeeded'), 0)""",
    "I10": """
        SELECT order_id FROM money_ledger WHERE kind = 'capture'
        GROUP BY order_id HAVING count(*) > 1""",
    "I11": """
        SELECT session_id FROM orders WHERE session_id IS NOT NULL
        GROUP BY session_id HAVING count(*) > 1
        UNION ALL
        SELECT intent_id FROM orders WHERE intent_id IS NOT NULL
        GROUP BY intent_id HAVING count(*) > 1""",
    "I12": """
        SELECT DISTINCT coalesce(l.order_id, m.order_id) FROM (
            SELECT l.order_id, l.variant_id, l.quantity FROM order_lines l
            JOIN orders o ON o.id = l.order_id WHERE o.number IS NOT NULL
        ) l FULL JOIN (
            SELECT order_id, variant_id, count(*) AS times, -sum(change) AS quantity
            FROM stock_movements WHERE reason = 'sale' GROUP BY order_id, variant_id
        ) m ON m.order_id = l.order_id AND m.variant_id = l.variant_id
        WHERE (m.times, m.quantity) IS DISTINCT FROM (1, l.quantity)""",
    "I13": """
        SELECT o.id FROM orders o WHERE o.number IS NOT NULL AND 1 <> (
            SELECT count(*) FROM outbox t
            WHERE t.reaction = 'confirm_order' AND t.facts ->> 'order_id' = CAST(o.id AS text))
        UNION ALL
        SELECT m.id FROM messages m WHERE 1 <> (
            SELECT count(*) FROM outbox t
            WHERE t.reaction = 'forward_message'
              AND t.facts ->> 'message_id' = CAST(m.id AS text))""",
    "I14": """
        SELECT id FROM outbox WHERE attempts NOT BETWEEN 0 AND 5
            OR (done_at IS NOT NULL AND attempts = 0)
            OR (done_at IS NOT NULL AND dead_at IS NOT NULL)""",
    "I15": """
        SELECT n.id FROM payment_notices n LEFT JOIN orders o ON o.id = n.order_id
        WHERE (n.outcome IS NULL) <> (n.closed_at IS NULL)
           OR (n.outcome IN ('paid', 'review') AND o.paid_at IS NULL)""",
    "I16": """
        SELECT o.id FROM orders o JOIN LATERAL (
            SELECT replace(e.kind, 'placed', 'awaiting') AS kind FROM order_events e
            WHERE e.order_id = o.id AND e.kind IN ('placed', 'pending', 'paid', 'review', 'failed',
                'expired', 'in_production', 'shipped', 'delivered', 'cancelled')
            ORDER BY e.id DESC LIMIT 1) last ON true
        WHERE last.kind <> o.state""",
    "I17": """
        SELECT DISTINCT l.order_id FROM orders o JOIN order_lines l ON l.order_id = o.id
        WHERE l.quantity < (
            SELECT coalesce(sum(CAST(piece ->> 1 AS int)), 0)
            FROM jsonb_array_elements(o.parcels) parcel,
                 jsonb_array_elements(parcel -> 'contents') piece
            WHERE CAST(piece ->> 0 AS bigint) = l.variant_id)""",
    "I18": """
        SELECT DISTINCT m.order_id FROM (
            SELECT order_id, variant_id, sum(change) AS back FROM stock_movements
            WHERE reason = 'return' AND order_id IS NOT NULL GROUP BY order_id, variant_id
        ) m LEFT JOIN orders o ON o.id = m.order_id
        LEFT JOIN order_lines l ON l.order_id = m.order_id AND l.variant_id = m.variant_id
        WHERE m.back > CASE WHEN o.number IS NULL THEN 0 ELSE coalesce(l.quantity, 0) END""",
    "I19": """
        SELECT CAST(id AS text) FROM orders WHERE email IS NOT NULL AND customer_id IS NULL
        UNION ALL
        SELECT CAST(c.id AS text) FROM customers c WHERE c.email_hash IS NOT NULL AND NOT EXISTS (
            SELECT FROM orders o WHERE o.customer_id = c.id AND o.email IS NOT NULL)""",
    "Q16": """
        SELECT id FROM orders
        WHERE state = 'awaiting' AND pay_by < CAST(:now AS timestamptz) - interval '15 minutes'""",
    "Q17": "SELECT id FROM payment_notices WHERE outcome IS NULL AND closed_at IS NULL",
    "Q18": """
        SELECT id FROM outbox WHERE done_at IS NULL AND dead_at IS NULL
           AND greatest(due_at, leased_until)
               < CAST(:now AS timestamptz) - interval '15 minutes'
        UNION ALL
        SELECT r.id FROM refunds r
        WHERE r.state = 'pending' AND r.provider_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM outbox t WHERE t.reaction = 'pay_back'
               AND t.facts ->> 'refund_id' = CAST(r.id AS text)
               AND t.done_at IS NULL AND (t.dead_at IS NULL
                   OR t.dead_at >= CAST(:now AS timestamptz) - interval '75 minutes'))""",
    "Q19": """
        SELECT u.key FROM uploads u
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT 1 FROM products p WHERE p.img_key = u.key)
                OR EXISTS (SELECT 1 FROM variants v WHERE v.img_key = u.key) AS shown) s
        WHERE (s.shown AND u.discarded_at IS NOT NULL)
           OR (NOT s.shown AND greatest(u.wanted_at, u.discarded_at)
                           < CAST(:now AS timestamptz) - interval '25 hours')""",
    "Q20": """
        SELECT o.id FROM orders o WHERE o.state = 'review'
           AND (SELECT max(e.at) FROM order_events e
                WHERE e.order_id = o.id AND e.kind = 'review')
               < CAST(:now AS timestamptz) - interval '24 hours'""",
}
