"""The stock room over HTTP: what stands there, the ledger, deliveries and corrections."""

from typing import Any

import pytest

from eterno.domain.catalog import Variant
from tests.builders import add_product, put_on_sale
from tests.support.shops import ShopOverHttp, admin_headers, shop_over_http

Admin = dict[str, str]


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(here.store)


def deliver(here: ShopOverHttp, soap: Variant, body: Any, admin: Admin, **headers: str) -> Any:
    return here.client.post(
        f"/inventory/{soap.id}/deliveries", json=body, headers={**admin, **headers}
    )


def correct(here: ShopOverHttp, soap: Variant, body: Any, admin: Admin, **headers: str) -> Any:
    return here.client.post(
        f"/inventory/{soap.id}/corrections", json=body, headers={**admin, **headers}
    )


def test_the_stock_is_listed_by_variant(here: ShopOverHttp, admin: Admin) -> None:
    product = add_product(here.store, "Oat & Honey")
    soap = put_on_sale(here.store, product, pieces=8)
    few = put_on_sale(here.store, product, size="50 g", pieces=5)
    put_on_sale(here.store, product, archived=True)
    here.check_out((soap.id, 2, 8.99))

    for spelling in ("/inventory", "/inventory/"):
        answer = here.client.get(spelling, headers=admin, follow_redirects=False)
        assert answer.status_code == 200
        assert answer.json() == [
            {
                "variant_id": soap.id,
                "product_id": product.id,
                "product_name": "Oat & Honey",
                "variant": "100 g",
                "sku": soap.sku,
                "on_hand": 8,
                "held": 2,
                "available": 6,
                "low_stock": False,
            },
            {
                "variant_id": few.id,
                "product_id": product.id,
                "product_name": "Oat & Honey",
                "variant": "50 g",
                "sku": few.sku,
                "on_hand": 5,
                "held": 0,
                "available": 5,
                "low_stock": True,
            },
        ]


def test_only_what_is_low_can_be_asked_for(here: ShopOverHttp, admin: Admin, soap: Variant) -> None:
    few = put_on_sale(here.store, pieces=5)
    for query, ids in (
        ("?low=true", [few.id]),
        ("?low=false", [soap.id, few.id]),
        ("", [soap.id, few.id]),
    ):
        listed = here.client.get(f"/inventory{query}", headers=admin).json()
        assert [line["variant_id"] for line in listed] == ids


@pytest.mark.parametrize("low", ["", "1", "True", "yes", "%00"])
def test_low_is_true_or_false(here: ShopOverHttp, admin: Admin, low: str) -> None:
    answer = here.client.get(f"/inventory?low={low}", headers=admin)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "low"


def test_what_is_low_is_for_the_owner_to_say() -> None:
    with shop_over_http(LOW_STOCK_THRESHOLD="10") as shop:
        put_on_sale(shop.store, pieces=10)
        put_on_sale(shop.store, pieces=11)
        stock = shop.client.get("/inventory", headers=admin_headers(shop.shop)).json()
        assert [line["low_stock"] for line in stock] == [True, False]


def test_a_delivery_adds_to_what_is_on_hand(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    here.check_out((soap.id, 2, 8.99))

    answer = deliver(here, soap, {"quantity": 24, "note": "from the workshop"}, admin)

    assert answer.status_code == 201
    assert [answer.json()] == here.client.get("/inventory", headers=admin).json()
    assert (answer.json()["on_hand"], answer.json()["available"]) == (34, 32)
    newest = here.client.get("/inventory/movements", headers=admin).json()[0]
    assert newest == {
        "id": newest["id"],
        "variant_id": soap.id,
        "change": 24,
        "reason": "delivery",
        "at": "2026-03-01T12:00:00Z",
        "order_id": None,
        "note": "from the workshop",
        "actor": "rosa",
    }


def test_a_correction_goes_up_or_down_and_says_why(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    assert correct(here, soap, {"change": -3, "note": "broken"}, admin).json()["on_hand"] == 7
    answer = correct(here, soap, {"change": 1, "note": "behind the shelf"}, admin)
    assert (answer.status_code, answer.json()["on_hand"]) == (201, 8)

    newest = here.client.get("/inventory/movements?limit=2", headers=admin).json()
    assert [(m["change"], m["reason"], m["note"]) for m in newest] == [
        (1, "count", "behind the shelf"),
        (-3, "count", "broken"),
    ]


def test_no_more_can_go_than_is_not_promised(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    here.check_out((soap.id, 4, 8.99))

    answer = correct(here, soap, {"change": -7, "note": "broken"}, admin)

    assert answer.status_code == 409
    assert answer.json()["lines"] == [{"variant_id": soap.id, "requested": 7, "available": 6}]
    assert here.client.get("/inventory", headers=admin).json()[0]["on_hand"] == 10


@pytest.mark.parametrize("ask", [deliver, correct])
def test_asking_twice_under_one_key_moves_once(
    here: ShopOverHttp, admin: Admin, soap: Variant, ask: Any
) -> None:
    key = {"Idempotency-Key": "a-key-1"}
    body = {"quantity": 5} if ask is deliver else {"change": 5, "note": "found"}

    answers = [ask(here, soap, body, admin, **key) for _ in range(2)]
    other = ask(here, soap, {**body, next(iter(body)): 6}, admin, **key)

    assert [(answer.status_code, answer.json()["on_hand"]) for answer in answers] == [(201, 15)] * 2
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len(here.store.tables.movements) == 2


def test_the_ledger_is_read_page_by_page_from_the_newest(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    other = put_on_sale(here.store, pieces=1)
    for quantity in (1, 2, 3):
        deliver(here, soap, {"quantity": quantity}, admin)

    def page(query: str) -> list[Any]:
        answer = here.client.get(f"/inventory/movements{query}", headers=admin)
        assert answer.status_code == 200
        return list(answer.json())

    everything = page("")
    assert [movement["change"] for movement in everything] == [3, 2, 1, 1, 10]
    assert page("?limit=2") == everything[:2]
    assert page(f"?limit=2&after={everything[1]['id']}") == everything[2:4]
    assert page(f"?after={everything[-1]['id']}") == []
    assert page(f"?variant_id={other.id}") == [everything[3]]
    assert page(f"?variant_id={soap.id}&after={everything[1]['id']}&limit=100") == [
        everything[2],
        everything[4],
    ]
    assert page("?variant_id=999") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=", "limit"),
        ("limit=-1", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%D9%A5", "limit"),
        ("after=0", "after"),
        ("after=", "after"),
        ("after=1.0", "after"),
        ("after=" + "9" * 30, "after"),
        ("variant_id=abc", "variant_id"),
        ("variant_id=%00", "variant_id"),
        ("variant_id=0", "variant_id"),
    ],
)
def test_a_page_is_asked_for_in_plain_numbers(
    here: ShopOverHttp, admin: Admin, query: str, field: str
) -> None:
    answer = here.client.get(f"/inventory/movements?{query}", headers=admin)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": "1"}, "quantity"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": 999_991}, "quantity"),
        ({"quantity": 10**30}, "quantity"),
        ({"quantity": 1, "note": None}, "note"),
        ({"quantity": 1, "note": "x" * 501}, "note"),
        ({"quantity": 1, "note": "a\0b"}, "note"),
        ({"quantity": 1, "note": "\u202e"}, "note"),
        ({"quantity": 1, "at": "now"}, "at"),
    ],
)
def test_no_delivery_looks_like_that(
    here: ShopOverHttp, admin: Admin, soap: Variant, body: Any, field: str
) -> None:
    answer = deliver(here, soap, body, admin)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len(here.store.tables.movements) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"change": 1}, "note"),
        ({"change": 1, "note": ""}, "note"),
        ({"change": 1, "note": "  "}, "note"),
        ({"note": "why"}, "change"),
        ({"change": 0, "note": "why"}, "change"),
        ({"change": 999_991, "note": "why"}, "change"),
        ({"change": -(10**30), "note": "why"}, "change"),
        ({"change": True, "note": "why"}, "change"),
    ],
)
def test_no_correction_looks_like_that(
    here: ShopOverHttp, admin: Admin, soap: Variant, body: Any, field: str
) -> None:
    answer = correct(here, soap, body, admin)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len(here.store.tables.movements) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/inventory"),
        ("GET", "/inventory/movements?limit=x"),
        ("POST", "/inventory/1/deliveries"),
        ("POST", "/inventory/0/deliveries"),
        ("POST", "/inventory/999/corrections"),
    ],
)
def test_the_stock_room_is_for_admins(here: ShopOverHttp, method: str, path: str) -> None:
    answer = here.client.request(method, path)
    assert (answer.status_code, answer.json()["detail"]) == (401, "Not authenticated")


def test_only_what_is_in_the_shop_is_moved(here: ShopOverHttp, admin: Admin, soap: Variant) -> None:
    here.client.delete(f"/products/{soap.product_id}", headers=admin)
    for id in (soap.id, 999):
        for path, body in (
            ("deliveries", {"quantity": 1}),
            ("corrections", {"change": 1, "note": "why"}),
        ):
            answer = here.client.post(f"/inventory/{id}/{path}", json=body, headers=admin)
            assert answer.status_code == 404
            assert answer.json()["detail"] == f"ProductVariant {id} not found"
    for odd in ("0", "%D9%A1", "x"):
        answer = here.client.post(
            f"/inventory/{odd}/deliveries", json={"quantity": 1}, headers=admin
        )
        assert answer.status_code == 422
