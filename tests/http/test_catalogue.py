"""Products and categories over HTTP: what an admin's pages send, and what they are answered."""

import json
from typing import Any

import pytest

from eterno.domain.inventory import Reason
from tests.builders import add_category, add_product, put_on_sale
from tests.support.pictures import JPEG
from tests.support.shops import ShopOverHttp

OAT = {
    "name": "Oat & Honey",
    "description": "Gentle",
    "ingredients": ["oats", "honey"],
    "img_key": "products/oat.jpg",
    "long_description": "Once\nupon a time",
}
Admin = dict[str, str]


@pytest.fixture(autouse=True)
def picture(here: ShopOverHttp) -> None:
    """The oat soap's was uploaded."""
    here.media.put("products/oat.jpg", JPEG)


def test_a_product_is_added(here: ShopOverHttp, admin: Admin) -> None:
    answer = here.client.post("/products", json=OAT, headers=admin)

    assert answer.status_code == 201
    product = answer.json()
    assert product == {
        **OAT,
        "id": product["id"],
        "slug": f"oat-honey-{product['id']}",
        "image_url": "https://pictures.example/products/oat.jpg",
        "variants": [],
        "categories": [],
    }
    assert here.client.get(f"/products/{product['id']}").json() == product


def test_a_picture_and_a_long_story_may_be_left_out_or_empty(
    here: ShopOverHttp, admin: Admin
) -> None:
    short = {name: OAT[name] for name in ("name", "description", "ingredients")}
    for words in (short, {**short, "img_key": "", "long_description": ""}):
        product = here.client.post("/products/", json=words, headers=admin).json()
        assert (product["img_key"], product["image_url"]) == (None, None)
        assert product["long_description"] is None


def test_a_product_is_edited_and_keeps_its_address_variants_and_categories(
    here: ShopOverHttp, admin: Admin
) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store, "Oat", categories=(gifts,))
    variant = put_on_sale(here.store, product)
    words = {**OAT, "name": "Oat & Milk"}

    answer = here.client.put(f"/products/{product.id}", json=words, headers=admin)

    assert answer.status_code == 200
    edited = answer.json()
    assert edited == here.client.get(f"/products/{product.id}").json()
    assert {name: edited[name] for name in words} == words
    assert edited["slug"] == product.slug
    assert [shown["id"] for shown in edited["variants"]] == [variant.id]
    assert [shown["id"] for shown in edited["categories"]] == [gifts.id]


def test_a_product_that_was_never_in_stock_is_gone(here: ShopOverHttp, admin: Admin) -> None:
    product = add_product(here.store, categories=(add_category(here.store),))
    put_on_sale(here.store, product, pieces=0)

    answer = here.client.delete(f"/products/{product.id}", headers=admin)

    assert (answer.status_code, answer.content) == (204, b"")
    assert here.client.get(f"/products/{product.id}").status_code == 404
    assert not here.store.tables.products
    assert not here.store.tables.variants


def test_a_product_that_was_sold_leaves_the_shop_but_not_the_books(
    here: ShopOverHttp, admin: Admin
) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store, categories=(gifts,))
    soap = put_on_sale(here.store, product)
    assert here.check_out((soap.id, 1, 8.99)).status_code == 200

    assert here.client.delete(f"/products/{product.id}", headers=admin).status_code == 204

    assert here.client.get("/products").json() == []
    assert here.client.get(f"/categories/{gifts.id}").json()["products"] == []
    for path in ("", "/variants", "/categories"):
        answer = here.client.get(f"/products/{product.id}{path}")
        assert answer.json()["detail"] == f"Product {product.id} not found"
    answer = here.client.get(f"/products/{product.id}/variants/{soap.id}")
    assert answer.json()["detail"] == f"ProductVariant {soap.id} not found"
    answer = here.check_out((soap.id, 1, 8.99))
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"ProductVariant {soap.id} not found",
    )
    assert here.client.delete(f"/products/{product.id}", headers=admin).status_code == 404
    assert here.store.tables.products[product.id].archived
    assert here.store.tables.variants[soap.id].archived
    [order] = here.shop.order_desk().latest()
    assert order.lines[0].product_name == product.name


def test_a_buyer_who_is_paying_gets_what_was_archived_meanwhile(
    here: ShopOverHttp, admin: Admin
) -> None:
    soap = put_on_sale(here.store, pieces=1)
    page = here.check_out((soap.id, 1, 8.99)).json()["url"]
    here.client.delete(f"/products/{soap.product_id}", headers=admin)

    here.notify(here.payments.pay(here.payments.session_at(page)))

    [order] = here.shop.order_desk().latest()
    assert order.state == "paid"
    assert here.store.tables.movements[-1].reason is Reason.SALE


# Categories


def test_categories_are_added_by_the_list(here: ShopOverHttp, admin: Admin) -> None:
    wanted = [{"name": "Gifts", "description": "To give"}, {"name": "Unscented", "description": ""}]

    answer = here.client.post("/categories", json=wanted, headers=admin)

    assert answer.status_code == 201
    made = answer.json()
    assert [{**category, "id": None} for category in made] == [
        {**category, "id": None} for category in wanted
    ]
    assert here.client.get("/categories").json() == made


def test_of_a_list_with_one_bad_category_none_is_added(here: ShopOverHttp, admin: Admin) -> None:
    wanted = [{"name": "Gifts", "description": ""}, {"name": " ", "description": ""}]

    answer = here.client.post("/categories", json=wanted, headers=admin)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "[1].name", "message": "must not be empty"}]
    assert here.client.get("/categories").json() == []


def test_a_category_is_edited(here: ShopOverHttp, admin: Admin) -> None:
    gifts = add_category(here.store)
    words = {"name": "Presents", "description": "To give"}

    answer = here.client.put(f"/categories/{gifts.id}", json=words, headers=admin)

    assert answer.status_code == 200
    assert answer.json() == {"id": gifts.id, **words}
    assert here.client.get("/categories").json() == [answer.json()]


def test_when_a_category_goes_its_products_stay(here: ShopOverHttp, admin: Admin) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store, categories=(gifts,))

    answer = here.client.delete(f"/categories/{gifts.id}", headers=admin)

    assert (answer.status_code, answer.content) == (204, b"")
    assert here.client.get(f"/categories/{gifts.id}").status_code == 404
    assert here.client.get(f"/products/{product.id}").json()["categories"] == []


def test_a_product_is_put_into_categories_and_again(here: ShopOverHttp, admin: Admin) -> None:
    gifts, unscented = add_category(here.store, "Gifts"), add_category(here.store, "Unscented")
    product = add_product(here.store)
    path = f"/products/{product.id}/categories"
    body = {"category_ids": [unscented.id, gifts.id, gifts.id]}

    for _ in range(2):
        answer = here.client.post(path, json=body, headers=admin)
        assert answer.status_code == 200
        assert answer.json() == {
            "product_id": product.id,
            "added_categories": ["Gifts", "Unscented"],
        }

    for spelling in (path, f"{path}/"):
        shown = here.client.get(spelling, follow_redirects=False).json()
        assert [category["id"] for category in shown] == [gifts.id, unscented.id]
        assert set(shown[0]) == {"id", "name", "description"}


def test_a_product_is_taken_out_of_a_category_and_again(here: ShopOverHttp, admin: Admin) -> None:
    gifts, unscented = add_category(here.store, "Gifts"), add_category(here.store, "Unscented")
    product = add_product(here.store, categories=(gifts, unscented))

    for _ in range(2):
        answer = here.client.delete(f"/products/{product.id}/categories/{gifts.id}", headers=admin)
        assert answer.status_code == 200
        assert answer.json() == here.client.get(f"/products/{product.id}").json()
        assert [category["id"] for category in answer.json()["categories"]] == [unscented.id]


def test_of_unknown_categories_none_is_assigned(here: ShopOverHttp, admin: Admin) -> None:
    gifts = add_category(here.store)
    product = add_product(here.store)

    answer = here.client.post(
        f"/products/{product.id}/categories",
        json={"category_ids": [gifts.id, 999]},
        headers=admin,
    )

    assert (answer.status_code, answer.json()["detail"]) == (404, "Category 999 not found")
    assert here.client.get(f"/products/{product.id}/categories").json() == []


# Refusals

ROUTES = [
    ("POST", "/products", OAT),
    ("PUT", "/products/1", OAT),
    ("DELETE", "/products/1", None),
    ("POST", "/products/1/categories", {"category_ids": [1]}),
    ("DELETE", "/products/1/categories/1", None),
    ("POST", "/categories", [{"name": "Gifts", "description": ""}]),
    ("PUT", "/categories/1", {"name": "Gifts", "description": ""}),
    ("DELETE", "/categories/1", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize("wrong", [None, b"no JSON", b'{"nonsense": 1}'], ids=str)
def test_a_stranger_hears_401_whatever_else_is_wrong(
    here: ShopOverHttp, method: str, path: str, body: Any, wrong: bytes | None
) -> None:
    content = wrong or json.dumps(body).encode()
    for token in ({}, {"Authorization": "Bearer forged"}):
        for spelling in (path, path.replace("1", "0"), path.replace("1", "999")):
            answer = here.client.request(
                method, spelling, content=content, headers={"Content-Type": "text/odd", **token}
            )
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json()["detail"] == (
                "Invalid or expired token" if token else "Not authenticated"
            )
    assert not here.store.tables.products
    assert not here.store.tables.categories


@pytest.mark.parametrize(
    ("method", "path", "body", "noun"),
    [
        ("PUT", "/products/999", OAT, "Product"),
        ("DELETE", "/products/999", None, "Product"),
        ("POST", "/products/999/categories", {"category_ids": []}, "Product"),
        ("DELETE", "/products/999/categories/1", None, "Product"),
        ("DELETE", "/products/1/categories/999", None, "Category"),
        ("POST", "/products/1/categories", {"category_ids": [999]}, "Category"),
        ("PUT", "/categories/999", {"name": "Gifts", "description": ""}, "Category"),
        ("DELETE", "/categories/999", None, "Category"),
        ("GET", "/products/999/categories", None, "Product"),
    ],
)
def test_what_is_not_there_is_named(
    here: ShopOverHttp, admin: Admin, method: str, path: str, body: Any, noun: str
) -> None:
    add_product(here.store, categories=(add_category(here.store),))

    answer = here.client.request(method, path, json=body, headers=admin)

    assert (answer.status_code, answer.json()["detail"]) == (404, f"{noun} 999 not found")


@pytest.mark.parametrize("id", ["0", "01", "+1", "1_0", "%D9%A1", "abc", "1.0", "%201", "%00"])
def test_an_id_is_a_plain_whole_number(here: ShopOverHttp, admin: Admin, id: str) -> None:
    for method, path, body in ROUTES:
        if "1" in path:
            spelling = path.replace("1", id)
            answer = here.client.request(method, spelling, json=body, headers=admin)
            assert answer.status_code == 422, (method, spelling)
            assert answer.json()["errors"][0]["field"] == "id"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in OAT.items() if key != name}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (without("name"), "name"),
        (without("description"), "description"),
        (without("ingredients"), "ingredients"),
        ({**OAT, "name": ""}, "name"),
        ({**OAT, "name": "x" * 121}, "name"),
        ({**OAT, "name": 7}, "name"),
        ({**OAT, "name": None}, "name"),
        ({**OAT, "name": "a\0b"}, "name"),
        ({**OAT, "name": "a\u202eb"}, "name"),
        ({**OAT, "name": "two\nlines"}, "name"),
        ({**OAT, "description": "x" * 4001}, "description"),
        ({**OAT, "description": "a\0b"}, "description"),
        ({**OAT, "long_description": "x" * 4001}, "long_description"),
        ({**OAT, "long_description": "\u2066"}, "long_description"),
        ({**OAT, "ingredients": "oats"}, "ingredients"),
        ({**OAT, "ingredients": [1]}, "ingredients[0]"),
        ({**OAT, "ingredients": ["oats", ""]}, "ingredients[1]"),
        ({**OAT, "ingredients": ["x" * 81]}, "ingredients[0]"),
        ({**OAT, "ingredients": ["oats"] * 61}, "ingredients"),
        ({**OAT, "img_key": "letters/oat.jpg"}, "img_key"),
        ({**OAT, "img_key": "products/../oat.jpg"}, "img_key"),
        ({**OAT, "img_key": "products/oat.svg"}, "img_key"),
        ({**OAT, "img_key": "https://evil.example/oat.jpg"}, "img_key"),
        ({**OAT, "img_key": 1}, "img_key"),
        ({**OAT, "price": 1}, "price"),
        ({**OAT, "id": 1}, "id"),
    ],
)
def test_a_product_is_not_written_like_that(
    here: ShopOverHttp, admin: Admin, words: dict[str, Any], field: str
) -> None:
    product = add_product(here.store)
    before = here.client.get("/products").json()

    for method, path in (("POST", "/products"), ("PUT", f"/products/{product.id}")):
        answer = here.client.request(method, path, json=words, headers=admin)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    assert here.client.get("/products").json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "Gifts", "description": ""}, ""),
        ([{"name": "Gifts"}], "[0].description"),
        ([{"name": "Gifts", "description": "", "id": 1}], "[0].id"),
        ([{"name": "Gifts", "description": None}], "[0].description"),
        ([{"name": "a\0b", "description": ""}], "[0].name"),
        ([{"name": "Gifts", "description": ""}] * 101, ""),
        ([1], "[0]"),
    ],
)
def test_categories_are_not_written_like_that(
    here: ShopOverHttp, admin: Admin, body: Any, field: str
) -> None:
    answer = here.client.post("/categories", json=body, headers=admin)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert here.client.get("/categories").json() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "category_ids"),
        ({"category_ids": 1}, "category_ids"),
        ({"category_ids": ["1"]}, "category_ids[0]"),
        ({"category_ids": [0]}, "category_ids[0]"),
        ({"category_ids": [10**30]}, "category_ids[0]"),
        ({"category_ids": [1] * 101}, "category_ids"),
        ({"category_ids": [1], "x": 1}, "x"),
    ],
)
def test_categories_are_not_assigned_like_that(
    here: ShopOverHttp, admin: Admin, body: Any, field: str
) -> None:
    product = add_product(here.store, categories=(add_category(here.store),))

    answer = here.client.post(f"/products/{product.id}/categories", json=body, headers=admin)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# Who did it


def test_what_an_admin_reads_nobody_stores(here: ShopOverHttp, admin: Admin) -> None:
    for answer in (
        here.client.post("/products", json=OAT, headers=admin),
        here.client.put("/products/999", json=OAT, headers=admin),
        here.client.post("/products", json={}, headers=admin),
        here.client.get("/inventory", headers=admin),
    ):
        assert answer.headers["cache-control"] == "no-store"
    assert "no-store" not in here.client.get("/products", headers=admin).headers.get(
        "cache-control", ""
    )


def test_every_change_is_in_the_audit_trail_with_its_request(
    here: ShopOverHttp, admin: Admin
) -> None:
    request = {"X-Request-Id": "a-request-1"}
    product = here.client.post("/products", json=OAT, headers={**admin, **request}).json()
    here.client.put(f"/products/{product['id']}", json={**OAT, "name": "Oat"}, headers=admin)

    added, edited = here.store.tables.audit

    assert (added.action, added.subject) == ("add product", f"product {product['id']}")
    assert (added.actor.username, added.actor.request_id) == ("rosa", "a-request-1")
    assert (edited.before, edited.after) == ({"name": "Oat & Honey"}, {"name": "Oat"})
