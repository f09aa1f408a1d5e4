"""The catalogue's bytes: how much of them is kept, and what is written anew when."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from eterno.adapters.memory.changes import MemoryCatalogueChanges
from eterno.adapters.memory.store import MemoryStore
from eterno.application.ports.views import ShownProduct
from eterno.entrypoints.http import catalogue_bytes, wire
from eterno.entrypoints.http.answers import LONGEST_ACCEPTED, preferred
from eterno.entrypoints.http.catalogue_bytes import LONGEST_ADDRESS, Catalogue
from tests.builders import add_category, add_product, put_on_sale
from tests.support.clock import FixedClock


@pytest.fixture
def store() -> MemoryStore:
    """Three products, each with two variants, in a category."""
    store = MemoryStore(FixedClock())
    gifts = add_category(store, "Gifts")
    for name in ("Oat", "Rose", "Mint"):
        product = add_product(store, name, categories=(gifts,))
        put_on_sale(store, product)
        put_on_sale(store, product, size="5 g", price="0.10")
    return store


@pytest.fixture
def catalogue(store: MemoryStore) -> Catalogue:
    catalogue = Catalogue(str, unpaged=500)
    catalogue.hear(MemoryCatalogueChanges(store).look())
    return catalogue


def pages(number: int) -> bytes:
    return b"after=%d" % (number + 1)


def spellings(number: int) -> bytes:
    """Of one and the same page."""
    return b"limit=1" + b"&" * number


@pytest.mark.parametrize("query", [pages, spellings])
def test_whatever_visitors_think_of_only_so_much_is_kept(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, query: Callable[[int], bytes]
) -> None:
    monkeypatch.setattr(catalogue_bytes, "MOST_KEPT", 20_000)

    for number in range(200):
        for coding in (None, b"br", b"gzip", b"zstd"):
            reply = catalogue.reply("/products", query(number), accepts=coding)
            assert reply is not None
            assert reply.status == 200

    assert len(catalogue._answers) < 20


@pytest.mark.parametrize("accepts", [(None,), (b"zstd", b"br", b"gzip", None)])
def test_what_is_kept_is_counted(
    catalogue: Catalogue, memory: Callable[[], int], accepts: tuple[bytes | None, ...]
) -> None:
    catalogue.reply("/products", b"limit=2")
    counted, taken = catalogue._kept, memory()

    for number in range(LONGEST_ADDRESS - len("/products") - len("limit=2")):
        for coding in accepts:
            assert catalogue.reply("/products", spellings(number), accepts=coding)

    assert catalogue._kept - counted >= 0.8 * (memory() - taken)


def test_when_a_product_changes_what_is_kept_no_longer_is_not_counted(
    store: MemoryStore, catalogue: Catalogue
) -> None:
    for path in ("/products", "/products/1", "/products/2/variants", "/categories/1"):
        for coding in (b"br", b"gzip"):
            catalogue.reply(path, accepts=coding)
    assert catalogue._kept > 0

    for shown in MemoryCatalogueChanges(store).look().shown:
        catalogue.hear_stock({each.variant.id: 0 for each in shown.variants})

    assert (catalogue._answers, catalogue._kept) == ({}, 0)


@pytest.mark.parametrize("erased", ["a product", "a member"])
def test_when_a_row_is_erased_only_its_product_is_written_anew(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, erased: str
) -> None:
    written: list[int] = []

    def summary_out(shown: ShownProduct, picture: wire.PictureUrl) -> wire.ProductSummaryOut:
        written.append(shown.product.id)
        return wire.summary_out(shown, picture)

    monkeypatch.setattr(catalogue_bytes, "summary_out", summary_out)
    changes, catalogue = MemoryCatalogueChanges(store), Catalogue(str, unpaged=500)
    spare = add_product(store, "Spare")
    catalogue.hear(changes.look())
    catalogue.reply("/products")
    other, gone = catalogue.reply("/products/1"), catalogue.reply(f"/products/{spare.id}")
    assert other is not None
    assert gone is not None
    written.clear()
    with store.begin() as work:
        work.products.hold(spare.id if erased == "a product" else 2)
        if erased == "a product":
            work.products.remove(spare.id)
        else:
            work.products.unassign(2, [1])

    catalogue.hear(changes.look())

    for path in ("/products", "/categories/1", "/products/2"):
        assert catalogue.reply(path)
    assert written == ([] if erased == "a product" else [2])
    assert catalogue.reply("/products/1") is other
    assert (catalogue.reply(f"/products/{spare.id}") is None) == (erased == "a product")


def test_an_address_that_is_too_long_is_the_applications_to_answer(catalogue: Catalogue) -> None:
    length = LONGEST_ADDRESS - len("/products")
    assert catalogue.reply("/products", b"limit=1".rjust(length, b"&"))
    assert catalogue.reply("/products", b"limit=1".rjust(length + 1, b"&")) is None
    assert catalogue.reply("/products" + "/" * LONGEST_ADDRESS) is None


def test_a_coding_that_is_asked_for_at_length_is_not_remembered(catalogue: Catalogue) -> None:
    before = preferred.cache_info().currsize
    reply = catalogue.reply("/products", accepts=b"gzip" + b"," * LONGEST_ACCEPTED)
    assert reply is not None
    assert b"content-encoding" not in dict(reply.headers)
    assert preferred.cache_info().currsize == before


@pytest.fixture
def memory() -> Iterator[Callable[[], int]]:
    """Tells how many bytes are taken."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
