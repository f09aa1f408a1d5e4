"""A day at the shop front: another origin, a real browser, the calls that the real one makes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.front import Front
from tests.browser.watching import Watched
from tests.support.outside import Outside

STALE = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
PRODUCT = {
    "name": "Oat & Honey",
    "description": "Gentle",
    "long_description": "Cured for six weeks",
    "ingredients": ["oats", "honey"],
}
VARIANT = {"size": "100 g", "shape": "bar", "img_key": None, "price": 8.99, "stock_quantity": 10}


def call(page: Page, method: str, path: str, body: object = None) -> Any:
    """A call of the page's own, read by the page: CORS decides whether it can."""
    spoken = "([method, path, body]) => shop.call(method, path, body ?? undefined)"
    return page.evaluate(spoken, [method, path, body])


def sign_in(page: Page, shop: Outside) -> None:
    spoken = "([username, password]) => shop.signIn(username, password)"
    assert page.evaluate(spoken, [shop.admin, shop.password]) == 200


def a_soap(page: Page) -> Any:
    """A variant on the shelf, put there through the page."""
    product = call(page, "POST", "/products", {**PRODUCT, "img_key": None})
    assert product["status"] == 201, product
    variant = call(page, "POST", f"/products/{product['body']['id']}/variants", VARIANT)
    assert variant["status"] == 201, variant
    return variant["body"]


def in_stock(page: Page, soap: Any) -> int:
    path = f"/products/{soap['product_id']}/variants/{soap['id']}"
    return int(call(page, "GET", path)["body"]["stock_quantity"])


@pytest.fixture
def page(shop: Outside, front: Front, watched: Watched) -> Page:
    """The shop front, opened."""
    watched.page.goto(front.url)
    return watched.page


def test_a_stale_token_looks_and_is_told_when_it_wants_more(page: Page, watched: Watched) -> None:
    page.evaluate("token => shop.remember(token)", STALE)
    assert call(page, "GET", "/products")["status"] == 200
    assert call(page, "GET", "/products/")["status"] == 200
    refused = call(page, "POST", "/products", {**PRODUCT, "img_key": None})
    assert (refused["status"], refused["body"]["detail"]) == (401, "Invalid or expired token")
    assert call(page, "GET", "/products/999999")["status"] == 404
    assert watched.complaints == []


def test_an_admin_fills_a_shelf(page: Page, shop: Outside, watched: Watched) -> None:
    sign_in(page, shop)
    picture = page.evaluate("shop.upload('rose petals.png')")
    assert picture["ok"]
    product = call(page, "POST", "/products", {**PRODUCT, "img_key": picture["key"]})["body"]
    category = call(page, "POST", "/categories", [{"name": "Gifts", "description": ""}])["body"][0]
    path = f"/products/{product['id']}"
    filed = call(page, "POST", f"{path}/categories", {"category_ids": [category["id"]]})
    assert filed["body"]["added_categories"] == ["Gifts"]
    variant = call(page, "POST", f"{path}/variants", VARIANT)["body"]
    stock = page.evaluate(
        "([product, variant, pieces]) => shop.setStock(product, variant, pieces)",
        [product["id"], variant["id"], 4],
    )
    assert (stock["status"], stock["body"]["stock_quantity"]) == (200, 4)
    assert page.evaluate("shop.show()")[str(product["id"])] == 8
    changed = call(page, "PUT", path, {**PRODUCT, "name": "Oat", "img_key": picture["key"]})
    assert (changed["status"], changed["body"]["name"]) == (200, "Oat")
    assert call(page, "DELETE", path)["status"] == 204
    assert call(page, "DELETE", f"/categories/{category['id']}")["status"] == 204
    assert watched.complaints == []


def test_a_visitor_writes(page: Page, watched: Watched) -> None:
    message = {"name": "Ada", "email": "ada@example.org", "message": "Do you ship to Iceland?"}
    sent = call(page, "POST", "/contact", message)
    assert sent["status"] == 200
    assert sent["body"]["message"]
    assert call(page, "POST", "/contact", {**message, "email": "ada"})["status"] == 422
    assert watched.complaints == []


def test_a_visitor_buys_and_is_thanked(
    page: Page, shop: Outside, front: Front, watched: Watched
) -> None:
    sign_in(page, shop)
    soap = a_soap(page)
    page.evaluate("token => shop.remember(token)", STALE)
    item = {
        "id": soap["id"],
        "productId": soap["product_id"],
        "name": "Oat & Honey",
        "price": soap["price"],
        "quantity": 2,
    }

    page.evaluate("items => { shop.checkOut(items) }", [item])
    page.wait_for_url(f"{shop.url}/sandbox/pay/**")
    page.click("text=Fill in an example")
    page.click("button.main")
    page.wait_for_url(f"{front.url}/success**")
    page.wait_for_selector("text=Thank you for your order")

    deadline = time.monotonic() + 15
    while in_stock(page, soap) != 8:
        assert time.monotonic() < deadline
    assert watched.strangers(shop.url, front.url) == []
    assert watched.complaints == []


def test_a_visitor_turns_back(page: Page, shop: Outside, front: Front, watched: Watched) -> None:
    sign_in(page, shop)
    soap = a_soap(page)
    item = {"id": soap["id"], "price": soap["price"], "quantity": 1}
    page.evaluate("items => { shop.checkOut(items) }", [item])
    page.wait_for_url(f"{shop.url}/sandbox/pay/**")
    page.click("a.back")
    page.wait_for_url(f"{front.url}/cancel**")
    assert watched.complaints == []
