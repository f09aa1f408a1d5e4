from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import Response
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.mailbox import SandboxMailer
from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.permits import Permits
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.application.ports.mail import Letter
from eterno.application.ports.payments import SessionStatus
from eterno.domain.orders import Buyer
from eterno.entrypoints.http.pages import asset_url
from eterno.entrypoints.http.problems import EXCEPTION_HANDLERS
from eterno.entrypoints.http.sandbox import sandbox_routes
from eterno.entrypoints.http.sandbox_form import EXAMPLE
from tests.builders import a_line, an_order, usd
from tests.support.clock import FixedClock

FORM = {**EXAMPLE, "delivery": "1", "ending": "pay"}
ADA = Buyer(email="ada@example.org", name="Ada")
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The sandbox's pages alone, over HTTP, and what is behind them."""

    client: TestClient[Litestar]
    payments: SandboxPayments
    mailbox: SandboxMailer
    media: SandboxMedia
    clock: FixedClock
    session: str
    """One that is open."""

    @property
    def address(self) -> str:
        return f"/sandbox/pay/{self.session}"

    def get(self, path: str) -> Response:
        return self.client.get(path, follow_redirects=False)

    def post(self, path: str, form: dict[str, str] | bytes = b"") -> Response:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self.client.post(path, content=body, headers=FORM_TYPE, follow_redirects=False)

    @property
    def status(self) -> SessionStatus:
        look = self.payments.look(self.session)
        assert look is not None
        return look.status


Parts = dict[str, object]


@pytest.fixture(scope="module")
def parts() -> Parts:
    """What stands behind the pages now: another for each test."""
    return {}


@pytest.fixture(scope="module")
def client(parts: Parts) -> Iterator[TestClient[Litestar]]:
    def given(name: str) -> Provide:
        def give() -> Any:
            return parts[name]

        return Provide(give, sync_to_thread=False)

    handlers: Any = EXCEPTION_HANDLERS
    app = Litestar(
        list(sandbox_routes(payments=True, mail=True, media=True)),
        dependencies={
            name: given(name) for name in ("sandbox_payments", "sandbox_mailbox", "sandbox_media")
        },
        exception_handlers=handlers,
        logging_config=None,
    )
    with TestClient(app) as client:
        yield client


@pytest.fixture
def pages(client: TestClient[Litestar], parts: Parts, tmp_path: Path) -> Pages:
    clock = FixedClock()
    database = SandboxDatabase(tmp_path / "sandbox.db")
    venue = Venue(
        shop="Eterno & Sons",
        base_url="http://localhost:8000",
        success_url="http://localhost:5173/success?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost:5173/cancel",
        shipping=[
            ShippingOffer("Standard", usd("5.00"), (3, 5)),
            ShippingOffer("Pick up", usd("0"), (1, 1)),
        ],
        countries=("US", "CA"),
    )
    payments = SandboxPayments(database, venue=venue, webhook_secret="s", clock=clock)
    mailbox = SandboxMailer(database, sender="shop@example.org", clock=clock)
    media = SandboxMedia(tmp_path / "media", "http://localhost:8000", Permits("s", clock))
    parts.update(sandbox_payments=payments, sandbox_mailbox=mailbox, sandbox_media=media)
    order = an_order(replace(a_line(1, 2, "9.50"), product_name="<b>Rose</b>"))
    return Pages(
        client=client,
        payments=payments,
        mailbox=mailbox,
        media=media,
        clock=clock,
        session=payments.open_session(order).id,
    )


def a_letter(**changes: Any) -> Letter:
    letter = Letter(
        id="task-1",
        to="ada@example.org",
        subject="Thank you <3",
        text="Dear Ada,\n<b>not bold</b>",
        html="<p>Dear Ada,</p><script>alert(1)</script>",
    )
    return replace(letter, **changes)


# Paying


def test_the_payment_page_shows_the_order_and_warns(pages: Pages) -> None:
    page = pages.get(pages.address)

    assert page.status_code == 200
    assert "no money moves. Not for production." in page.text
    assert "&lt;b&gt;Rose&lt;/b&gt;" in page.text
    assert "Eterno &amp; Sons" in page.text
    for amount in ("$19.00", "$24.00", "$5.00", "free"):
        assert amount in page.text
    assert "3 to 5 business days" in page.text
    assert 'href="http://localhost:5173/cancel"' in page.text


def test_every_box_has_a_label(pages: Pages) -> None:
    page = pages.get(pages.address).text
    boxes = re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', page)

    assert len(boxes) == 11
    for box in boxes:
        assert f'for="{box}"' in page


def test_a_page_may_only_do_what_it_must(pages: Pages) -> None:
    pages.mailbox.send(a_letter())
    for path in (pages.address, "/sandbox/thanks", "/sandbox/cancelled", "/sandbox/mail",
                 "/sandbox/mail/1", "/sandbox/pay/nothing"):  # fmt: skip
        page = pages.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:;")
        assert "script" not in policy
        assert "<script" not in page.text
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"


def test_the_forms_answer_may_lead_to_the_shop(pages: Pages) -> None:
    policy = pages.get(pages.address).headers["Content-Security-Policy"]

    assert "form-action 'self' http://localhost:5173;" in policy


def test_an_example_can_be_filled_in(pages: Pages) -> None:
    assert 'value="Sam Rivera"' not in pages.get(pages.address).text
    assert 'value="Sam Rivera"' in pages.get(pages.address + "?example=1").text


def test_who_pays_goes_to_the_shop(pages: Pages) -> None:
    answer = pages.post(pages.address, FORM)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost:5173/success?session_id={pages.session}"
    report = pages.payments.close_session(pages.session)
    assert report.status is SessionStatus.PAID
    assert report.buyer is not None
    assert report.buyer.ship_to is not None
    assert report.buyer.ship_to.line2 is None
    assert report.amounts is not None
    assert report.amounts.total == usd("19.00")


def test_paying_twice_is_harmless(pages: Pages) -> None:
    first = pages.post(pages.address, FORM)
    second = pages.post(pages.address, {**FORM, "email": "other@example.org"})

    assert second.headers["Location"] == first.headers["Location"]
    report = pages.payments.close_session(pages.session)
    assert report.buyer is not None
    assert report.buyer.email == EXAMPLE["email"]


def test_a_declined_card_leaves_the_buyer_where_she_was(pages: Pages) -> None:
    page = pages.post(pages.address, {**FORM, "ending": "decline", "email": "half"})

    assert page.status_code == 200
    assert "Your card was declined" in page.text
    assert 'value="Sam Rivera"' in page.text
    assert 'value="half"' in page.text
    assert 'id="delivery-1" value="1" checked' in page.text
    assert pages.status is SessionStatus.OPEN


@pytest.mark.parametrize(
    ("ending", "status"), [("arrives", SessionStatus.PAID), ("fails", SessionStatus.FAILED)]
)
def test_money_that_is_promised_comes_or_fails_by_itself(
    pages: Pages, ending: str, status: SessionStatus
) -> None:
    answer = pages.post(pages.address, {**FORM, "ending": ending})

    assert answer.headers["Location"].startswith("http://localhost:5173/success")
    assert pages.status is SessionStatus.PENDING
    assert "by itself" in pages.get(pages.address).text
    pages.clock.advance(timedelta(seconds=10))
    assert pages.status is status


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ("arrived", SessionStatus.PAID, "This order is paid"),
        ("failed", SessionStatus.FAILED, "The payment failed"),
    ],
)
def test_money_that_is_promised_can_be_decided_by_hand(
    pages: Pages, end: str, status: SessionStatus, words: str
) -> None:
    for _ in range(2):
        answer = pages.post(pages.address, {**FORM, "ending": "by hand"})
        assert (answer.status_code, answer.headers["Location"]) == (303, pages.address)
    assert "The money is on its way" in pages.get(pages.address).text

    for _ in range(2):
        answer = pages.post(pages.address + "/funds", {"end": end})
        assert (answer.status_code, answer.headers["Location"]) == (303, pages.address)
    assert pages.status is status
    assert words in pages.get(pages.address).text


def test_a_page_can_be_let_expire(pages: Pages) -> None:
    for _ in range(2):
        answer = pages.post(pages.address + "/expire")
        assert (answer.status_code, answer.headers["Location"]) == (303, pages.address)

    assert "This checkout is over" in pages.get(pages.address).text
    assert pages.post(pages.address, FORM).headers["Location"] == pages.address
    assert pages.status is SessionStatus.EXPIRED


def test_a_page_that_nobody_paid_in_time_takes_no_money(pages: Pages) -> None:
    pages.clock.advance(timedelta(minutes=31))

    assert "This checkout is over" in pages.get(pages.address).text
    assert pages.post(pages.address, FORM).headers["Location"] == pages.address


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": ""}, "Please enter your e-mail address"),
        ({"email": "ada"}, "This is not an e-mail address"),
        ({"email": "a@b"}, "This is not an e-mail address"),
        ({"email": "a@" + "b" * 300 + ".org"}, "E-mail: at most 254 characters"),
        ({"name": "   "}, "Please enter the name for the parcel"),
        ({"name": "Ada\x00"}, "Full name: contains the character U+0000"),
        ({"city": ""}, "Please enter the town"),
        ({"postal_code": "1" * 21}, "Postal code: at most 20 characters"),
        ({"country": "XX"}, "Please choose a country we deliver to"),
        ({"delivery": "2"}, "Please choose a way of delivery"),
        ({"delivery": "-1"}, "Please choose a way of delivery"),
    ],
)
def test_what_cannot_be_right_is_said_beside_the_box(
    pages: Pages, change: dict[str, str], message: str
) -> None:
    page = pages.post(pages.address, {**FORM, **change})

    assert page.status_code == 422
    assert page.text.count(message) == 2
    assert 'value="12 Juniper Street"' in page.text
    assert pages.status is SessionStatus.OPEN


def test_what_was_typed_comes_back_as_text(pages: Pages) -> None:
    page = pages.post(pages.address, {**FORM, "email": '"><script>alert(1)</script>'})

    assert "<script" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"%ff%fe=%00&email=%ed%a0%80",
        b"email=a&email=b",
        b"&" * 1000,
        b"a=1&" * 1000,
        b"{}",
        b"ending=%E2%80%AE",
    ],
)
def test_whatever_is_posted_the_page_comes_back(pages: Pages, body: bytes) -> None:
    assert pages.post(pages.address, body).status_code == 422
    assert pages.post(pages.address + "/funds", body).status_code == 303
    assert pages.status is SessionStatus.OPEN


@pytest.mark.parametrize(
    "id", ["x", "cs_test_" + "0" * 40, "%00", "%ed%a0%80", "..%2f", "a" * 5000]
)
def test_a_page_there_never_was_says_so(pages: Pages, id: str) -> None:
    for answer in (
        pages.get(f"/sandbox/pay/{id}"),
        pages.post(f"/sandbox/pay/{id}", FORM),
        pages.post(f"/sandbox/pay/{id}/expire"),
        pages.post(f"/sandbox/pay/{id}/funds"),
    ):
        assert answer.status_code == 404


def test_without_a_shop_there_is_a_page_to_come_back_to(pages: Pages) -> None:
    pages.payments.pay(pages.session, ADA, 0)
    thanks = pages.get(f"/sandbox/thanks?session_id={pages.session}")

    assert "Your payment of $24.00 has arrived" in thanks.text
    assert "ada@example.org" in thanks.text
    for path in ("/sandbox/thanks", "/sandbox/thanks?session_id=%ff&session_id=2"):
        assert pages.get(path).status_code == 200
    assert "own page would show here" in pages.get("/sandbox/cancelled").text


def test_thanks_for_money_on_its_way(pages: Pages) -> None:
    pages.payments.pay_later(pages.session, ADA, 0)

    thanks = pages.get(f"/sandbox/thanks?session_id={pages.session}")

    assert "Your payment of $24.00 is on its way" in thanks.text


# The mailbox


def test_an_empty_mailbox_says_so(pages: Pages) -> None:
    assert "No letters yet" in pages.get("/sandbox/mail").text


def test_letters_are_listed_the_newest_first(pages: Pages) -> None:
    pages.mailbox.send(a_letter(subject="First"))
    pages.mailbox.send(a_letter(subject="Second"))
    page = pages.get("/sandbox/mail").text

    assert page.index("Second") < page.index("First")
    assert "to ada@example.org" in page
    assert "1 March 2026, 12:00 UTC" in page


def test_a_letter_shows_its_envelope_and_its_html_in_a_cage(pages: Pages) -> None:
    pages.mailbox.send(a_letter(reply_to="owner@example.org"))
    page = pages.get("/sandbox/mail/1").text

    for words in ("Thank you &lt;3", "shop@example.org", "ada@example.org", "owner@example.org"):
        assert words in page
    assert '<iframe class="sheet" sandbox="" src="/sandbox/mail/1/html"' in page
    assert "alert(1)" not in page


def test_the_html_of_a_letter_can_only_be_looked_at(pages: Pages) -> None:
    pages.mailbox.send(a_letter())
    letter = pages.get("/sandbox/mail/1/html")

    assert letter.text == a_letter().html
    policy = letter.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert policy.endswith("frame-ancestors 'self'; sandbox")


def test_the_text_of_a_letter_is_shown_as_text(pages: Pages) -> None:
    pages.mailbox.send(a_letter())

    assert "&lt;b&gt;not bold&lt;/b&gt;" in pages.get("/sandbox/mail/1/text").text


@pytest.mark.parametrize("n", ["1", "0", "-1", "1_0", "٣", "x", "9" * 18, "9" * 40, "%00"])
def test_a_letter_that_is_not_there_is_a_page_too(pages: Pages, n: str) -> None:
    for path in (f"/sandbox/mail/{n}", f"/sandbox/mail/{n}/text", f"/sandbox/mail/{n}/html"):
        answer = pages.get(path)
        assert answer.status_code == 404
        assert "No such letter" in answer.text


# Pictures and style


def test_a_picture_is_served_for_ever(pages: Pages) -> None:
    pages.media.put("products/a-rose ö.webp", b"RIFF")
    answer = pages.get(pages.media.url("products/a-rose ö.webp"))

    assert (answer.status_code, answer.content) == (200, b"RIFF")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_picture_can_be_asked_about(pages: Pages) -> None:
    pages.media.put("products/rose.webp", b"RIFF")
    answer = pages.client.head("/media/products/rose.webp")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Length"] == "4"


@pytest.mark.parametrize(
    "path",
    ["nothing.webp", "..%2f..%2fsandbox.db", "%2e%2e/sandbox.db", "%00.png", "a//b.png", "a"],
)
def test_what_is_no_picture_is_a_problem(pages: Pages, path: str) -> None:
    answer = pages.get(f"/media/{path}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "Cache-Control" not in answer.headers


def test_pages_use_the_style_of_all_our_pages(pages: Pages) -> None:
    assert f'rel="stylesheet" href="{asset_url("pages.css")}"' in pages.get("/sandbox/mail").text
