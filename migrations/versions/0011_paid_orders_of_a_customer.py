"""What somebody bought, found in indexes alone but for the sales themselves."""

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

CODE_CAN_WAIT = True

NEW = {
    "ix_order_events_paid": "order_events (order_id, at) WHERE kind = 'paid'",
    "ix_orders_of_customer": "orders (customer_id) INCLUDE (id)",
}
OLD = {"ix_orders_customer_id": "orders (customer_id)"}


def upgrade() -> None:
    _replace(OLD, NEW)


def downgrade() -> None:
    _replace(NEW, OLD)


def _replace(old: dict[str, str], new: dict[str, str]) -> None:
    """The old ones serve until the new ones are there."""
    with op.get_context().autocommit_block():
        for name, on in new.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {on}")
        for name in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
