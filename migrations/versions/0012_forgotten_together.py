"""A customer whose last orders are forgotten at the same moment is forgotten, too."""

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

CODE_CAN_WAIT = True

FORGET_CUSTOMER = """
    CREATE OR REPLACE FUNCTION forget_customer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {in_turn}
        UPDATE customers SET email_hash = NULL WHERE id = NEW.customer_id
        AND NOT EXISTS (
            SELECT FROM orders WHERE customer_id = NEW.customer_id AND email IS NOT NULL);
        RETURN NULL;
    END $$
"""
IN_TURN = "PERFORM FROM customers WHERE id = NEW.customer_id FOR UPDATE;"
"""Else neither of two sees what the other has not committed yet, and both leave her known."""


def upgrade() -> None:
    op.execute(FORGET_CUSTOMER.format(in_turn=IN_TURN))


def downgrade() -> None:
    op.execute(FORGET_CUSTOMER.format(in_turn=""))
