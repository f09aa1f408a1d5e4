"""Finding the oldest tries, so that they can be forgotten."""

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."


def upgrade() -> None:
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_attempts_at"), table_name="attempts")
