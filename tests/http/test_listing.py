"""Long lists: page by page, and only what is wanted."""

from __future__ import annotations

import pytest

from tests.builders import add_category, add_product, put_on_sale
from tests.support.shops import ShopOverHttp, shop_over_http


def names(here: ShopOverHttp, path: str) -> list[str]:
    return [product["name"] for product in here.client.get(path).json()]


def test_a_list_is_followed_by_its_links_to_the_end(here: ShopOverHttp) -> None:
    for name in "edcba":
        add_product(here.store, name)
    for sort, expected in {"id": "edcba", "-id": "abcde", "name": "abcde"}.items():
        path, seen = f"/products?limit=2&sort={sort}", ""
        while path:
            answer = here.client.get(path)
            seen += "".join(product["name"] for product in answer.json())
            path = answer.links.get("next", {}).get("url", "")
        assert seen == expected


def test_a_link_keeps_what_was_wanted(here: ShopOverHttp) -> None:
    gifts = add_category(here.store)
    for _ in range(2):
        put_on_sale(here.store, add_product(here.store, "Oat", categories=(gifts,)))

    answer = here.client.get(f"/products?limit=1&q=oat&category={gifts.id}&in_stock=1&sort=price")

    query = f"q=oat&category={gifts.id}&in_stock=true&sort=price&limit=1&after=1"
    assert answer.headers["link"] == f'</products?{query}>; rel="next"'


def test_a_small_shop_is_listed_whole_and_a_large_one_page_by_page() -> None:
    with shop_over_http(PRODUCTS_UNPAGED_MAX="3") as here:
        for number in range(3):
            add_product(here.store, str(number))
        answer = here.client.get("/products")
        assert (len(answer.json()), "link" in answer.headers) == (3, False)

        add_product(here.store, "one too many")

        answer = here.client.get("/products")
        assert len(answer.json()) == 3
        assert names(here, answer.links["next"]["url"]) == ["one too many"]


def test_of_a_large_category_the_rest_is_behind_its_link() -> None:
    with shop_over_http(PRODUCTS_UNPAGED_MAX="2") as here:
        gifts = add_category(here.store)
        for name in ("Oat", "Rose"):
            add_product(here.store, name, categories=(gifts,))
        answer = here.client.get("/categories/1")
        assert (len(answer.json()["products"]), "link" in answer.headers) == (2, False)

        add_product(here.store, "one too many", categories=(gifts,))

        answer = here.client.get("/categories/1")
        assert len(answer.json()["products"]) == 2
        assert answer.headers["link"] == '</products?category=1&limit=2&after=2>; rel="next"'
        assert names(here, answer.links["next"]["url"]) == ["one too many"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=1_0", "limit"),
        ("limit=", "limit"),
        ("after=x", "after"),
        ("after=99999999999999999999", "after"),
        ("category=-1", "category"),
        ("in_stock=perhaps", "in_stock"),
        ("sort=colour", "sort"),
        ("q=" + 101 * "x", "q"),
        ("q=%00", "q"),
    ],
)
def test_what_cannot_be_wanted_is_named(here: ShopOverHttp, query: str, field: str) -> None:
    answer = here.client.get(f"/products?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
