"""A day in the back office, in a real browser: on a desk, on a phone, and without scripts."""

from __future__ import annotations

import re
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watching import Watched
from tests.support.outside import Outside

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
LOOK = """async () => (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.map(found => [found.impact, found.id, found.nodes.map(node => node.html)])"""
PLACES = (
    "",
    "/orders",
    "/orders/{order}",
    "/orders/{order}/refund?kind=all",
    "/stock",
    "/stock/movements",
    "/stock/{variant}",
    "/catalogue",
    "/catalogue/new",
    "/catalogue/{product}",
    "/catalogue/{product}/variants/{variant}",
    "/catalogue/categories",
    "/messages",
    "/letters",
    "/audit",
    "/admins",
    "/settings",
    "/figures",
    "/figures/stock",
)
"""Every page behind the door."""


def png(width: int = 64, height: int = 64) -> bytes:
    """A picture that a browser can show: lavender."""
    rows = (b"\0" + b"\xb4\xa0\xd8" * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    )


def sign_in(page: Page, shop: Outside) -> None:
    page.goto(f"{shop.url}/office")
    page.get_by_label("Name").fill(shop.admin)
    page.get_by_label("Password").fill(shop.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def add_soap(page: Page, shop: Outside, name: str) -> None:
    """A product with a picture and one variant, five pieces of it, through the office's forms."""
    page.goto(f"{shop.url}/office/catalogue")
    page.get_by_role("link", name="New product").click()
    page.get_by_label("Picture").set_input_files(
        {"name": "lavender.png", "mimeType": "image/png", "buffer": png()}
    )
    expect(page.get_by_text("The picture is here.")).to_be_visible()
    page.get_by_label("Name").fill(name)
    page.get_by_label("In a sentence or two").fill("Soft and blue")
    page.get_by_label("Ingredients").fill("Olive oil\nLavender")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_role("link", name="New variant").click()
    page.get_by_label("Size").fill("100 g")
    page.get_by_label("Price").fill("8.99")
    page.get_by_label("How many there are").fill("5")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("link", name="100 g")).to_be_visible()


def soap_in(shop: Outside, name: str) -> Any:
    """As the shop front sees it."""
    with shop.visitor() as visitor:
        (soap,) = [one for one in visitor.get("/products").json() if one["name"] == name]
    return soap


def sell(shop: Outside, soap: Any, pieces: int = 2) -> None:
    """Sam buys, and pays in the sandbox."""
    variant = soap["variants"][0]
    item = {"id": variant["id"], "quantity": pieces, "price": variant["price"]}
    sam = {
        "email": "sam@example.com",
        "name": "Sam Rivera",
        "line1": "12 Juniper Street",
        "city": "Denver",
        "state": "CO",
        "postal_code": "80202",
        "country": "US",
        "delivery": "0",
        "ending": "pay",
    }
    with shop.visitor() as visitor:
        page = visitor.post("/api/checkout", json={"items": [item]}).json()["url"]
        assert visitor.post(page, data=sam).status_code == 303


def order_of(page: Page, shop: Outside, text: str, state: str) -> str:
    """The address of the newest order found so, as soon as there is one."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        page.goto(f"{shop.url}/office/orders?state={state}&text={text}")
        if (found := page.locator("ul.list a")).count():
            return f"{shop.url}{found.first.get_attribute('href')}"
        time.sleep(0.3)
    raise AssertionError("the order never came")


def test_a_day_in_the_office(shop: Outside, watched: Watched) -> None:
    page = watched.page
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, shop)

    add_soap(page, shop, "Lavender Hour")
    soap = soap_in(shop, "Lavender Hour")
    with shop.visitor() as visitor:
        picture = visitor.get(soap["image_url"])
    assert (picture.status_code, picture.content) == (200, png())

    count_it(page, shop, soap)
    sell(shop, soap)
    order = ship_it(page, shop)
    refund_it(page, shop, order)
    read_the_figures(page, shop)

    assert watched.strangers(shop.url) == []
    assert watched.complaints == []


def count_it(page: Page, shop: Outside, soap: Any) -> None:
    """In place: the page is not left, only its row is written anew."""
    page.goto(f"{shop.url}/office/stock")
    page.evaluate("document.body.dataset.same = 'yes'")
    box = page.get_by_label("Lavender Hour, 100 g: can be sold")
    assert box.input_value() == "5"
    box.fill("7")
    row = page.locator(f"#line-{soap['variants'][0]['id']}")
    with page.expect_response(re.compile("/office/stock$|/office/stock[?]")):
        row.get_by_role("button", name="Count").click()
    expect(row.locator("[name=seen]")).to_have_value("7")
    assert page.evaluate("document.body.dataset.same") == "yes"
    assert soap_in(shop, "Lavender Hour")["variants"][0]["stock_quantity"] == 7

    with shop.signed_in() as other:  # somebody else counts meanwhile
        path = f"/products/{soap['id']}/variants/{soap['variants'][0]['id']}/stock-quantity"
        assert other.patch(path, params={"stock_quantity": 9}).status_code == 200
    box = page.get_by_label("Lavender Hour, 100 g: can be sold")
    box.fill("8")
    row.get_by_role("button", name="Count").click()
    expect(row.get_by_text("It has changed since you looked.")).to_be_visible()
    expect(row.locator("[name=seen]")).to_have_value("9")
    assert soap_in(shop, "Lavender Hour")["variants"][0]["stock_quantity"] == 9


def ship_it(page: Page, shop: Outside) -> str:
    order = order_of(page, shop, "sam", "paid")
    page.goto(order)
    page.get_by_role("button", name="Begin to make it").click()
    expect(page.locator(".head").get_by_text("In production")).to_be_visible()
    page.get_by_label("Tracking number").fill("9400 1112")
    page.get_by_role("button", name="Send it and write to the buyer").click()
    expect(page.locator(".head").get_by_text("Shipped")).to_be_visible()
    expect(page.get_by_text("9400 1112")).to_be_visible()
    return order


def refund_it(page: Page, shop: Outside, order: str) -> None:
    page.get_by_role("link", name="Give money back").click()
    page.get_by_label("Some pieces").check()
    page.get_by_label("Lavender Hour").fill("1")
    expect(page.get_by_role("heading", name="This gives back $8.99")).to_be_visible()
    page.get_by_role("button", name="Give $8.99 back").click()
    expect(page.get_by_role("status").filter(has_text="The refund is on its way")).to_be_visible()
    until = time.monotonic() + 30
    while not page.locator(".tag.succeeded").count():
        assert time.monotonic() < until, "the money never went back"
        time.sleep(0.5)
        page.goto(order)


def read_the_figures(page: Page, shop: Outside) -> None:
    page.goto(f"{shop.url}/office/figures")
    tile = page.locator(".tile", has_text="Net sales")
    expect(tile.locator(".figure")).to_have_text("$8.99")
    expect(page.locator("figure", has_text="Best sellers")).to_contain_text("Lavender Hour")
    expect(page.get_by_role("img", name=re.compile("Net sales by"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Sales as CSV").click()
    assert "8.99" in download.value.path().read_text()


# For everybody


@pytest.fixture(scope="module")
def visited(browser: Browser, shop: Outside) -> dict[str, Any]:
    """Something on every page: which order, product and variant there is."""
    page = browser.new_page()
    sign_in(page, shop)
    add_soap(page, shop, "Rose Clay")
    soap = soap_in(shop, "Rose Clay")
    sell(shop, soap, 1)
    order = order_of(page, shop, "sam", "paid").rpartition("/")[2]
    page.close()
    with shop.visitor() as visitor:
        told = {"name": "Ada", "email": "ada@example.com", "message": "Hello\nthere"}
        assert visitor.post("/contact", json=told).status_code == 200
    return {"order": order, "product": soap["id"], "variant": soap["variants"][0]["id"]}


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=["desk", "phone-at-night"])
def inside(browser: Browser, shop: Outside, request: pytest.FixtureRequest) -> Iterator[Watched]:
    scheme, width = request.param
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.set_default_timeout(15_000)
    watched = Watched(page)
    page.goto(f"{shop.url}/office/sign-in")
    assert faults_of(page) == []
    sign_in(page, shop)
    yield watched
    page.close()


def faults_of(page: Page) -> list[Any]:
    """What axe finds that is serious. It is run by the browser itself, past the page's policy."""
    page.evaluate(AXE)
    return [found for found in page.evaluate(LOOK) if found[0] in ("serious", "critical")]


def test_every_page_is_for_everybody_and_fits_and_talks_to_nobody_else(
    shop: Outside, inside: Watched, visited: dict[str, Any]
) -> None:
    page = inside.page
    for place in PLACES:
        answer = page.goto(f"{shop.url}/office{place.format(**visited)}")
        assert answer is not None
        assert answer.status == 200, place
        assert faults_of(page) == [], place
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, place
    assert inside.strangers(shop.url) == []
    assert inside.complaints == []


def test_nothing_foreign_gets_past_the_policy(shop: Outside, inside: Watched) -> None:
    page = inside.page
    page.evaluate("""() => {
        for (const [tag, attribute] of [["img", "src"], ["script", "src"], ["iframe", "src"]]) {
            const planted = document.createElement(tag);
            planted[attribute] = "https://stranger.example/x";
            document.body.append(planted);
        }
        const script = document.createElement("script");
        script.textContent = "window.planted = true";
        document.body.append(script);
        document.body.setAttribute("style", "color: red");
    }""")
    page.wait_for_timeout(300)

    assert page.evaluate("window.planted") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert any("Content Security Policy" in said for said in inside.complaints)


def test_the_keyboard_is_enough(shop: Outside, watched: Watched, visited: dict[str, Any]) -> None:
    page = watched.page
    page.goto(f"{shop.url}/office/sign-in")
    page.get_by_label("Name").press_sequentially(shop.admin)
    page.keyboard.press("Tab")
    page.keyboard.type(shop.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{shop.url}/office")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.goto(f"{shop.url}/office/orders/{visited['order']}")
    page.get_by_text("Send a parcel").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Carrier")).to_be_visible()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Send it and write to the buyer", "Write it down", "Sign out"} <= seen


def test_everything_works_without_scripts(
    browser: Browser, shop: Outside, visited: dict[str, Any]
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, shop)
    page.goto(f"{shop.url}/office/catalogue/new")
    page.get_by_label("Picture").set_input_files(
        {"name": "plain.png", "mimeType": "image/png", "buffer": png()}
    )
    page.get_by_label("Name").fill("Plain Olive")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("img", name="The picture of Plain Olive")).to_be_visible()

    page.goto(f"{shop.url}/office/stock")
    box = page.get_by_label("Rose Clay, 100 g: can be sold")
    box.fill("3")
    page.locator(f"#line-{visited['variant']}").get_by_role("button", name="Count").click()
    expect(page.get_by_text("Counted.")).to_be_visible()

    page.goto(f"{shop.url}/office/orders/{visited['order']}/refund")
    page.get_by_label("An amount").check()
    page.get_by_label("Amount", exact=False).last.fill("1.50")
    page.get_by_role("button", name="Show how much that is").click()
    expect(page.get_by_role("heading", name="This gives back $1.50")).to_be_visible()
    page.context.close()
