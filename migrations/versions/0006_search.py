"""Searching for products by words."""

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

WHILE_SERVING = "Older than the first release: no shop was open that could have had to wait."


def upgrade() -> None:
    # `array_to_string` is not immutable for every type of element; for text it is.
    op.execute("""
        CREATE FUNCTION product_words(
            name text, description text, long_description text, ingredients text[]
        ) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN to_tsvector(
            'simple',
            name || ' ' || description || ' ' || coalesce(long_description, '') || ' '
                || array_to_string(ingredients, ' ')
        )
    """)
    op.execute("""
        CREATE INDEX ix_products_words ON products USING gin (
            product_words(name, description, long_description, ingredients)
        )
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_products_words")
    op.execute("DROP FUNCTION product_words")
