"""Categories."""

import httpx
import pytest

from tests.blackbox.goods import Goods, a_name
from tests.blackbox.problems import refused, wrong_fields
from tests.blackbox.routes import NOBODY


def test_categories_are_made_as_a_list(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    sent = [{"name": a_name(), "description": text} for text in ("Nice to get", "")]
    answer = admin.post("/categories", json=sent)
    assert answer.status_code == 201
    made = answer.json()
    for category in made:
        goods.remember(f"/categories/{category['id']}")
    assert [{"name": c["name"], "description": c["description"]} for c in made] == sent
    assert [c for c in visitor.get("/categories").json() if c in made] == made


def test_a_category_has_exactly_three_fields(visitor: httpx.Client, goods: Goods) -> None:
    made = goods.category()
    assert made.keys() == {"id", "name", "description"}
    assert made in visitor.get("/categories").json()
    shown = visitor.get(f"/categories/{made['id']}").json()
    assert shown == {**made, "products": []}


def test_categories_are_listed_in_the_order_of_their_ids(
    visitor: httpx.Client, goods: Goods
) -> None:
    for _ in range(3):
        goods.category()
    listed = [category["id"] for category in visitor.get("/categories").json()]
    assert listed == sorted(listed)


def test_the_products_of_a_category_are_summaries_in_the_order_of_their_ids(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    gifts = goods.category()
    made = [goods.variant()["product_id"] for _ in range(2)]
    for id in reversed(made):
        admin.post(f"/products/{id}/categories", json={"category_ids": [gifts["id"]]})
    products = visitor.get(f"/categories/{gifts['id']}").json()["products"]
    assert [product["id"] for product in products] == made
    for product in products:
        assert "categories" not in product
        assert len(product["variants"]) == 1


def test_a_category_that_is_not_there_is_named(admin: httpx.Client, visitor: httpx.Client) -> None:
    path, detail = f"/categories/{NOBODY}", f"Category {NOBODY} not found"
    refused(visitor.get(path), 404, detail)
    refused(admin.put(path, json={"name": a_name(), "description": ""}), 404, detail)
    refused(admin.delete(path), 404, detail)


def test_a_category_is_renamed(admin: httpx.Client, visitor: httpx.Client, goods: Goods) -> None:
    made = goods.category()
    sent = {"name": a_name(), "description": "For others"}
    answer = admin.put(f"/categories/{made['id']}", json=sent)
    assert answer.status_code == 200
    assert answer.json() == {"id": made["id"], **sent}
    assert visitor.get(f"/categories/{made['id']}").json() == {**answer.json(), "products": []}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 121), ("name", 7), ("name", "a\x00b"), ("description", None)],
)
def test_a_field_that_cannot_be_right_is_named(
    field: str, value: object, admin: httpx.Client, goods: Goods
) -> None:
    sent = {"name": a_name(), "description": "", field: value}
    made = goods.category()
    for answer in (
        admin.post("/categories", json=[sent]),
        admin.put(f"/categories/{made['id']}", json=sent),
    ):
        assert any(field in name for name in wrong_fields(answer))


def test_of_a_list_with_one_fault_nothing_is_made(
    admin: httpx.Client, visitor: httpx.Client
) -> None:
    name = a_name()
    sent = [{"name": name, "description": ""}, {"name": "", "description": ""}]
    wrong_fields(admin.post("/categories", json=sent))
    assert name not in [category["name"] for category in visitor.get("/categories").json()]


def test_a_deleted_category_leaves_its_products(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    product, gifts = goods.product(), goods.category()
    admin.post(f"/products/{product['id']}/categories", json={"category_ids": [gifts["id"]]})
    answer = admin.delete(f"/categories/{gifts['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(visitor.get(f"/categories/{gifts['id']}"), 404)
    shown = visitor.get(f"/products/{product['id']}")
    assert (shown.status_code, shown.json()["categories"]) == (200, [])
