"""What the shop has: the assortment, its pictures, its stock, and what was asked for in vain."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from eterno.adapters.postgres.tables.columns import id_, metadata, minor, moment

categories = Table(
    "categories",
    metadata,
    id_(),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
)

products = Table(
    "products",
    metadata,
    id_(),
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
    id_(),
    Column("product_id", ForeignKey("products.id"), nullable=False, index=True),
    Column("sku", Text, nullable=False),
    Column("size", Text, nullable=False),
    Column("shape", Text),
    Column("img_key", Text),
    minor("price"),
    Column("currency", String(3), nullable=False),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("sku"),
    CheckConstraint("price > 0", name="price"),
)

variant_prices = Table(
    "variant_prices",
    metadata,
    id_(),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    moment("at"),
    minor("price"),
    Index(None, "variant_id", "at"),
)
"""Kept by a trigger on `variants`."""

variant_costs = Table(
    "variant_costs",
    metadata,
    id_(),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    moment("at"),
    Column("cost", BigInteger),
    Column("actor", Text),
    CheckConstraint("cost >= 0", name="cost"),
    Index(None, "variant_id", "at"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", Text, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("size", Integer),
    moment("created_at"),
    moment("wanted_at"),
    moment("verified_at", nullable=True),
    moment("discarded_at", nullable=True),
    CheckConstraint("starts_with(key, 'products/')", name="place"),
    CheckConstraint("size > 0", name="size"),
)

shelves = Table(
    "shelves",
    metadata,
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True),
    Column("on_hand", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved_within_on_hand"),
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
    id_(),
    Column("variant_id", ForeignKey("variants.id"), nullable=False),
    Column("change", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("order_id", ForeignKey("orders.id")),
    moment("at"),
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

refused_demand = Table(
    "refused_demand",
    metadata,
    id_(),
    moment("at"),
    Column("variant_id", ForeignKey("variants.id", ondelete="CASCADE"), nullable=False),
    Column("missing", Integer, nullable=False),
    Column("cart", Text, nullable=False),
    CheckConstraint("missing > 0", name="missing"),
    Index(None, "at"),
    Index(None, "cart", "variant_id"),
)
