"""Pages of the shop window: of many products those that are wanted, in order, a few at a time."""

from __future__ import annotations

from typing import Any

import pytest

from eterno.application.ports.views import Sort, Wanted
from tests.builders import add_category, add_product, put_on_sale
from tests.contracts.conftest import Bench


def shelf_of(bench: Bench, *names: str) -> list[int]:
    """Products of these names, each with one soap; their ids."""
    ids = []
    for name in names:
        product = add_product(bench.store, name)
        put_on_sale(bench.store, product)
        ids.append(product.id)
    return ids


def names_of(bench: Bench, **wanted: Any) -> list[str]:
    return [shown.product.name for shown in bench.window.page(Wanted(**wanted)).products]


def test_a_page_shows_products_as_they_are_shown_among_all(bench: Bench) -> None:
    shelf_of(bench, "Oat", "Rose", "Mint")

    page = bench.window.page(Wanted())

    assert (list(page.products), page.more) == (list(bench.window.products()), False)


def test_pages_follow_each_other_to_the_end(bench: Bench) -> None:
    ids = shelf_of(bench, "Oat", "Rose", "Mint", "Oat", "Clay")
    for sort in Sort:
        seen: list[int] = []
        page = bench.window.page(Wanted(sort=sort, most=2))
        while page.more:
            seen += [shown.product.id for shown in page.products]
            page = bench.window.page(Wanted(sort=sort, most=2, after=seen[-1]))
        seen += [shown.product.id for shown in page.products]
        assert sorted(seen) == ids, sort


def test_products_come_in_the_order_that_was_asked_for(bench: Bench) -> None:
    shelf: dict[str, tuple[str, ...]] = {
        "rose": ("9.00", "2.00"),
        "Oat": ("5.00",),
        "Äther": (),
        "Mint": ("5.00",),
    }
    for name, prices in shelf.items():
        product = add_product(bench.store, name)
        for price in prices:
            put_on_sale(bench.store, product, price=price)

    assert names_of(bench) == ["rose", "Oat", "Äther", "Mint"]
    assert names_of(bench, sort=Sort.NEWEST) == ["Mint", "Äther", "Oat", "rose"]
    assert names_of(bench, sort=Sort.NAME) == ["Mint", "Oat", "rose", "Äther"]
    assert names_of(bench, sort=Sort.PRICE) == ["rose", "Oat", "Mint", "Äther"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lemon", ["Lemon & Poppy"]),
        ("LEMON", ["Lemon & Poppy"]),
        ("poppy lemon", ["Lemon & Poppy"]),
        ("lem", ["Lemon & Poppy"]),
        ("emon", []),
        ("lemon rose", []),
        ("honey", ["Lemon & Poppy", "Crème de Rose"]),
        ("crème", ["Crème de Rose"]),
        ("&", ["Lemon & Poppy", "Crème de Rose"]),
        ("':* | !lemon \\", ["Lemon & Poppy"]),
        ("", ["Lemon & Poppy", "Crème de Rose"]),
    ],
)
def test_products_are_found_by_the_beginnings_of_words(
    bench: Bench, text: str, names: list[str]
) -> None:
    shelf_of(bench, "Lemon & Poppy", "Crème de Rose")  # both are made of oats and honey

    assert names_of(bench, text=text) == names


def test_products_are_found_by_category_and_stock(bench: Bench) -> None:
    gifts = add_category(bench.store)
    full = add_product(bench.store, "Full", categories=(gifts,))
    empty = add_product(bench.store, "Empty", categories=(gifts,))
    put_on_sale(bench.store, full)
    put_on_sale(bench.store, full, pieces=0)
    put_on_sale(bench.store, empty, pieces=0)
    put_on_sale(bench.store, empty, archived=True)
    shelf_of(bench, "Elsewhere")

    assert names_of(bench, category=gifts.id) == ["Full", "Empty"]
    assert names_of(bench, in_stock=True) == ["Full", "Elsewhere"]
    assert names_of(bench, category=gifts.id, in_stock=True) == ["Full"]
    assert names_of(bench, category=999) == []


def test_what_is_archived_is_on_no_page(bench: Bench) -> None:
    add_product(bench.store, "Gone", archived=True)

    assert names_of(bench) == names_of(bench, text="gone") == []


@pytest.mark.parametrize("sort", Sort)
def test_after_the_last_product_comes_nothing(bench: Bench, sort: Sort) -> None:
    [only] = shelf_of(bench, "Oat")

    assert names_of(bench, sort=sort, after=only) == []


def test_what_was_erased_keeps_its_place_among_ids_and_no_other(bench: Bench) -> None:
    [only] = shelf_of(bench, "Oat")

    assert names_of(bench, sort=Sort.NEWEST, after=only + 1) == ["Oat"]
    assert names_of(bench, sort=Sort.ID, after=only + 1) == []
    assert names_of(bench, sort=Sort.NAME, after=only + 1) == []
    assert names_of(bench, sort=Sort.PRICE, after=only + 1) == []
