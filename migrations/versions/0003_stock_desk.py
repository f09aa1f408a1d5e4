"""Stock movements that may be asked for twice, and are read page by page."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."


def upgrade() -> None:
    op.add_column("stock_movements", sa.Column("key", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_stock_movements_key"), "stock_movements", ["key"])
    op.create_index(
        op.f("ix_stock_movements_variant_id_id"), "stock_movements", ["variant_id", "id"]
    )
    op.drop_index(op.f("ix_stock_movements_variant_id"), "stock_movements")


def downgrade() -> None:
    op.create_index(op.f("ix_stock_movements_variant_id"), "stock_movements", ["variant_id"])
    op.drop_index(op.f("ix_stock_movements_variant_id_id"), "stock_movements")
    op.drop_constraint(op.f("uq_stock_movements_key"), "stock_movements")
    op.drop_column("stock_movements", "key")
