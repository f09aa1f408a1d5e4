"""The tables, as SQLAlchemy Core knows them. Migrations make them; `alembic check` compares.

The constraints repeat the invariants of docs/reliability.md (I01 to I14) where a database can hold
them: a bug in the code above is refused here. Two tables, `stock_movements` and `money_ledger`, are
append-only by trigger (see the first migration), as is `order_events` but for its words.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
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

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> Column:  # type: ignore[type-arg]  # a column of datetimes
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _minor(name: str) -> Column[int]:
    """An amount in minor units, in the currency of its row."""
    return Column(name, BigInteger, nullable=False)


categories = Table(
    "categories",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
)

products = Table(
    "products",
    metadata,
    _id(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("long_description", Text),
    Column("ingredients", ARRAY(Text), nullable=False),
    Column("img_key", Text),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("slug"),
    Index(
        "ix_products_words",
        text("product_words(name, description, long_description, ingredients)"),
        postgresql_using="gin",
    ),
)

product_categories = Table(
    "product_categories",
    metadata,
    Column("product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "category_id"),
)

variants = Table(
    "variants",
    metadata,
    _id(),
    Column("product_id", ForeignKey("products.id"), nullable=False, index=True),
    Column("sku", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("shape", Text),
    Column("img_key", Text),
    _minor("price"),
    Column("currency", String(3), nullable=False),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("sku"),
    CheckConstraint("price > 0", name="price"),
)

shelves = Table(
    "shelves",
    metadata,
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True),
    Column("on_hand", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved_within_on_hand"),
)

KNOWN_CLIENT = "client NOT LIKE 'erased:%' AND state NOT IN ('awaiting', 'pending')"
"""Orders whose client can be forgotten, and was not; see `eterno.domain.privacy`."""

order_numbers = Sequence("order_numbers", start=1001, metadata=metadata)

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("token", Text, nullable=False),
    Column("number", BigInteger),
    Column("state", Text, nullable=False),
    Column("currency", String(3), nullable=False),
    _minor("subtotal"),
    _minor("discount"),
    _minor("shipping"),
    _minor("tax"),
    _minor("total"),
    _minor("captured"),
    _minor("refunded"),
    Column("client", Text, nullable=False),
    Column("basket", Text, nullable=False),
    Column("key", Text),
    _moment("created_at"),
    _moment("pay_by"),
    Column("attempt", SmallInteger, nullable=False),
    Column("session_id", Text),
    Column("session_url", Text),
    Column("intent_id", Text),
    Column("email", Text),
    Column("buyer", JSONB),
    _moment("paid_at", nullable=True),
    Column("review", Text),
    _moment("promised_by", nullable=True),
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
    _minor("unit_price"),
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
    _id(),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    _moment("at"),
    Column("kind", Text, nullable=False),
    Column("actor", Text),
    Column("facts", JSONB, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "order_id", "id"),
    Index(None, "kind", "at"),
    Index("ix_order_events_paid", "order_id", "at", postgresql_where=text("kind = 'paid'")),
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("variant_id", BigInteger, primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("state", Text, nullable=False),
    ForeignKeyConstraint(
        ["order_id", "variant_id", "quantity"],
        ["order_lines.order_id", "order_lines.variant_id", "order_lines.quantity"],
    ),
    CheckConstraint("state IN ('held', 'consumed', 'released')", name="state"),
    Index("ix_reservations_held", "variant_id", postgresql_where=text("state = 'held'")),
)

stock_movements = Table(
    "stock_movements",
    metadata,
    _id(),
    Column("variant_id", ForeignKey("variants.id"), nullable=False),
    Column("change", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("order_id", ForeignKey("orders.id")),
    _moment("at"),
    Column("note", Text, nullable=False),
    Column("actor", Text),
    Column("key", Text),
    UniqueConstraint("key"),
    CheckConstraint("change <> 0", name="change"),
    CheckConstraint("reason IN ('delivery', 'count', 'sale', 'return')", name="reason"),
    CheckConstraint(
        "reason <> 'sale' OR (change < 0 AND order_id IS NOT NULL)", name="sale_has_order"
    ),
    Index(None, "at"),
    Index(None, "variant_id", "id"),
    Index(
        "uq_stock_movements_one_sale_per_line",
        "order_id",
        "variant_id",
        unique=True,
        postgresql_where=text("reason = 'sale'"),
    ),
)

money_ledger = Table(
    "money_ledger",
    metadata,
    _id(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    _minor("amount"),
    Column("currency", String(3), nullable=False),
    Column("reference", Text, nullable=False),
    _moment("at"),
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
    _minor("amount"),
    _minor("shipping"),
    _minor("tax"),
    Column("currency", String(3), nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("restock", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("key", Text),
    Column("wish", Text, nullable=False),
    Column("provider_id", Text),
    _moment("requested_at"),
    Column("requested_by", Text),
    _moment("done_at", nullable=True),
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
    _moment("received_at"),
    Column("outcome", Text),
    _moment("closed_at", nullable=True),
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

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reaction", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    _moment("created_at"),
    _moment("due_at"),
    _moment("leased_until", nullable=True),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    _moment("done_at", nullable=True),
    _moment("dead_at", nullable=True),
    Column("error", Text),
    CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
    CheckConstraint("done_at IS NULL OR attempts > 0", name="done_was_tried"),
    CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="done_or_dead"),
    Index(
        "ix_outbox_due",
        "due_at",
        postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
    ),
)

admins = Table(
    "admins",
    metadata,
    _id(),
    Column("username", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("token_version", Integer, nullable=False),
    UniqueConstraint("username"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    _id(),
    _moment("at"),
    Column("admin_id", ForeignKey("admins.id"), nullable=False),
    Column("username", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("before", JSONB),
    Column("after", JSONB),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    Column("subject", Text, nullable=False),
    _moment("at"),
    Index(None, "subject", "at"),
    Index(None, "at"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", Text, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("size", Integer),
    _moment("created_at"),
    _moment("wanted_at"),
    _moment("verified_at", nullable=True),
    _moment("discarded_at", nullable=True),
    CheckConstraint("starts_with(key, 'products/')", name="place"),
    CheckConstraint("size > 0", name="size"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, index=True),
    Column("text", Text, nullable=False),
    _moment("at"),
    Index(None, "at"),
)

customers = Table(
    "customers",
    metadata,
    _id(),
    Column("email_hash", LargeBinary),
    UniqueConstraint("email_hash"),
)
"""Kept by a trigger on `orders`, as the prices below are by one on `variants`."""

variant_prices = Table(
    "variant_prices",
    metadata,
    _id(),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    _moment("at"),
    _minor("price"),
    Index(None, "variant_id", "at"),
)

variant_costs = Table(
    "variant_costs",
    metadata,
    _id(),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    _moment("at"),
    Column("cost", BigInteger),
    Column("actor", Text),
    CheckConstraint("cost >= 0", name="cost"),
    Index(None, "variant_id", "at"),
)

refused_demand = Table(
    "refused_demand",
    metadata,
    _id(),
    _moment("at"),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    Column("missing", Integer, nullable=False),
    Column("cart", Text, nullable=False),
    CheckConstraint("missing > 0", name="missing"),
    Index(None, "at"),
    Index(None, "cart", "variant_id"),
)

figures_daily = Table(
    "figures_daily",
    metadata,
    Column("measure", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("known_day", Date, primary_key=True),
    Column("subject", BigInteger, primary_key=True, autoincrement=False),
    _minor("amount"),
    Index(
        "ix_figures_daily_sums",
        "measure",
        "day",
        postgresql_include=["known_day", "subject", "amount"],
    ),
)
"""Of the days that are over: what was learned on `known_day` about `day`."""

figures_state = Table(
    "figures_state",
    metadata,
    Column("zone", Text, primary_key=True),
    Column("until", Date, nullable=False),
)
"""Up to which day, and in which zone, `figures_daily` is complete."""
