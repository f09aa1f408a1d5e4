"""The invariants of docs/reliability.md, each as one question to the database. Empty is healthy."""

from sqlalchemy import create_engine, text

QUESTIONS = {
    "I01": "SELECT variant_id FROM shelves WHERE NOT (0 <= reserved AND reserved <= on_hand)",
    "I02": """
        SELECT s.variant_id FROM shelves s LEFT JOIN stock_movements m USING (variant_id)
        GROUP BY s.variant_id, s.on_hand HAVING s.on_hand <> coalesce(sum(m.change), 0)""",
    "I03": """
        SELECT s.variant_id FROM shelves s
        LEFT JOIN reservations r ON r.variant_id = s.variant_id AND r.state = 'held'
        GROUP BY s.variant_id, s.reserved HAVING s.reserved <> coalesce(sum(r.quantity), 0)""",
    "I04": """
        SELECT o.id FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
        GROUP BY o.id HAVING o.subtotal <> coalesce(sum(l.quantity * l.unit_price), 0)""",
    "I05": """
        SELECT l.order_id FROM order_lines l LEFT JOIN reservations r
        ON (r.order_id, r.variant_id, r.quantity) = (l.order_id, l.variant_id, l.quantity)
        WHERE r.order_id IS NULL""",
    "I06": """
        SELECT o.id FROM orders o JOIN reservations r ON r.order_id = o.id
        WHERE (o.state IN ('awaiting', 'pending') AND r.state <> 'held')
           OR (o.state IN ('paid', 'in_production', 'shipped', 'delivered')
               AND r.state <> 'consumed')
           OR (o.state = 'review' AND r.state = 'consumed')
           OR (o.state = 'cancelled' AND r.state = 'held')
           OR (o.state IN ('expired', 'failed') AND r.state <> 'released')""",
    "I07": """
        SELECT o.id FROM orders o LEFT JOIN money_ledger m ON m.order_id = o.id
        GROUP BY o.id
        HAVING o.captured <> coalesce(sum(m.amount) FILTER (WHERE kind = 'capture'), 0)
            OR o.refunded <> -coalesce(sum(m.amount) FILTER (WHERE kind <> 'capture'), 0)""",
    "I08": """
        SELECT id FROM orders WHERE refunded > captured OR (captured <> total
            AND state IN ('paid', 'in_production', 'shipped', 'delivered'))""",
    "I09": """
        SELECT o.id FROM orders o JOIN refunds r ON r.order_id = o.id GROUP BY o.id
        HAVING o.captured < sum(r.amount) FILTER (WHERE r.state <> 'failed')
            OR o.refunded <> coalesce(sum(r.amount) FILTER (WHERE r.state = 'succeeded'), 0)""",
    "I12": """
        SELECT l.order_id FROM orders o JOIN order_lines l ON l.order_id = o.id
        LEFT JOIN stock_movements m ON (m.order_id, m.variant_id) = (l.order_id, l.variant_id)
             AND m.reason = 'sale'
        WHERE (o.number IS NOT NULL) <> (coalesce(-m.change, 0) = l.quantity)""",
    "I13": """
        SELECT o.id FROM orders o WHERE o.number IS NOT NULL AND 1 <> (
            SELECT count(*) FROM outbox t
            WHERE t.reaction = 'confirm_order' AND t.facts ->> 'order_id' = o.id::text)""",
    "I13 of messages": """
        SELECT m.id FROM messages m WHERE 1 <> (
            SELECT count(*) FROM outbox t
            WHERE t.reaction = 'forward_message' AND t.facts ->> 'message_id' = m.id::text)""",
    "I15": "SELECT id FROM payment_notices WHERE outcome IS NULL",
    "I16": """
        SELECT o.id FROM orders o JOIN LATERAL (
            SELECT replace(kind, 'placed', 'awaiting') AS kind FROM order_events e
            WHERE e.order_id = o.id AND kind IN ('placed', 'pending', 'paid', 'review', 'failed',
                'expired', 'in_production', 'shipped', 'delivered', 'cancelled')
            ORDER BY e.id DESC LIMIT 1) last ON true
        WHERE last.kind <> o.state""",
    "I18": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
        JOIN stock_movements m ON (m.order_id, m.variant_id) = (l.order_id, l.variant_id)
             AND m.reason = 'return'
        GROUP BY o.id, l.variant_id, l.quantity
        HAVING sum(m.change) > CASE WHEN o.number IS NULL THEN 0 ELSE l.quantity END""",
    "I17": """
        SELECT l.order_id FROM orders o JOIN order_lines l ON l.order_id = o.id
        WHERE l.quantity < (
            SELECT coalesce(sum((piece ->> 1)::int), 0)
            FROM jsonb_array_elements(o.parcels) parcel,
                 jsonb_array_elements(parcel -> 'contents') piece
            WHERE (piece ->> 0)::bigint = l.variant_id)""",
}


def faults(uri: str) -> dict[str, list[str]]:
    """What does not add up, by invariant."""
    engine = create_engine(uri, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            found = {
                name: [str(key) for key in connection.execute(text(question)).scalars()]
                for name, question in QUESTIONS.items()
            }
    finally:
        engine.dispose()
    return {name: keys for name, keys in found.items() if keys}
