"""Reports of a payment that come before its order knows it; fraud warnings; waiting refunds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."


def upgrade() -> None:
    op.add_column("payment_notices", sa.Column("intent_id", sa.Text(), nullable=True))
    op.add_column("payment_notices", sa.Column("sequel", postgresql.JSONB(), nullable=True))
    op.create_index(
        op.f("ix_payment_notices_kept"),
        "payment_notices",
        ["intent_id"],
        postgresql_where=sa.text("intent_id IS NOT NULL"),
    )
    op.add_column(
        "orders",
        sa.Column("fraud_warning", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(
        op.f("ix_refunds_pending"),
        "refunds",
        ["requested_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_refunds_pending"), "refunds")
    op.drop_column("orders", "fraud_warning")
    op.drop_index(op.f("ix_payment_notices_kept"), "payment_notices")
    op.drop_column("payment_notices", "sequel")
    op.drop_column("payment_notices", "intent_id")
