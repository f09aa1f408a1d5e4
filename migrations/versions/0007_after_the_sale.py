"""After the sale: fulfilment, refunds, and the history of orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."

STATES = "'awaiting', 'pending', 'paid', 'review', 'expired', 'failed'"
NEW_STATES = (
    "'awaiting', 'pending', 'paid', 'in_production', 'shipped', 'delivered',"
    " 'cancelled', 'review', 'expired', 'failed'"
)
IN_FULL = "(captured = total AND number IS NOT NULL AND paid_at IS NOT NULL)"

LINES = """
    (SELECT jsonb_agg(jsonb_build_object('variant_id', l.variant_id, 'quantity', l.quantity,
                                         'unit_price', l.unit_price) ORDER BY l.variant_id)
     FROM order_lines l WHERE l.order_id = o.id)
"""
PLACED = f"jsonb_build_object('currency', o.currency, 'subtotal', o.subtotal, 'lines', {LINES})"
PAID = f"""
    jsonb_build_object(
        'channel', 'web', 'number', o.number, 'paid_at', o.paid_at, 'promised_by', NULL,
        'currency', o.currency, 'subtotal', o.subtotal, 'discount', o.discount,
        'shipping', o.shipping, 'tax', o.tax, 'total', o.total, 'lines', {LINES})
"""
REVIEW = "jsonb_build_object('reason', o.review, 'paid_at', o.paid_at, 'captured', o.captured)"
KNOWN = (
    ("placed", "o.created_at", "true", PLACED),
    ("pending", "o.created_at", "o.state = 'pending'", "'{}'::jsonb"),
    ("failed", "o.pay_by", "o.state = 'failed'", "'{}'::jsonb"),
    ("expired", "o.pay_by", "o.state = 'expired'", "'{}'::jsonb"),
    ("paid", "o.paid_at", "o.state = 'paid'", PAID),
    ("review", "o.paid_at", "o.state = 'review'", REVIEW),
)
"""What the orders themselves still know of their history: kind, when, which orders, facts."""


def upgrade() -> None:
    op.add_column("orders", sa.Column("promised_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "orders",
        sa.Column("parcels", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("orders", sa.Column("dispute", postgresql.JSONB(), nullable=True))
    op.add_column(
        "orders",
        sa.Column(
            "search_words", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.execute(
        "UPDATE orders SET search_words = array_remove("
        " ARRAY[number::text, lower(email)]"
        " || regexp_split_to_array(lower(coalesce(buyer ->> 'name', '')), '\\s+'), NULL)"
    )
    op.create_index(op.f("ix_orders_state_created_at_id"), "orders", ["state", "created_at", "id"])
    op.create_index(op.f("ix_orders_created_at_id"), "orders", ["created_at", "id"])
    op.create_index(
        op.f("ix_orders_search_words"), "orders", ["search_words"], postgresql_using="gin"
    )
    _check("state", f"state IN ({NEW_STATES})")
    _check(
        "paid_in_full",
        f"state NOT IN ('paid', 'in_production', 'shipped', 'delivered') OR {IN_FULL}",
    )
    op.create_table(
        "order_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
    )
    op.create_index(op.f("ix_order_events_order_id_id"), "order_events", ["order_id", "id"])
    op.create_index(op.f("ix_order_events_kind_at"), "order_events", ["kind", "at"])
    op.execute("SET LOCAL timezone = 'UTC'")
    for kind, at, orders, facts in KNOWN:
        op.execute(
            "INSERT INTO order_events (order_id, at, kind, facts, words) "  # noqa: S608  # our own
            f"SELECT o.id, {at}, '{kind}', {facts}, '' FROM orders o WHERE {orders} "
            "ORDER BY o.created_at, o.id"
        )
    # What people wrote may be taken out again when a buyer asks for it; what happened may not.
    op.execute(
        "CREATE TRIGGER append_only"
        " BEFORE UPDATE OF id, order_id, at, kind, actor, facts OR DELETE OR TRUNCATE"
        " ON order_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.add_column(
        "money_ledger",
        sa.Column("kind", sa.Text(), server_default=sa.text("'capture'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_money_ledger_kind"), "money_ledger", "kind IN ('capture', 'refund', 'return')"
    )
    op.create_check_constraint(
        op.f("ck_money_ledger_direction"), "money_ledger", "(amount < 0) = (kind = 'refund')"
    )
    _one_capture("kind = 'capture'")
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("restock", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'succeeded', 'failed')", name=op.f("ck_refunds_state")
        ),
        sa.CheckConstraint(
            "amount > 0 AND shipping >= 0 AND tax >= 0", name=op.f("ck_refunds_amounts")
        ),
        sa.CheckConstraint("shipping + tax <= amount", name=op.f("ck_refunds_parts")),
        sa.CheckConstraint(
            "state <> 'succeeded' OR done_at IS NOT NULL", name=op.f("ck_refunds_done")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("order_id", "key", name=op.f("uq_refunds_order_id_key")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_refunds_provider_id")),
    )
    op.create_index(
        op.f("ix_refunds_order_id_requested_at_id"), "refunds", ["order_id", "requested_at", "id"]
    )


def downgrade() -> None:
    op.drop_table("refunds")
    _one_capture("amount > 0")
    op.drop_column("money_ledger", "kind")
    op.drop_table("order_events")
    # What those before knew: sold, or given up.
    op.execute(
        "UPDATE orders SET state = CASE state WHEN 'cancelled' THEN 'expired' ELSE 'paid' END"
        " WHERE state IN ('in_production', 'shipped', 'delivered', 'cancelled')"
    )
    _check("state", f"state IN ({STATES})")
    _check("paid_in_full", f"state <> 'paid' OR {IN_FULL}")
    for index in ("state_created_at_id", "created_at_id"):
        op.drop_index(op.f(f"ix_orders_{index}"), "orders")
    for column in ("search_words", "dispute", "parcels", "promised_by"):
        op.drop_column("orders", column)


def _check(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_orders_{name}"), "orders", type_="check")
    op.create_check_constraint(op.f(f"ck_orders_{name}"), "orders", condition)


def _one_capture(condition: str) -> None:
    name = "uq_money_ledger_one_capture_per_order"
    op.drop_index(name, "money_ledger")
    op.create_index(
        name, "money_ledger", ["order_id"], unique=True, postgresql_where=sa.text(condition)
    )
