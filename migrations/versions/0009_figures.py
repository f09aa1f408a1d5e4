"""Figures: what they are summed from, and the sums of days that are over."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."


LEDGER_INDEXES = (
    ("ix_money_ledger_captured", "kind = 'capture'"),
    ("ix_money_ledger_returned", "kind <> 'capture'"),
)


def upgrade() -> None:
    _sums()
    _customers()
    _prices_and_costs()
    _demand()
    op.create_index(op.f("ix_stock_movements_at"), "stock_movements", ["at"])
    op.create_index(op.f("ix_orders_client_created_at"), "orders", ["client", "created_at"])
    op.create_index(
        "ix_orders_sold",
        "orders",
        ["paid_at"],
        postgresql_include=["id", "total"],
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    for name, condition in LEDGER_INDEXES:
        op.create_index(
            name,
            "money_ledger",
            ["at"],
            postgresql_include=["order_id", "amount"],
            postgresql_where=sa.text(condition),
        )


def downgrade() -> None:
    for name, _ in LEDGER_INDEXES:
        op.drop_index(name, "money_ledger")
    op.drop_index("ix_orders_sold", "orders")
    op.drop_index(op.f("ix_orders_client_created_at"), "orders")
    op.drop_index(op.f("ix_stock_movements_at"), "stock_movements")
    op.drop_table("refused_demand")
    op.drop_table("variant_costs")
    op.execute("DROP TRIGGER price_ledger ON variants")
    op.execute("DROP FUNCTION note_price()")
    op.drop_table("variant_prices")
    op.execute("DROP TRIGGER know_customer ON orders")
    op.execute("DROP TRIGGER forget_customer ON orders")
    op.drop_column("orders", "customer_id")
    op.execute("DROP FUNCTION know_customer()")
    op.execute("DROP FUNCTION forget_customer()")
    op.drop_table("customers")
    op.drop_table("figures_state")
    op.drop_table("figures_daily")


def _sums() -> None:
    op.create_table(
        "figures_daily",
        sa.Column("known_day", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "measure", "day", "known_day", "subject", name=op.f("pk_figures_daily")
        ),
    )
    op.create_index(
        "ix_figures_daily_sums",
        "figures_daily",
        ["measure", "day"],
        postgresql_include=["known_day", "subject", "amount"],
    )
    op.create_table(
        "figures_state",
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("zone", name=op.f("pk_figures_state")),
    )


def _customers() -> None:
    """A number for each buyer, by a fingerprint of her address. When she is forgotten the address
    is gone from her orders and the fingerprint from here; her number stays, and means nobody."""
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email_hash", name=op.f("uq_customers_email_hash")),
    )
    op.add_column("orders", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_orders_customer_id"), "orders", "customers", ["customer_id"], ["id"]
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"])
    op.execute(
        """
        CREATE FUNCTION know_customer() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            fingerprint bytea := sha256(convert_to(lower(btrim(NEW.email)), 'UTF8'));
        BEGIN
            SELECT id INTO NEW.customer_id FROM customers WHERE email_hash = fingerprint;
            IF NEW.customer_id IS NULL THEN
                INSERT INTO customers (email_hash) VALUES (fingerprint) ON CONFLICT DO NOTHING;
                SELECT id INTO NEW.customer_id FROM customers WHERE email_hash = fingerprint;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER know_customer BEFORE INSERT OR UPDATE OF email ON orders FOR EACH ROW"
        " WHEN (NEW.email IS NOT NULL AND NEW.customer_id IS NULL)"
        " EXECUTE FUNCTION know_customer()"
    )
    op.execute(
        """
        CREATE FUNCTION forget_customer() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE customers SET email_hash = NULL WHERE id = NEW.customer_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER forget_customer AFTER UPDATE OF email ON orders FOR EACH ROW"
        " WHEN (OLD.email IS NOT NULL AND NEW.email IS NULL AND NEW.customer_id IS NOT NULL)"
        " EXECUTE FUNCTION forget_customer()"
    )
    op.execute("UPDATE orders SET email = email WHERE email IS NOT NULL")


def _prices_and_costs() -> None:
    """What a piece was offered for, and what it cost to make, since when."""
    op.create_table(
        "variant_prices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["variants.id"],
            name=op.f("fk_variant_prices_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant_prices")),
    )
    op.create_index(op.f("ix_variant_prices_variant_id_at"), "variant_prices", ["variant_id", "at"])
    op.execute(
        "INSERT INTO variant_prices (variant_id, at, price)"
        " SELECT id, timestamptz '2000-01-01 00:00Z', price FROM variants ORDER BY id"
    )
    op.execute(
        """
        CREATE FUNCTION note_price() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' OR NEW.price <> OLD.price THEN
                INSERT INTO variant_prices (variant_id, at, price)
                VALUES (NEW.id, now(), NEW.price);
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER price_ledger AFTER INSERT OR UPDATE OF price ON variants FOR EACH ROW"
        " EXECUTE FUNCTION note_price()"
    )
    op.create_table(
        "variant_costs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_variant_costs_cost")),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["variants.id"],
            name=op.f("fk_variant_costs_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant_costs")),
    )
    op.create_index(op.f("ix_variant_costs_variant_id_at"), "variant_costs", ["variant_id", "at"])
    _unalterable("variant_prices")
    _unalterable("variant_costs")


def _demand() -> None:
    """What buyers wanted and could not have."""
    op.create_table(
        "refused_demand",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("cart", sa.Text(), nullable=False),
        sa.CheckConstraint("missing > 0", name=op.f("ck_refused_demand_missing")),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["variants.id"],
            name=op.f("fk_refused_demand_variant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_demand")),
    )
    op.create_index(op.f("ix_refused_demand_at"), "refused_demand", ["at"])
    op.create_index(
        op.f("ix_refused_demand_cart_variant_id"), "refused_demand", ["cart", "variant_id"]
    )
    _unalterable("refused_demand")


def _unalterable(table: str) -> None:
    """Rows leave only with a variant that was never sold and is taken out of the catalogue."""
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
