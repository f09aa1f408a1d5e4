"""What changed in the catalogue of the forgetful store."""

from __future__ import annotations

from collections.abc import Mapping

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Tables
from eterno.adapters.memory.views import MemoryShopWindow
from eterno.application.ports.store import StoreUnavailable
from eterno.application.ports.views import CatalogueNews


class MemoryCatalogueChanges:
    """Implements `CatalogueChanges`: after any commit, everything may have changed."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._seen: Tables | None = None

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
        window = MemoryShopWindow(self._store)
        news = CatalogueNews()
        if tables is not seen:
            news = CatalogueNews(anew=True, shown=window.products(), categories=window.categories())
        self._seen = tables
        return news
