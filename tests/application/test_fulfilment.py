"""From payment to the buyer's hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from eterno.application.orders.ship_order import Shipment
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.fulfilment import NotPossibleNow
from eterno.domain.history import EventKind
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import RefundWish
from tests.application.shop import Shop
from tests.builders import add_admin

ALL = Shipment(carrier="USPS", tracking="9400 1", link="https://usps.example/94001")


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


@pytest.fixture
def sold(shop: Shop, soap: Variant) -> None:
    """Three of ten soaps are paid."""
    shop.checkout((soap, 3))
    shop.hear(shop.payments.pay(shop.session))


pytestmark = pytest.mark.usefixtures("sold")


def audited(shop: Shop) -> list[tuple[str, str, str]]:
    return [
        (entry.actor.username, entry.action, entry.subject) for entry in shop.store.tables.audit
    ]


def test_an_order_is_made_sent_and_arrives(shop: Shop, rosa: Actor, soap: Variant) -> None:
    id = shop.order.id

    assert shop.start_production(rosa, id).state is OrderState.IN_PRODUCTION
    assert shop.ship_order(rosa, id, ALL).state is OrderState.SHIPPED
    assert shop.deliver_order(rosa, id) == shop.order
    assert shop.order.state is OrderState.DELIVERED

    assert shop.on_shelf(soap) == (7, 0)
    assert shop.history == [
        EventKind.PLACED,
        EventKind.PAID,
        EventKind.IN_PRODUCTION,
        EventKind.PARCEL,
        EventKind.SHIPPED,
        EventKind.DELIVERED,
    ]
    assert audited(shop) == [
        ("rosa", deed, "order 1") for deed in ("start production", "ship order", "deliver order")
    ]


def test_it_was_promised_from_the_day_it_was_paid(shop: Shop) -> None:
    assert shop.order.paid_at is not None
    assert shop.order.promised_by is not None
    assert (shop.order.promised_by - shop.order.paid_at).days == 14


def test_the_history_of_a_sale_says_all_that_figures_are_made_of(shop: Shop, soap: Variant) -> None:
    placed, paid = shop.store.tables.history
    lines = [{"variant_id": soap.id, "quantity": 3, "unit_price": 899}]

    assert placed.facts == {"currency": "USD", "subtotal": 2697, "lines": lines}
    assert paid.facts == {
        "channel": "web",
        "number": 1,
        "paid_at": "2026-03-01T12:00:00+00:00",
        "promised_by": "2026-03-15T12:00:00+00:00",
        "currency": "USD",
        "subtotal": 2697,
        "discount": 0,
        "shipping": 0,
        "tax": 0,
        "total": 2697,
        "lines": lines,
    }
    assert paid.actor is None


def test_history_names_who_did_it_and_when_the_shop_knew(shop: Shop, rosa: Actor) -> None:
    shop.wait(days=2)
    shop.ship_order(rosa, shop.order.id, ALL)

    parcel, shipped = shop.store.tables.history[-2:]
    (sent,) = shop.order.parcels
    assert (parcel.actor, parcel.at, shipped.actor) == ("rosa", shop.clock.now(), "rosa")
    assert parcel.facts == {
        "parcel": str(sent.id),
        "carrier": "USPS",
        "tracking": "9400 1",
        "lines": [{"variant_id": 1, "quantity": 3}],
    }


def work(shop: Shop) -> None:
    while shop.deliver():
        pass


def test_pieces_whose_money_went_back_are_not_sent(shop: Shop, rosa: Actor, soap: Variant) -> None:
    shop.refund_order(rosa, shop.order.id, RefundWish(pieces={soap.id: 1}, restock=True))
    work(shop)

    sent = shop.ship_order(rosa, shop.order.id, ALL)

    assert sent.parcels[0].contents == {soap.id: 2}
    assert sent.state is OrderState.SHIPPED
    assert shop.on_shelf(soap) == (8, 0)


def test_of_an_order_whose_money_went_back_nothing_is_sent(shop: Shop, rosa: Actor) -> None:
    shop.refund_order(rosa, shop.order.id, RefundWish())

    with pytest.raises(Invalid, match="at least one piece"):
        shop.ship_order(rosa, shop.order.id, ALL)


def test_an_order_is_shipped_when_the_money_for_the_rest_went_back(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    id = shop.order.id
    shop.ship_order(rosa, id, replace(ALL, contents={soap.id: 2}))
    shop.refund_order(rosa, id, RefundWish(pieces={soap.id: 1}))
    assert EventKind.SHIPPED not in shop.history

    work(shop)

    assert shop.order.state is OrderState.SHIPPED
    assert shop.history[-1] is EventKind.SHIPPED
    assert shop.deliver_order(rosa, id).state is OrderState.DELIVERED


def test_sending_all_that_is_left_twice_is_sending_it_once(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    id = shop.order.id
    shop.ship_order(rosa, id, Shipment(carrier="USPS", tracking="1", contents={soap.id: 1}))

    assert shop.ship_order(rosa, id, ALL) == shop.ship_order(rosa, id, ALL)
    assert [parcel.contents for parcel in shop.order.parcels] == [{soap.id: 1}, {soap.id: 2}]
    with pytest.raises(NotPossibleNow):
        shop.ship_order(rosa, id, replace(ALL, tracking="another"))


def test_the_buyer_is_told_of_every_parcel(shop: Shop, rosa: Actor) -> None:
    id = shop.order.id

    first = shop.ship_order(rosa, id, replace(ALL, contents={1: 2}))
    second = shop.ship_order(rosa, id, Shipment(carrier="UPS"))

    assert (first.state, second.state) == (OrderState.PAID, OrderState.SHIPPED)
    assert shop.news["announce_parcel"] == 2
    while shop.deliver():
        pass
    letters = [letter for letter in shop.mailer.sent if letter.subject == "shipped"]
    assert [letter.to for letter in letters] == ["ada@example.org"] * 2
    assert str(shop.order.parcels[0].id) in letters[0].text


def test_what_is_not_sent_with_the_last_parcel_is_not_waited_for(shop: Shop, rosa: Actor) -> None:
    shop.ship_order(rosa, shop.order.id, replace(ALL, contents={1: 1}, last=True))

    assert shop.order.state is OrderState.SHIPPED


@pytest.mark.parametrize(
    "deed",
    [
        lambda shop, rosa: shop.start_production(rosa, shop.order.id),
        lambda shop, rosa: shop.ship_order(rosa, shop.order.id, replace(ALL, contents={1: 1})),
        lambda shop, rosa: shop.deliver_order(rosa, shop.order.id),
    ],
    ids=["made", "sent", "delivered"],
)
def test_saying_it_twice_changes_nothing(
    shop: Shop, rosa: Actor, deed: Callable[[Shop, Actor], object]
) -> None:
    deed(shop, rosa)
    before = shop.store.tables.copy()

    deed(shop, rosa)

    assert shop.store.tables == before


def test_what_collides_is_done_over(shop: Shop, rosa: Actor) -> None:
    steps: list[Callable[[], Order]] = [
        lambda: shop.start_production(rosa, shop.order.id),
        lambda: shop.add_note(rosa, shop.order.id, "wrapped twice"),
        lambda: shop.ship_order(rosa, shop.order.id, ALL),
        lambda: shop.deliver_order(rosa, shop.order.id),
    ]
    for step in steps:
        shop.store.collisions = 1
        step()

    assert shop.order.state is OrderState.DELIVERED


def test_what_cannot_be_done_now_leaves_no_trace(shop: Shop, rosa: Actor) -> None:
    shop.deliver_order(rosa, shop.order.id)
    before = shop.store.tables.copy()

    with pytest.raises(NotPossibleNow):
        shop.start_production(rosa, shop.order.id)
    with pytest.raises(NotPossibleNow):
        shop.ship_order(rosa, shop.order.id, replace(ALL, contents={1: 1}))
    with pytest.raises(Invalid):
        shop.ship_order(rosa, shop.order.id, replace(ALL, carrier=""))
    with pytest.raises(NotFound):
        shop.deliver_order(rosa, uuid4())

    assert shop.store.tables == before


# Notes


def test_a_note_stands_in_the_timeline_and_nowhere_else(shop: Shop, rosa: Actor) -> None:
    before = shop.order
    shop.add_note(rosa, shop.order.id, "  Ring twice.\nMind the dog. ")

    note = shop.store.tables.history[-1]
    assert (note.kind, note.actor) == (EventKind.NOTE, "rosa")
    assert note.words == "Ring twice.\nMind the dog."
    assert note.facts == {}
    assert shop.order == before
    assert audited(shop) == [("rosa", "add note", "order 1")]
    assert "dog" not in str(shop.store.tables.audit)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\0b"])
def test_a_note_says_something_that_can_be_read(shop: Shop, rosa: Actor, text: str) -> None:
    with pytest.raises(Invalid):
        shop.add_note(rosa, shop.order.id, text)
