"""What changed in the catalogue of the forgetful store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Tables
from eterno.adapters.memory.views import MemoryShopWindow
from eterno.application.ports.store import StoreUnavailable
from eterno.application.ports.views import CatalogueNews, ShownProduct
from eterno.domain.catalog import Category


class MemoryCatalogueChanges:
    """Implements `CatalogueChanges`: after a commit, all there is against all there was."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._seen: Tables | None = None
        self._shown: Mapping[int, ShownProduct] = {}
        self._categories: Sequence[Category] = ()

    @property
    def stirs(self) -> int:
        return self._store.commits

    def own_stock(self) -> Mapping[int, int]:
        return {}

    def look(self) -> CatalogueNews:
        seen, self._seen = self._seen, None
        if self._store.silent:
            raise StoreUnavailable
        tables = self._store.tables
        news = CatalogueNews() if tables is seen else self._news(anew=seen is None)
        self._seen = tables
        return news

    def _news(self, *, anew: bool) -> CatalogueNews:
        window = MemoryShopWindow(self._store)
        shown, self._shown = (
            ({} if anew else self._shown),
            {each.product.id: each for each in window.products()},
        )
        categories, self._categories = self._categories, window.categories()
        return CatalogueNews(
            anew=anew,
            shown=tuple(each for id, each in self._shown.items() if each != shown.get(id)),
            gone=frozenset(shown.keys() - self._shown.keys()),
            categories=self._categories if anew or self._categories != categories else None,
        )
