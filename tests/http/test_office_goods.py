"""Stock, catalogue and pictures in the office, over memory and without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from eterno.domain.catalog import Variant
from eterno.domain.inventory import Reason
from eterno.domain.media import LARGEST
from tests.builders import add_category, put_on_sale, usd
from tests.support.office import Office
from tests.support.pictures import JPEG, PNG
from tests.support.shops import ShopOverHttp
from tests.support.signing_in import GOOD

PRODUCT = {
    "name": "Rose Clay",
    "description": "Soft",
    "long_description": "",
    "ingredients": "Olive oil\r\n\r\n Rose clay \r\n",
    "img_key": "",
}
VARIANT = {"size": "90 g", "shape": "heart", "price": "1,204.50", "stock": "12", "sku": ""}


@pytest.fixture
def office(here: ShopOverHttp) -> Office:
    """Rosa, inside."""
    here.shop.create_admin()("rosa", GOOD)
    office = Office(here.client)
    office.enter()
    return office


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(here.store)


def picture(data: bytes = PNG, name: str = "rose.png", kind: str = "image/png") -> dict[str, Any]:
    return {"picture": (name, data, kind)}


def shelf(here: ShopOverHttp, soap: Variant) -> int:
    return here.store.tables.shelves[soap.id].on_hand


# Stock


def test_a_count_sets_what_can_be_sold(here: ShopOverHttp, office: Office, soap: Variant) -> None:
    here.check_out((soap.id, 3, 8.99))
    assert re.search(r'name="seen" value="7"', office.get("/office/stock").text)

    answer = office.post(f"/office/stock/{soap.id}/count", available="5", seen="7")

    assert answer.headers["location"] == "/office/stock?said=counted"
    assert shelf(here, soap) == 8
    assert here.store.tables.movements[-1].actor == "rosa"


def test_a_count_of_what_has_changed_meanwhile_changes_nothing(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    answer = office.post(f"/office/stock/{soap.id}/count", available="5", seen="9")

    assert answer.status_code == 412
    assert "It has changed since you looked. This is what it is now." in answer.text
    assert re.search(r'name="seen" value="10"', answer.text)
    assert shelf(here, soap) == 10


@pytest.mark.parametrize("available", ["", "-1", "1.5", "x", "1000001", "1_0", "\0"])
def test_a_count_that_is_none_is_refused_beside_its_row(
    here: ShopOverHttp, office: Office, soap: Variant, available: str
) -> None:
    answer = office.post(f"/office/stock/{soap.id}/count", available=available, seen="10")

    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="wrong"' in answer.text
    assert shelf(here, soap) == 10


def test_only_what_is_low_can_be_shown(here: ShopOverHttp, office: Office, soap: Variant) -> None:
    low = put_on_sale(here.store, pieces=2)

    page = office.get("/office/stock?low=yes").text

    assert f'id="line-{low.id}"' in page
    assert f'id="line-{soap.id}"' not in page


def test_a_delivery_arrives_once_however_often_it_is_sent(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    key = re.search(r'name="key" value="([^"]+)"', office.get(f"/office/stock/{soap.id}").text)
    assert key
    for _ in range(2):
        answer = office.post(
            f"/office/stock/{soap.id}/delivery", quantity="30", note="spring batch", key=key[1]
        )
        assert answer.status_code == 303

    assert shelf(here, soap) == 40
    page = office.get(f"/office/stock/{soap.id}?said=delivery").text
    assert "spring batch" in page
    assert "+30" in page


@pytest.mark.parametrize(("way", "left"), [("fewer", 6), ("more", 14)])
def test_pieces_break_and_turn_up(
    here: ShopOverHttp, office: Office, soap: Variant, way: str, left: int
) -> None:
    office.post(f"/office/stock/{soap.id}/correction", way=way, change="4", why="in the cellar")

    assert shelf(here, soap) == left
    assert here.store.tables.movements[-1].reason is Reason.COUNT
    assert "in the cellar" in office.get("/office/stock/movements").text


@pytest.mark.parametrize(
    ("deed", "fields", "status"),
    [
        ("delivery", {"quantity": "0"}, 422),
        ("delivery", {"quantity": "many"}, 422),
        ("correction", {"way": "fewer", "change": "4", "why": ""}, 422),
        ("correction", {"way": "up", "change": "4", "why": "x"}, 422),
        ("correction", {"way": "fewer", "change": "11", "why": "x"}, 409),
    ],
)
def test_what_cannot_be_moved_is_said_and_what_was_typed_stays(
    here: ShopOverHttp,
    office: Office,
    soap: Variant,
    deed: str,
    fields: dict[str, str],
    status: int,
) -> None:
    answer = office.post(f"/office/stock/{soap.id}/{deed}", **fields, note="typed 42")

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert deed == "correction" or "typed 42" in answer.text
    assert shelf(here, soap) == 10


@pytest.mark.parametrize("id", ["0", "x", "999", "9" * 30, "%00"])
def test_what_is_not_on_a_shelf_is_not_found(office: Office, id: str) -> None:
    assert office.get(f"/office/stock/{id}").status_code in (404, 422)
    for deed in ("count", "delivery", "correction"):
        assert office.post(f"/office/stock/{id}/{deed}").status_code in (404, 422)


def test_movements_are_paged(here: ShopOverHttp, office: Office, soap: Variant) -> None:
    for _ in range(60):
        here.shop.receive_delivery()(rosa(here), soap.id, 1)
    first = office.get("/office/stock/movements").text
    more = re.search(r'href="(\?after=\d+)"', first)
    assert more
    assert first.count("+1<") == 50
    assert office.get(f"/office/stock/movements{more[1]}").text.count("+1<") == 10
    assert office.get("/office/stock/movements?after=x").status_code == 422


def rosa(here: ShopOverHttp) -> Any:
    token = here.sign_in()["Authorization"].removeprefix("Bearer ")
    return here.shop.identify()(token, request_id="request-1")


# Products


def test_a_product_comes_with_its_picture(here: ShopOverHttp, office: Office) -> None:
    office.get("/office/catalogue/new")

    answer = office.post("/office/catalogue/new", **PRODUCT, files=picture())

    (product,) = here.store.tables.products.values()
    assert answer.headers["location"] == f"/office/catalogue/{product.id}?said=product"
    assert (product.name, product.ingredients) == ("Rose Clay", ("Olive oil", "Rose clay"))
    assert product.long_description is None
    assert product.img_key is not None
    assert here.media.pictures == {product.img_key: PNG}
    assert product.img_key in office.get("/office/catalogue").text


def test_a_picture_that_was_brought_before_is_put_to_use(
    here: ShopOverHttp, office: Office
) -> None:
    brought = office.post("/office/pictures", files=picture(JPEG, "rose.jpg", "image/jpeg"))
    assert brought.status_code == 201
    key = brought.json()["key"]

    office.post("/office/catalogue/new", **{**PRODUCT, "img_key": key})

    (product,) = here.store.tables.products.values()
    assert product.img_key == key


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        (None, "No picture was chosen"),
        (picture(b""), "No picture was chosen"),
        (picture(b"<svg/>", kind="image/svg+xml"), "one of image/jpeg"),
        (picture(b"<script>"), "no picture of the type"),
        (picture(PNG + b"x" * LARGEST), "bytes"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(
    here: ShopOverHttp, office: Office, files: Any, detail: str
) -> None:
    answer = office.post("/office/pictures", files=files)

    assert answer.status_code == 422
    assert detail in answer.json()["detail"]
    assert here.media.pictures == {}


def test_a_product_that_cannot_be_is_refused_and_what_was_typed_stays(
    here: ShopOverHttp, office: Office
) -> None:
    answer = office.post(
        "/office/catalogue/new", **{**PRODUCT, "name": "x" * 121}, files=picture(b"no picture")
    )
    assert answer.status_code == 422
    assert "no picture of the type" in answer.text

    answer = office.post("/office/catalogue/new", **{**PRODUCT, "name": "x" * 121})

    assert answer.status_code == 422
    assert 'id="fault-name"' in answer.text
    assert "Rose clay" in answer.text
    assert here.store.tables.products == {}


def test_a_product_is_written_anew_and_loses_its_picture_on_request(
    here: ShopOverHttp, office: Office
) -> None:
    office.post("/office/catalogue/new", **PRODUCT, files=picture())
    (product,) = here.store.tables.products.values()
    here_ = f"/office/catalogue/{product.id}"
    kept = {**PRODUCT, "name": "Rose", "img_key": product.img_key or ""}

    assert office.post(here_, **kept).status_code == 303
    assert here.store.tables.products[product.id].img_key == product.img_key
    assert office.post(here_, **kept, no_picture="yes").status_code == 303

    changed = here.store.tables.products[product.id]
    assert (changed.name, changed.img_key) == ("Rose", None)
    assert office.post(here_, **{**kept, "name": " "}).status_code == 422


def test_categories_are_exactly_those_that_are_ticked(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    gifts, plain = add_category(here.store, "Gifts"), add_category(here.store, "Plain")
    here_ = f"/office/catalogue/{soap.product_id}"

    office.post(f"{here_}/categories", category=[str(gifts.id), str(plain.id)])
    office.post(f"{here_}/categories", category=str(plain.id))

    assert here.store.tables.placements == {(soap.product_id, plain.id)}
    assert office.post(f"{here_}/categories", category="999").status_code == 404
    assert office.post(f"{here_}/categories").status_code == 303
    assert here.store.tables.placements == set()


def test_what_is_archived_is_gone_from_the_shop(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    here_ = f"/office/catalogue/{soap.product_id}"

    assert office.post(f"{here_}/variants/{soap.id}/archive").headers["location"].startswith(here_)
    assert office.get(f"{here_}/variants/{soap.id}").status_code == 404
    assert office.post(f"{here_}/archive").headers["location"] == "/office/catalogue?said=archived"
    assert office.get(here_).status_code == 404


# Variants


def test_a_variant_is_offered_with_its_first_pieces(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    here_ = f"/office/catalogue/{soap.product_id}"
    assert office.get(f"{here_}/variants/new").status_code == 200

    assert office.post(f"{here_}/variants/new", **VARIANT, files=picture()).status_code == 303

    variant = max(here.store.tables.variants.values(), key=lambda one: one.id)
    assert (variant.size, variant.shape, variant.price) == ("90 g", "heart", usd("1204.50"))
    assert variant.img_key in here.media.pictures
    assert shelf(here, variant) == 12


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"price": "free"}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "1e3000000"}, "price"),
        ({"stock": "-1"}, "stock"),
        ({"size": ""}, "size"),
        ({"sku": "so so"}, "sku"),
    ],
)
def test_a_variant_that_cannot_be_is_refused(
    here: ShopOverHttp, office: Office, soap: Variant, changed: dict[str, str], fault: str
) -> None:
    here_ = f"/office/catalogue/{soap.product_id}/variants"
    for path in (f"{here_}/new", f"{here_}/{soap.id}"):
        answer = office.post(path, **{**VARIANT, **changed})
        assert answer.status_code == 422, answer.text
        assert f'id="fault-{fault}"' in answer.text
    assert len(here.store.tables.variants) == 1


def test_a_variant_is_changed_only_as_it_was_seen(
    here: ShopOverHttp, office: Office, soap: Variant
) -> None:
    here_ = f"/office/catalogue/{soap.product_id}/variants/{soap.id}"
    seen = re.search(r'name="seen" value="([^"]+)"', office.get(here_).text)
    assert seen
    tag = seen[1].replace("&#34;", '"')
    here.check_out((soap.id, 1, 8.99))

    late = office.post(here_, **VARIANT, seen=tag)

    assert late.status_code == 412
    assert "has changed since you looked" in late.text
    seen = re.search(r'name="seen" value="([^"]+)"', late.text)
    assert seen
    tag = seen[1].replace("&#34;", '"')
    assert office.post(here_, **VARIANT, seen=tag).status_code == 303
    assert here.store.tables.variants[soap.id].price == usd("1204.50")


# Categories


def test_categories_are_made_renamed_and_given_up(here: ShopOverHttp, office: Office) -> None:
    assert office.post("/office/catalogue/categories", name="Gifts").status_code == 303
    (category,) = here.store.tables.categories.values()
    path = f"/office/catalogue/categories/{category.id}"

    assert office.post(path, name="Presents", description="For two").status_code == 303
    assert "Presents" in office.get("/office/catalogue/categories").text
    assert office.post(path, name=" ").status_code == 422
    assert office.post("/office/catalogue/categories", name="").status_code == 422
    assert office.post(f"{path}/remove").status_code == 303
    assert office.post(f"{path}/remove").status_code == 404
    assert here.store.tables.categories == {}
