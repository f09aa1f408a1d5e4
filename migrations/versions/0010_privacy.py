"""Privacy: finding what is old enough to be forgotten, however much there is."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."

KNOWN_CLIENT = "client NOT LIKE 'erased:%' AND state NOT IN ('awaiting', 'pending')"
"""Nothing leads back from a client that is erased; see `eterno.domain.privacy`."""


FORGET_CUSTOMER = """
    CREATE OR REPLACE FUNCTION forget_customer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE customers SET email_hash = NULL WHERE id = NEW.customer_id {unless};
        RETURN NULL;
    END $$
"""
STILL_KNOWN = """
    AND NOT EXISTS (
        SELECT FROM orders WHERE customer_id = NEW.customer_id AND email IS NOT NULL)
"""


def upgrade() -> None:
    # An attempt to buy is forgotten in time; whoever bought something else stays a customer.
    op.execute(FORGET_CUSTOMER.format(unless=STILL_KNOWN))
    op.create_index(
        "ix_orders_known_client",
        "orders",
        ["created_at", "id"],
        postgresql_where=sa.text(KNOWN_CLIENT),
    )
    op.create_index(op.f("ix_messages_at"), "messages", ["at"])
    op.create_index(
        "ix_payment_notices_closed",
        "payment_notices",
        ["received_at"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_payment_notices_closed", "payment_notices")
    op.drop_index(op.f("ix_messages_at"), "messages")
    op.drop_index("ix_orders_known_client", "orders")
    op.execute(FORGET_CUSTOMER.format(unless=""))
