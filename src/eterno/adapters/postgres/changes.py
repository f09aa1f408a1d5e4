"""What changed in the catalogue, asked of the rows themselves.

PostgreSQL keeps in every row which transaction wrote it (xmin), and a snapshot tells which
transactions were still under way. So "rows written by transactions that the last look could not see
whole" is a question that needs no trigger, no version column and no NOTIFY: those who sell pay
nothing for it. See docs/decisions/0016 for the figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, text

from eterno.adapters.postgres.catalogue import ALL_CATEGORIES
from eterno.adapters.postgres.mapping import category_of
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.shop_window import shown_products
from eterno.adapters.postgres.store import PostgresStore, at_one_moment
from eterno.application.ports.views import CatalogueNews, ShownProduct

AT_ONCE = 500
"""Products read in one exchange: enough to be quick, few enough to leave the others their turn."""

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
_WRITTEN = text("""
    WITH since AS MATERIALIZED (
        SELECT coalesce(age(CAST(CAST(:horizon AS text) AS xid)), 2147483647) AS span
    )
    SELECT CAST(pg_current_snapshot() AS text) AS snapshot,
        (SELECT count(*) FROM products) AS products,
        (SELECT array_agg(id) FROM products
         WHERE age(xmin) <= (SELECT span FROM since)) AS new_products,
        (SELECT count(*) FROM variants) AS variants,
        (SELECT array_agg(ARRAY[id, product_id]) FROM variants
         WHERE age(xmin) <= (SELECT span FROM since)) AS new_variants,
        (SELECT array_agg(ARRAY[variant_id, on_hand - reserved]) FROM shelves
         WHERE age(xmin) <= (SELECT span FROM since)) AS stock,
        (SELECT array_agg(ARRAY[variant_id, on_hand - reserved]) FROM shelves
         WHERE variant_id = ANY (CAST(:told AS bigint[]))) AS told,
        (SELECT count(*) FROM product_categories) AS members,
        (SELECT array_agg(ARRAY[product_id, category_id]) FROM product_categories
         WHERE age(xmin) <= (SELECT span FROM since)) AS new_members,
        (SELECT count(*) FROM categories) AS categories,
        (SELECT array_agg(id) FROM categories
         WHERE age(xmin) <= (SELECT span FROM since)) AS new_categories
""")
"""Everything written by a transaction that is not older than `horizon` (all, without one), and how
many rows there are: rows that went away cannot be seen, but they are missing from the count. Of
shelves, which change with every sale, what is on them, so that nobody needs to ask again. 3 ms for
10,000 products and 20,000 variants; counting and filtering in one pass takes twice as long."""
_PRESENT = text("""
    SELECT ARRAY(SELECT id FROM products) AS products,
        ARRAY(SELECT ARRAY[id, product_id] FROM variants) AS variants,
        ARRAY(SELECT ARRAY[product_id, category_id] FROM product_categories) AS members,
        ARRAY(SELECT id FROM categories) AS categories
""")
"""Every row that there is, by its key: asked when one that we know of is missing from the count.
For 10,000 products and 20,000 variants such a look takes 70 ms; reading all of them
took 2,100 in the same run, on a busy machine."""


class PostgresCatalogueChanges:
    """Implements `CatalogueChanges`. The store should have connections of its own: whoever sells
    must not keep this waiting."""

    def __init__(self, store: PostgresStore, own: OwnNews) -> None:
        self._store = store
        self._own = own
        self._known: _Known | None = None

    @property
    def stirs(self) -> int:
        return self._own.stirs

    def own_stock(self) -> Mapping[int, int]:
        return self._own.take_stock()

    def look(self) -> CatalogueNews:
        known, self._known = self._known, None  # if this fails, nothing is known any more
        told = self._own.begin_look()
        with self._store.look() as connection:
            snapshot = connection.execute(_SNAPSHOT).scalar_one()
            if known and known.snapshot == snapshot and not told:
                self._known = known  # nothing was committed anywhere
                return CatalogueNews()
            # A product read later than what changed may show a row that is gone by the next look,
            # which then misses nothing.
            with at_one_moment(connection):
                news, self._known = _news(connection, known or _Known(), told)
        return news


class _Known:
    """Where the last look stood, and which rows there were."""

    def __init__(self) -> None:
        self.snapshot: str | None = None
        self.products: set[int] = set()
        self.product_of: dict[int, int] = {}
        """By variant."""
        self.members: set[tuple[int, int]] = set()
        """(product, category)."""
        self.categories: set[int] = set()

    @property
    def horizon(self) -> str | None:
        """The oldest transaction under way at the last snapshot, as a row's xmin would show it."""
        return str(int(self.snapshot.partition(":")[0]) % 2**32) if self.snapshot else None

    def learn(self, written: Row[Any]) -> None:
        self.snapshot = written.snapshot
        self.products.update(written.new_products or ())
        self.product_of.update(written.new_variants or ())
        self.members.update(map(tuple, written.new_members or ()))
        self.categories.update(written.new_categories or ())

    def misses_nothing(self, written: Row[Any]) -> bool:
        """False when rows that we know of went away."""
        return (len(self.products), len(self.product_of), len(self.members)) == (
            written.products,
            written.variants,
            written.members,
        ) and len(self.categories) == written.categories

    def touched(self, written: Row[Any]) -> set[int]:
        """The products that look different because of these rows, other than in their stock."""
        renamed = set(written.new_categories or ())
        sorted_there = (product for product, category in self.members if category in renamed)
        return {
            *(written.new_products or ()),
            *(product for _, product in written.new_variants or ()),
            *(product for product, _ in written.new_members or ()),
            *(sorted_there if renamed else ()),
        }

    def correct(self, present: Row[Any]) -> set[int]:
        """Know these rows and no others; the products that look different for it."""
        products, product_of = set(present.products), dict(present.variants)
        members = set(map(tuple, present.members))
        wrong = {
            *(self.products ^ products),
            *(product for _, product in self.product_of.items() ^ product_of.items()),
            *(product for product, _ in self.members ^ members),
        }
        self.products, self.product_of, self.members = products, product_of, members
        self.categories = set(present.categories)
        return wrong


def _news(
    connection: Connection, known: _Known, told: Collection[int]
) -> tuple[CatalogueNews, _Known]:
    anew, categories_before = known.snapshot is None, len(known.categories)
    written = connection.execute(_WRITTEN, {"horizon": known.horizon, "told": list(told)}).one()
    known.learn(written)
    touched = known.touched(written)
    if not known.misses_nothing(written):  # something was erased
        touched |= known.correct(connection.execute(_PRESENT).one())
    shown = tuple(_shown(connection, sorted(touched)))
    gone = frozenset(touched - {each.product.id for each in shown})
    categories = None
    if anew or written.new_categories or len(known.categories) < categories_before:
        categories = [category_of(row) for row in connection.execute(ALL_CATEGORIES)]
    stock = {} if anew else dict((*(written.stock or ()), *(written.told or ())))
    news = CatalogueNews(anew=anew, shown=shown, gone=gone, stock=stock, categories=categories)
    return news, known


def _shown(connection: Connection, ids: list[int]) -> Iterator[ShownProduct]:
    for start in range(0, len(ids), AT_ONCE):
        yield from shown_products(connection, ids[start : start + AT_ONCE])
