"""What visitors see, in the shapes that the existing shop front reads."""

import pytest

from tests.builders import add_category, add_product, put_on_sale
from tests.support.shops import ShopOverHttp


def test_an_empty_shop_has_empty_lists(here: ShopOverHttp) -> None:
    assert here.client.get("/products").json() == []
    assert here.client.get("/categories").json() == []


def test_a_product_has_all_that_the_shop_front_reads(here: ShopOverHttp) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store, categories=(gifts,))
    variant = put_on_sale(here.store, product, price="8.99", pieces=7)

    assert here.client.get(f"/products/{product.id}").json() == {
        "id": product.id,
        "slug": product.slug,
        "name": "Oat & Honey",
        "description": "Gentle",
        "long_description": None,
        "ingredients": ["oats", "honey"],
        "img_key": None,
        "image_url": None,
        "categories": [{"id": gifts.id, "name": "Gifts", "description": ""}],
        "variants": [
            {
                "id": variant.id,
                "product_id": product.id,
                "sku": variant.sku,
                "size": "100 g",
                "shape": None,
                "img_key": None,
                "image_url": None,
                "price": 8.99,
                "stock_quantity": 7,
            }
        ],
    }


def test_a_price_is_the_number_that_people_write(here: ShopOverHttp) -> None:
    variant = put_on_sale(here.store, price="1234.56")
    answer = here.client.get(f"/products/{variant.product_id}/variants")
    assert b'"price":1234.56,' in answer.content


def test_stock_is_what_can_be_sold_now(here: ShopOverHttp) -> None:
    variant = put_on_sale(here.store, pieces=5)
    assert here.check_out((variant.id, 2, 8.99)).status_code == 200
    [shown] = here.client.get(f"/products/{variant.product_id}/variants").json()
    assert shown["stock_quantity"] == 3


def test_a_product_without_variants_has_an_empty_list_of_them(here: ShopOverHttp) -> None:
    product = add_product(here.store)
    assert here.client.get(f"/products/{product.id}").json()["variants"] == []


def test_a_category_has_its_products_without_their_categories(here: ShopOverHttp) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store, categories=(gifts,))
    add_product(here.store, "Elsewhere")

    category = here.client.get(f"/categories/{gifts.id}").json()

    assert set(category) == {"id", "name", "description", "products"}
    [shown] = category["products"]
    assert shown["id"] == product.id
    assert "categories" not in shown


def test_lists_are_in_the_order_of_ids(here: ShopOverHttp) -> None:
    for name in ("Zinnia", "Aster", "Mallow"):
        add_product(here.store, name)
    ids = [product["id"] for product in here.client.get("/products").json()]
    assert ids == sorted(ids)
    assert len(ids) == 3


@pytest.mark.parametrize("path", ["/products", "/categories"])
def test_a_list_answers_with_and_without_a_slash_at_the_end(here: ShopOverHttp, path: str) -> None:
    for spelling in (path, f"{path}/"):
        answer = here.client.get(spelling, follow_redirects=False)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/products/999", "Product 999 not found"),
        ("/products/999/variants", "Product 999 not found"),
        ("/categories/999", "Category 999 not found"),
        ("/products/9999999999999999999", "Product 9999999999999999999 not found"),
    ],
)
def test_what_is_not_there_is_named(here: ShopOverHttp, path: str, detail: str) -> None:
    answer = here.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == detail


@pytest.mark.parametrize(
    "id",
    ["0", "01", "-1", "+1", "1_0", "%D9%A1", "abc", "1.0", "%201", "1%0A", "1" * 20, "%00"],
)
def test_an_id_is_a_plain_whole_number(here: ShopOverHttp, id: str) -> None:
    for path in (f"/products/{id}", f"/products/{id}/variants", f"/categories/{id}"):
        answer = here.client.get(path)
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["field"] == "id"


def test_a_stale_token_does_not_keep_anybody_from_looking(here: ShopOverHttp) -> None:
    answer = here.client.get("/products", headers={"Authorization": "Bearer long.since.expired"})
    assert answer.status_code == 200
