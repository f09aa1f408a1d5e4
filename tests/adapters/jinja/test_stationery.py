from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from uuid import UUID

import pytest
from jinja2 import UndefinedError

from eterno.adapters.jinja import phrases
from eterno.adapters.jinja.stationery import JinjaStationery
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.letters.reactions import LETTERS
from eterno.application.ports.mail import Written
from eterno.domain.contact import Message
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.money import Currency, Money
from eterno.domain.orders import Address, Buyer, Order, OrderState, ReviewReason
from tests.builders import a_line, a_parcel, an_order, eur, usd
from tests.support.clock import NOON

TIMES = "\N{MULTIPLICATION SIGN}"
NAMES = sorted(name for name, _ in LETTERS.values())
SHOP = ShopFacts(
    name="Eterno Soap",
    owner_email="owner@eterno.example",
    site="https://eterno.example",
    order_page="https://eterno.example/orders/{token}",
)
SAM = Buyer(
    email="sam@example.com",
    name="Sam Rivera",
    phone="+1 303 555 0142",
    ship_to=Address(
        name="Sam Rivera",
        line1="12 Juniper Street",
        line2="Apt 4",
        city="Denver",
        state="CO",
        postal_code="80202",
        country="US",
    ),
)
PARCEL = a_parcel({1: 2, 2: 1})
NEWS = {
    "notice_id": "evt_1",
    "session_id": "cs_1",
    "amount": "42.00 USD",
    "kind": "dispute",
    "parcel_id": str(PARCEL.id),
    "back": "42.00 USD",
    "dispute_id": "du_1",
    "reason": "product not received",
    "state": "needs_response",
    "due_by": "2026-03-08 12:00 UTC",
}
HOSTILE = '<script>alert("x")</script>\r\nBcc: everyone@example.com\x00\u2028{{ 7 * 77777777 }}'


def a_paid_order() -> Order:
    return replace(
        an_order(a_line(1, 2, "9.50"), a_line(2, 1, "48.00")),
        state=OrderState.PAID,
        number=1042,
        paid_at=NOON,
        shipping=usd("6.50"),
        tax=usd("1.25"),
        discount=usd("2.00"),
        captured=usd("72.75"),
        session_id="cs_1",
        intent_id="pi_1",
        buyer=SAM,
        promised_by=NOON + timedelta(days=14),
        parcels=(PARCEL,),
    )


def write(name: str, order: Order | None, news: Mapping[str, str] = NEWS) -> Written:
    return JinjaStationery().write(name, {"order": order, "news": news, "shop": SHOP})


def unread(html: str) -> str:
    """What a reader sees of `html`."""
    parser = Reader()
    parser.feed(html)
    return " ".join(" ".join(parser.seen).split())


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_can_be_written(name: str) -> None:
    written = write(name, a_paid_order())

    assert written.subject
    assert "Eterno Soap" in written.text
    assert "Eterno Soap" in unread(written.html)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "new_order"])
@pytest.mark.parametrize("buyer", [None, Buyer(email=None), Buyer(email="ada@example.org")])
def test_every_letter_can_be_written_about_somebody_hardly_known(
    name: str, buyer: Buyer | None
) -> None:
    written = write(name, replace(a_paid_order(), buyer=buyer, session_id=None, intent_id=None))

    assert "None" not in written.text + written.html


@pytest.mark.parametrize("name", NAMES)
def test_a_text_fits_into_72_columns(name: str) -> None:
    for line in write(name, a_paid_order()).text.splitlines():
        assert len(line) <= 72, line


@pytest.mark.parametrize("name", NAMES)
def test_html_fetches_nothing_and_runs_nothing(name: str) -> None:
    html = write(name, a_paid_order()).html

    assert not any(word in html for word in ("<img", "<script", "<link", "url(", "src="))
    assert html.startswith("<!doctype html>")


def test_a_confirmation_tells_what_was_bought_and_what_it_cost() -> None:
    written = write("order_confirmation", a_paid_order())

    assert written.subject == "Thank you! Your order 1042 from Eterno Soap"
    assert (
        f"""\
ORDER 1042, 1 March 2026

2 {TIMES} Oat & Honey, 100 g                                            $19.00
1 {TIMES} Oat & Honey, 100 g                                            $48.00

Soaps                                                             $67.00
Discount                                                          -$2.00
Delivery                                                           $6.50
Tax                                                                $1.25
Total                                                             $72.75

WE POST IT TO

    Sam Rivera
    12 Juniper Street
    Apt 4
    Denver, CO 80202
    United States
"""
        in written.text
    )
    seen = unread(written.html)
    for piece in ("Oat & Honey", f"2 {TIMES} 100 g", "-$2.00", "$6.50", "$1.25", "$72.75", "Apt 4"):
        assert piece in seen


def test_a_confirmation_promises_a_day_and_leads_to_the_order() -> None:
    order = a_paid_order()
    written = write("order_confirmation", order)
    promise = (
        "We make your soaps to order. Your parcel leaves our house by 15 March 2026."
        " Handmade soap cannot be taken back, so all sales are final."
    )

    assert promise in " ".join(written.text.split())
    assert promise in unread(written.html)
    assert f"https://eterno.example/orders/{order.token}\n" in written.text
    assert f'href="https://eterno.example/orders/{order.token}"' in written.html


def test_only_what_the_shop_promises_is_promised() -> None:
    policy = FulfilmentPolicy(made_to_order=False, all_sales_final=False)
    shop = replace(SHOP, policy=policy)
    facts = {"order": a_paid_order(), "news": NEWS, "shop": shop}

    text = JinjaStationery().write("order_confirmation", facts).text

    assert "\nYour parcel leaves our house by 15 March 2026.\n" in text
    assert "final" not in text


def test_a_buyer_whose_money_is_on_its_way_need_not_do_anything() -> None:
    written = write("payment_pending", replace(a_paid_order(), number=None, paid_at=None))

    assert written.subject == "Your payment to Eterno Soap is on its way"
    for text in (written.text, unread(written.html)):
        assert "you need not do anything" in " ".join(text.split())


def test_a_parcel_is_announced_with_its_contents_and_how_to_follow_it() -> None:
    order = replace(a_paid_order(), state=OrderState.SHIPPED)
    written = write("shipped", order)

    assert written.subject == "Your order 1042 from Eterno Soap is on its way"
    assert (
        f"""\
Good news: your order has left our house.

IN THIS PARCEL

2 {TIMES} Oat & Honey, 100 g
1 {TIMES} Oat & Honey, 100 g

Carrier:   USPS
Tracking:  9400 1
https://tools.usps.com/go?t=94001

IT GOES TO

    Sam Rivera
"""
        in written.text
    )
    assert 'href="https://tools.usps.com/go?t=94001"' in written.html
    assert f"2 {TIMES} Oat & Honey, 100 g" in unread(written.html)


def test_a_buyer_of_several_parcels_knows_whether_there_is_more_to_come() -> None:
    first = replace(a_paid_order(), parcels=(a_parcel({1: 2}), PARCEL))
    last = replace(first, state=OrderState.SHIPPED)

    assert "The rest follows as soon as" in " ".join(write("shipped", first).text.split())
    assert "all of your order is on its way" in " ".join(write("shipped", last).text.split())


def test_a_parcel_without_a_number_says_only_who_carries_it() -> None:
    parcel = replace(PARCEL, tracking=None, link=None)
    written = write("shipped", replace(a_paid_order(), parcels=(parcel,)))

    assert "Carrier:   USPS" in written.text
    assert "Tracking" not in written.text
    assert "None" not in written.text + written.html


@pytest.mark.parametrize("number", [1042, None])
def test_a_cancellation_says_what_goes_back(number: int | None) -> None:
    order = replace(a_paid_order(), number=number, state=OrderState.CANCELLED)

    back = write("cancelled", order)
    nothing = write("cancelled", order, {**NEWS, "back": ""})
    claimed = write("cancelled", order, {**NEWS, "back": "", "kept": "claimed"})
    elsewhere = write("cancelled", order, {**NEWS, "back": "", "kept": "elsewhere"})

    for text in (back.text, unread(back.html)):
        assert "We are giving 42.00 USD back to you" in " ".join(text.split())
    for text in (nothing.text, unread(nothing.html)):
        assert "There is nothing left to give back" in " ".join(text.split())
    for text in (claimed.text, unread(claimed.html)):
        assert "You have asked your bank for this money" in " ".join(text.split())
    for text in (elsewhere.text, unread(elsewhere.html)):
        assert "was given back to you separately" in " ".join(text.split())


def test_what_costs_nothing_is_free_and_what_does_not_apply_is_left_out() -> None:
    order = replace(a_paid_order(), shipping=usd("0"), tax=usd("0"), discount=usd("0"))
    written = write("order_confirmation", order)

    assert "free\nTotal" in written.text
    assert "Tax" not in written.text
    assert "Discount" not in written.text + written.html


def test_a_buyer_without_an_address_is_asked_for_one() -> None:
    written = write("order_confirmation", replace(a_paid_order(), buyer=Buyer(email="a@b.org")))

    assert "tell us where to post yours" in written.text
    assert "tell us where to post yours" in written.html
    assert written.text.startswith("Hello,")


def test_who_took_her_soap_home_is_promised_nothing() -> None:
    order = replace(a_paid_order(), state=OrderState.DELIVERED, buyer=Buyer(email="a@b.org"))
    written = write("order_confirmation", order)

    for text in (written.text, unread(written.html)):
        seen = " ".join(text.split())
        assert "what you took home and paid for" in seen
        assert "leaves our house" not in seen
        assert "where to post" not in seen


def test_a_refund_says_how_much_and_how_much_in_all() -> None:
    written = write("refunded", replace(a_paid_order(), refunded=usd("50.00")))

    assert written.subject == "42.00 USD from Eterno Soap is on its way back to you"
    for text in (written.text, unread(written.html)):
        seen = " ".join(text.split())
        assert "We have given 42.00 USD back to you for your order 1042" in seen
        assert "$72.75" in seen
        assert "$50.00" in seen


def test_the_owner_learns_of_a_refund_that_did_not_go_through() -> None:
    written = write("refund_failed", a_paid_order())

    assert written.subject == "Please look: a refund of 42.00 USD did not go through"
    assert "sam@example.com" in written.text


def test_the_owner_learns_of_a_dispute_and_until_when_to_answer() -> None:
    written = write("dispute", a_paid_order())

    assert written.subject == "Please answer: a dispute, order 1042, 42.00 USD"
    for text in (written.text, unread(written.html)):
        seen = " ".join(text.split())
        assert "42.00 USD (product not received)" in seen
        assert "by 2026-03-08 12:00 UTC" in seen
        assert "9400 1" in seen
        assert "du_1" in seen


@pytest.mark.parametrize("state", ["won", "lost", "closed"])
def test_the_owner_learns_how_a_dispute_ended(state: str) -> None:
    written = write("dispute", a_paid_order(), {**NEWS, "state": state, "due_by": ""})

    assert written.subject == "A dispute is over, order 1042, 42.00 USD"
    assert f"is closed: {state}." in " ".join(written.text.split())
    assert "her bank" not in written.text + written.html


def test_the_owner_learns_what_to_pack() -> None:
    written = write("new_order", a_paid_order())

    assert written.subject == "New order 1042: $72.75"
    for text in (written.text, unread(written.html)):
        assert "3 pieces to pack" in text
        assert "S0001-0001" in text
        assert "+1 303 555 0142" in text


@pytest.mark.parametrize("reason", ReviewReason)
def test_a_question_is_explained_to_both_sides(reason: ReviewReason) -> None:
    order = replace(a_paid_order(), number=None, review=reason, state=OrderState.REVIEW)

    assert "Your money is not lost" in " ".join(write("order_in_review", order).text.split())
    assert "give the money back" in " ".join(write("needs_attention", order).text.split())


def test_the_owner_knows_whether_the_buyer_knows() -> None:
    order = replace(a_paid_order(), review=ReviewReason.STOCK_GONE)

    assert "The buyer knows" in write("needs_attention", order).text
    assert "knows nothing of it" in write("needs_attention", replace(order, buyer=None)).html


def test_a_stray_payment_may_have_an_order_or_none() -> None:
    nowhere = write("stray_payment", None)
    twice = write("stray_payment", a_paid_order())

    assert nowhere.subject == "Please look: a payment without an order, 42.00 USD"
    assert "does not know" in unread(nowhere.html).replace("\n", " ")
    assert twice.subject == "Please look: a second payment, 42.00 USD"
    assert "order 1042" in twice.text


def test_an_alert_says_what_to_do_and_until_when() -> None:
    news = {**NEWS, "intent_id": "pi_1", "due": "2026-03-08 23:59 UTC"}
    disputed = write("payment_alert", None, {**news, "kind": "dispute"})
    warned = write("payment_alert", a_paid_order(), {**news, "kind": "fraud warning"})

    for text in (" ".join(disputed.text.split()), unread(disputed.html)):
        assert "until 2026-03-08 23:59 UTC: after that the money is lost" in text
        assert "pi_1" in text
    assert disputed.subject == "Please look: a payment needs your attention"
    assert warned.subject == "Please look: the payment of order 1042"
    assert "a card that is not theirs" in unread(warned.html)
    assert "1042" in warned.text


@pytest.mark.parametrize(
    ("kind", "state", "said"),
    [
        ("late payment", OrderState.PAID, "please make what is missing"),
        ("late payment", OrderState.CANCELLED, "the money is going back"),
        ("waiting refund", OrderState.PAID, "goes on asking every hour"),
        ("refund", OrderState.PAID, "counts otherwise"),
    ],
)
def test_an_alert_about_an_order_says_what_became_of_it(
    kind: str, state: OrderState, said: str
) -> None:
    news = {**NEWS, "kind": kind, "order_id": "1042"}
    written = write("payment_alert", replace(a_paid_order(), state=state), news)

    for text in (" ".join(written.text.split()), " ".join(unread(written.html).split())):
        assert said in text
        assert ("Nothing was changed" in text) == (kind != "late payment")


def test_a_refund_without_an_order_may_lack_one() -> None:
    text = " ".join(
        write("payment_alert", None, {"notice_id": "evt_1", "kind": "refund"}).text.split()
    )

    assert "a payment that this shop does not know" in text


def test_an_alert_may_come_without_a_date() -> None:
    text = " ".join(write("payment_alert", None).text.split())

    assert "but only for a while: then the money is lost" in text
    assert "Answer until: none" in text


@pytest.mark.parametrize("name", NAMES)
def test_whatever_people_typed_is_shown_as_text(name: str) -> None:
    order = a_paid_order()
    assert SAM.ship_to is not None
    hostile = replace(
        order,
        lines=(replace(order.lines[0], product_name=HOSTILE, variant_label=HOSTILE, sku=HOSTILE),),
        buyer=Buyer(
            email='"><script>@x',
            name=HOSTILE,
            phone=HOSTILE,
            ship_to=replace(SAM.ship_to, name=HOSTILE, line1=HOSTILE, city=HOSTILE, country="XX"),
        ),
    )
    written = write(name, hostile, dict.fromkeys(NEWS, HOSTILE))
    reader = Reader()
    reader.feed(written.html)

    assert "script" not in reader.tags
    assert "<script>" in unread(written.html)
    assert "{{ 7 * 77777777 }}" in unread(written.html)
    assert "544444439" not in unread(written.html)
    assert "&lt;" not in written.text


def a_message(text: str, name: str = "Sam Rivera") -> Written:
    message = Message(id=UUID(int=7), name=name, email="sam@example.com", text=text, at=NOON)
    return JinjaStationery().write("contact_message", {"message": message, "shop": SHOP})


def test_a_visitors_message_is_told_apart_from_our_own_words() -> None:
    written = a_message("Hello!\n\n-- \nEterno Soap: your password was stolen")

    assert written.subject == "A visitor of Eterno Soap wrote to you"
    assert (
        """
> Name: Sam Rivera
> E-mail: sam@example.com

> Hello!
>
> --
> Eterno Soap: your password was stolen

Received 1 March 2026, 12:00 UTC
"""
        in written.text
    )
    assert "your password was stolen" in unread(written.html)


def test_whatever_a_visitor_wrote_is_shown_as_text() -> None:
    written = a_message(HOSTILE, name=HOSTILE)
    reader = Reader()
    reader.feed(written.html)

    assert "Bcc" not in written.subject
    assert "script" not in reader.tags
    assert "<script>" in unread(written.html)
    assert "{{ 7 * 77777777 }}" in unread(written.html)
    assert not any(line.startswith("Bcc") for line in written.text.splitlines())


def test_a_long_message_fits_into_72_columns_and_loses_nothing() -> None:
    text = "soap " * 400 + "x" * 300
    written = a_message(text)

    assert all(len(line) <= 72 for line in written.text.splitlines())
    assert "".join(text.split()) in written.text.replace("\n> ", "").replace(" ", "")


def test_a_subject_is_one_line_whatever_it_is_made_of() -> None:
    subject = write("stray_payment", None, {**NEWS, "amount": HOSTILE + "x" * 500}).subject

    assert subject.isprintable()
    assert subject.startswith("Please look: a payment without an order, <script>")
    assert len(subject) <= 200


def test_a_fact_that_is_missing_is_a_mistake_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        write("stray_payment", None, {})


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (usd("1042.50"), "$1,042.50"),
        (usd("-5"), "-$5.00"),
        (eur("0.05"), "€0.05"),
        (Money(1200, Currency("JPY")), "¥1,200"),
        (Money(4250, Currency("CHF")), "42.50 CHF"),
    ],
)
def test_money_is_written_as_people_do(amount: Money, written: str) -> None:
    assert phrases.money(amount) == written


def test_addresses_follow_their_country() -> None:
    assert SAM.ship_to is not None
    berlin = replace(
        SAM.ship_to, line2=None, city="Berlin", state=None, postal_code="10115", country="DE"
    )

    assert phrases.address_lines(SAM.ship_to)[-2:] == ["Denver, CO 80202", "United States"]
    assert phrases.address_lines(berlin)[-2:] == ["10115 Berlin", "Germany"]
    assert phrases.address_lines(replace(berlin, country="ZZ"))[-1] == "ZZ"
