"""Dead letters are counted without reading the letters that arrived."""

from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

CODE_CAN_WAIT = True


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_outbox_dead")  # of an attempt cut short
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_outbox_dead")
