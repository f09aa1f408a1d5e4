"""Products, and what they are filed under."""

import httpx
import pytest

from tests.blackbox.goods import Goods, a_name, product
from tests.blackbox.problems import refused, wrong_fields
from tests.blackbox.routes import NOBODY

OPTIONAL = (str, type(None))
SHAPE: dict[str, type | tuple[type, ...]] = {
    "id": int,
    "name": str,
    "description": str,
    "long_description": OPTIONAL,
    "ingredients": list,
    "img_key": OPTIONAL,
    "image_url": OPTIONAL,
    "variants": list,
    "categories": list,
}


def test_a_product_is_made_and_answered_whole(admin: httpx.Client, goods: Goods) -> None:
    sent = product(long_description="Cured for six weeks", ingredients=["oats", "honey", "milk"])
    made = goods.product(**sent)
    assert {name: made[name] for name in sent} == sent
    assert made["variants"] == []
    assert made["categories"] == []
    assert made["image_url"] is None


def test_a_long_description_may_be_left_out(goods: Goods) -> None:
    assert goods.product()["long_description"] is None


def test_a_product_has_every_field_of_its_shape(visitor: httpx.Client, goods: Goods) -> None:
    made = goods.variant()
    shown = visitor.get(f"/products/{made['product_id']}").json()
    for name, kind in SHAPE.items():
        assert isinstance(shown[name], kind), name
    listed = next(p for p in visitor.get("/products").json() if p["id"] == made["product_id"])
    assert listed == shown


def test_products_are_listed_in_the_order_of_their_ids(visitor: httpx.Client, goods: Goods) -> None:
    made = [goods.product()["id"] for _ in range(3)]
    listed = [product["id"] for product in visitor.get("/products").json()]
    assert listed == sorted(listed)
    assert set(made) <= set(listed)


def test_a_product_that_is_not_there_is_named(visitor: httpx.Client) -> None:
    refused(visitor.get("/products/999999999"), 404, "Product 999999999 not found")


def test_a_product_is_changed_whole(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.product(long_description="Old", ingredients=["oats"])
    sent = product(description="New", ingredients=[])
    answer = admin.put(f"/products/{made['id']}", json=sent)
    assert answer.status_code == 200
    changed = answer.json()
    assert {name: changed[name] for name in sent} == sent
    assert changed["long_description"] is None
    assert visitor.get(f"/products/{made['id']}").json() == changed


def test_a_change_keeps_variants_and_categories(admin: httpx.Client, goods: Goods) -> None:
    soap, gifts = goods.variant(), goods.category()
    admin.post(f"/products/{soap['product_id']}/categories", json={"category_ids": [gifts["id"]]})
    changed = admin.put(f"/products/{soap['product_id']}", json=product()).json()
    assert [variant["id"] for variant in changed["variants"]] == [soap["id"]]
    assert [category["id"] for category in changed["categories"]] == [gifts["id"]]


def test_an_unknown_product_cannot_be_changed_or_deleted(admin: httpx.Client) -> None:
    detail = f"Product {NOBODY} not found"
    refused(admin.put(f"/products/{NOBODY}", json=product()), 404, detail)
    refused(admin.delete(f"/products/{NOBODY}"), 404, detail)


@pytest.mark.parametrize("field", ["name", "description", "ingredients"])
def test_what_a_product_must_have_is_named(field: str, admin: httpx.Client) -> None:
    sent = product()
    del sent[field]
    assert wrong_fields(admin.post("/products", json=sent)) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 121),
        ("name", 7),
        ("name", None),
        ("name", "a\x00b"),
        ("name", "a\u202eb"),
        ("description", "x" * 4001),
        ("description", "a\x1bb"),
        ("long_description", "x" * 50_000),
        ("ingredients", "oats"),
        ("ingredients", [""]),
        ("ingredients", [7]),
        ("ingredients", ["x" * 81]),
        ("ingredients", ["oats"] * 61),
        ("img_key", 7),
        ("img_key", "elsewhere/rose.png"),
        ("img_key", "products/../rose.png"),
        ("img_key", "https://evil.example/rose.png"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(
    field: str, value: object, admin: httpx.Client, goods: Goods
) -> None:
    sent = product(**{field: value})
    made = goods.product()
    for answer in (
        admin.post("/products", json=sent),
        admin.put(f"/products/{made['id']}", json=sent),
    ):
        assert any(name.startswith(field) for name in wrong_fields(answer))


def test_an_empty_picture_key_means_none(goods: Goods) -> None:
    assert goods.product(img_key="")["img_key"] is None


def test_text_is_kept_as_it_was_written(goods: Goods) -> None:
    name = f"{a_name()} « Ünï » 🧼 <b>&amp;</b>"
    assert goods.product(name=f"  {name} ")["name"] == name


def test_a_deleted_product_is_gone_with_its_variants(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant()
    path = f"/products/{soap['product_id']}"
    answer = admin.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    refused(visitor.get(path), 404)
    refused(visitor.get(f"{path}/variants/{soap['id']}"), 404)
    assert soap["product_id"] not in [each["id"] for each in visitor.get("/products").json()]
    refused(admin.delete(path), 404)


def test_a_product_is_filed_under_categories(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made, first, second = goods.product(), goods.category(), goods.category()
    path = f"/products/{made['id']}/categories"
    answer = admin.post(path, json={"category_ids": [second["id"], first["id"]]})
    assert answer.status_code == 200
    assert answer.json()["product_id"] == made["id"]
    assert sorted(answer.json()["added_categories"]) == sorted([first["name"], second["name"]])
    assert visitor.get(path).json() == [first, second]
    assert visitor.get(f"/products/{made['id']}").json()["categories"] == [first, second]
    shown = visitor.get(f"/categories/{first['id']}").json()
    assert [product["id"] for product in shown["products"]] == [made["id"]]


def test_filing_twice_is_fine(admin: httpx.Client, visitor: httpx.Client, goods: Goods) -> None:
    made, gifts = goods.product(), goods.category()
    path = f"/products/{made['id']}/categories"
    for _ in range(2):
        sent = {"category_ids": [gifts["id"], gifts["id"]]}
        assert admin.post(path, json=sent).status_code == 200
    assert visitor.get(path).json() == [gifts]


def test_filing_wants_a_product_and_categories_that_are_there(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made, gifts = goods.product(), goods.category()
    sent = {"category_ids": [gifts["id"]]}
    refused(
        admin.post(f"/products/{NOBODY}/categories", json=sent), 404, f"Product {NOBODY} not found"
    )
    path = f"/products/{made['id']}/categories"
    both = {"category_ids": [gifts["id"], NOBODY]}
    refused(admin.post(path, json=both), 404, f"Category {NOBODY} not found")
    assert visitor.get(path).json() == []
    refused(visitor.get(f"/products/{NOBODY}/categories"), 404, f"Product {NOBODY} not found")


@pytest.mark.parametrize("ids", ["1", ["1"], [1.5], [None], None, [0], [-1]])
def test_category_ids_are_whole_numbers(ids: object, admin: httpx.Client, goods: Goods) -> None:
    path = f"/products/{goods.product()['id']}/categories"
    wrong_fields(admin.post(path, json={"category_ids": ids}))


def test_a_product_is_taken_out_of_a_category(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made, gifts = goods.product(), goods.category()
    path = f"/products/{made['id']}/categories"
    admin.post(path, json={"category_ids": [gifts["id"]]})
    for _ in range(2):  # not assigned is fine
        answer = admin.delete(f"{path}/{gifts['id']}")
        assert answer.status_code == 200
        assert answer.json() == visitor.get(f"/products/{made['id']}").json()
        assert answer.json()["categories"] == []
    refused(admin.delete(f"{path}/{NOBODY}"), 404, f"Category {NOBODY} not found")
    refused(
        admin.delete(f"/products/{NOBODY}/categories/{gifts['id']}"),
        404,
        f"Product {NOBODY} not found",
    )
