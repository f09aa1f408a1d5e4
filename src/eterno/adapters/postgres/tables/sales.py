"""Who bought what, and the money: orders and all that became of them."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from eterno.adapters.postgres.tables.columns import id_, metadata, minor, moment

KNOWN_CLIENT = "client NOT LIKE 'erased:%' AND state NOT IN ('awaiting', 'pending')"
"""Orders whose client can be forgotten, and was not; see `eterno.domain.privacy`."""

order_numbers = Sequence("order_numbers", start=1001, metadata=metadata)

customers = Table(
    "customers",
    metadata,
    id_(),
    Column("email_hash", LargeBinary),
    UniqueConstraint("email_hash"),
)
"""Kept by a trigger on `orders`."""

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("token", Text, nullable=False),
    Column("number", BigInteger),
    Column("state", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    minor("subtotal"),
    minor("discount"),
    minor("shipping"),
    minor("tax"),
    minor("total"),
    minor("captured"),
    minor("refunded"),
    Column("client", Text, nullable=False),
    Column("basket", Text, nullable=False),
    Column("key", Text),
    moment("created_at"),
    moment("pay_by"),
    Column("attempt", SmallInteger, nullable=False),
    Column("session_id", Text),
    Column("session_url", Text),
    Column("intent_id", Text),
    Column("email", Text),
    Column("buyer", JSONB),
    moment("paid_at", nullable=True),
    Column("review", Text),
    moment("promised_by", nullable=True),
    Column("parcels", JSONB, nullable=False, server_default=text("'[]'")),
    Column("dispute", JSONB),
    Column("fraud_warning", Boolean, nullable=False, server_default=text("false")),
    Column("search_words", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("customer_id", ForeignKey("customers.id")),
    UniqueConstraint("token"),
    UniqueConstraint("number"),
    UniqueConstraint("key"),
    UniqueConstraint("session_id"),
    UniqueConstraint("intent_id"),
    CheckConstraint(
        "state IN ('awaiting', 'pending', 'paid', 'in_production', 'shipped', 'delivered',"
        " 'cancelled', 'review', 'expired', 'failed')",
        name="state",
    ),
    CheckConstraint("total = subtotal - discount + shipping + tax", name="total"),
    CheckConstraint(
        "subtotal > 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0 AND total >= 0",
        name="amounts",
    ),
    CheckConstraint("0 <= refunded AND refunded <= captured", name="refunded_within_captured"),
    CheckConstraint(
        "state NOT IN ('paid', 'in_production', 'shipped', 'delivered')"
        " OR (captured = total AND number IS NOT NULL AND paid_at IS NOT NULL)",
        name="paid_in_full",
    ),
    CheckConstraint("(state = 'review') = (review IS NOT NULL)", name="review_has_reason"),
    CheckConstraint("session_url IS NULL OR session_id IS NOT NULL", name="url_has_session"),
    Index("ix_orders_overdue", "pay_by", postgresql_where=text("state = 'awaiting'")),
    Index(None, "state", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "search_words", postgresql_using="gin"),
    Index(None, "client", "created_at"),
    Index(
        "ix_orders_sold",
        "paid_at",
        postgresql_include=["id", "total"],
        postgresql_where=text("number IS NOT NULL"),
    ),
    Index("ix_orders_of_customer", "customer_id", postgresql_include=["id"]),
    Index(
        "ix_orders_known_client",
        "created_at",
        "id",
        postgresql_where=text(KNOWN_CLIENT),
    ),
    Index(
        "ix_orders_open_of_client",
        "client",
        postgresql_where=text("state IN ('awaiting', 'pending')"),
    ),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("variant_id", ForeignKey("variants.id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
    minor("unit_price"),
    Column("product_name", Text, nullable=False),
    Column("variant_label", Text, nullable=False),
    Column("sku", Text, nullable=False),
    UniqueConstraint("order_id", "variant_id", "quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("unit_price > 0", name="unit_price"),
    Index(None, "variant_id"),
)

order_events = Table(
    "order_events",
    metadata,
    id_(),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    moment("at"),
    Column("kind", Text, nullable=False),
    Column("actor", Text),
    Column("facts", JSONB, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "order_id", "id"),
    Index(None, "kind", "at"),
    Index("ix_order_events_paid", "order_id", "at", postgresql_where=text("kind = 'paid'")),
)

money_ledger = Table(
    "money_ledger",
    metadata,
    id_(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    minor("amount"),
    Column("currency", String(3), nullable=False),
    Column("reference", Text, nullable=False),
    moment("at"),
    Column("kind", Text, nullable=False, server_default=text("'capture'")),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("kind IN ('capture', 'refund', 'return')", name="kind"),
    CheckConstraint("(amount < 0) = (kind = 'refund')", name="direction"),
    Index(
        "ix_money_ledger_captured",
        "at",
        postgresql_include=["order_id", "amount"],
        postgresql_where=text("kind = 'capture'"),
    ),
    Index(
        "ix_money_ledger_returned",
        "at",
        postgresql_include=["order_id", "amount"],
        postgresql_where=text("kind <> 'capture'"),
    ),
    Index(
        "uq_money_ledger_one_capture_per_order",
        "order_id",
        unique=True,
        postgresql_where=text("kind = 'capture'"),
    ),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("state", Text, nullable=False),
    minor("amount"),
    minor("shipping"),
    minor("tax"),
    Column("currency", String(3), nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("restock", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("key", Text),
    Column("wish", Text, nullable=False),
    Column("provider_id", Text),
    moment("requested_at"),
    Column("requested_by", Text),
    moment("done_at", nullable=True),
    UniqueConstraint("order_id", "key"),
    UniqueConstraint("provider_id"),
    CheckConstraint("state IN ('pending', 'succeeded', 'failed')", name="state"),
    CheckConstraint("amount > 0 AND shipping >= 0 AND tax >= 0", name="amounts"),
    CheckConstraint("shipping + tax <= amount", name="parts"),
    CheckConstraint("state <> 'succeeded' OR done_at IS NOT NULL", name="done"),
    Index(None, "order_id", "requested_at", "id"),
    Index("ix_refunds_pending", "requested_at", postgresql_where=text("state = 'pending'")),
)

payment_notices = Table(
    "payment_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    moment("received_at"),
    Column("outcome", Text),
    moment("closed_at", nullable=True),
    Column("order_id", ForeignKey("orders.id")),
    Column("intent_id", Text),
    Column("sequel", JSONB),
    CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed_with_outcome"),
    Index(
        "ix_payment_notices_closed",
        "received_at",
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
    Index("ix_payment_notices_kept", "intent_id", postgresql_where=text("intent_id IS NOT NULL")),
)
