"""Sold by hand: at the market stall, or on the phone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.application.idempotency import KeyReused
from eterno.application.orders.place_manual_order import ManualSale
from eterno.application.ports.store import AlreadyThere
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.history import EventKind
from eterno.domain.inventory import OutOfStock
from eterno.domain.orders import OrderState
from eterno.domain.refunds import RefundWish
from tests.application.shop import Shop
from tests.builders import add_admin, eur, put_on_sale, usd

TWO = ManualSale(pieces={1: 2})


@pytest.fixture
def rosa(shop: Shop, soap: Variant) -> Actor:
    """There are ten soaps, at 8.99."""
    assert soap.id == 1
    return add_admin(shop.store)


def test_a_sale_at_the_stall_moves_the_stock_like_any_other(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    order = shop.place_manual_order(rosa, TWO)

    assert order == shop.order
    assert (order.state, order.number) == (OrderState.DELIVERED, 1)
    assert order.captured == order.total == usd("17.98")
    assert (order.session_id, order.intent_id, order.buyer) == (None, None, None)
    assert shop.on_shelf(soap) == (8, 0)
    (entry,) = shop.store.tables.money
    assert (entry.amount, entry.reference) == (usd("17.98"), "by hand")


def test_it_is_told_and_audited(shop: Shop, rosa: Actor) -> None:
    shop.place_manual_order(rosa, replace(TWO, note="paid with a twenty"))

    placed, paid, delivered = shop.store.tables.history
    assert [event.kind for event in (placed, paid, delivered)] == [
        EventKind.PLACED,
        EventKind.PAID,
        EventKind.DELIVERED,
    ]
    assert {event.actor for event in shop.store.tables.history} == {"rosa"}
    assert placed.words == "paid with a twenty"
    assert paid.facts["channel"] == "counter"
    (audited,) = shop.store.tables.audit
    assert (audited.action, audited.subject) == ("take order", "order 1")
    assert audited.after == {"pieces": 2, "total": "17.98 USD", "state": "delivered"}


def test_who_left_an_address_gets_a_confirmation_and_the_owner_no_news(
    shop: Shop, rosa: Actor
) -> None:
    shop.place_manual_order(rosa, replace(TWO, name="Ada", email="ada@example.org"))
    while shop.deliver():
        pass

    assert [(letter.to, letter.subject) for letter in shop.mailer.sent] == [
        ("ada@example.org", "order_confirmation")
    ]


def test_an_order_on_the_phone_is_made_and_sent_later(shop: Shop, rosa: Actor) -> None:
    order = shop.place_manual_order(rosa, replace(TWO, handed_over=False, name="Ada"))

    assert order.state is OrderState.PAID
    assert order.promised_by is not None
    assert (order.promised_by - shop.clock.now()).days == 14
    assert shop.history == [EventKind.PLACED, EventKind.PAID]


def test_friends_pay_less(shop: Shop, rosa: Actor) -> None:
    order = shop.place_manual_order(rosa, replace(TWO, discount=usd("3.00")))

    assert (order.total, order.captured) == (usd("14.98"), usd("14.98"))


def test_a_gift_is_a_sale_for_nothing(shop: Shop, rosa: Actor) -> None:
    order = shop.place_manual_order(rosa, replace(TWO, discount=usd("17.98")))

    assert order.total == usd("0")
    assert shop.store.tables.money == []


def test_it_is_given_back_by_hand(shop: Shop, rosa: Actor, soap: Variant) -> None:
    order = shop.place_manual_order(rosa, TWO)

    shop.refund_order(rosa, order.id, RefundWish(pieces={soap.id: 1}, restock=True))

    assert shop.order.refunded == usd("8.99")
    assert shop.on_shelf(soap) == (9, 0)
    assert shop.news["pay_back"] == 0


def test_the_last_soap_is_sold_once(shop: Shop, rosa: Actor, soap: Variant) -> None:
    shop.checkout((soap, 9))
    before = shop.store.tables.copy()

    with pytest.raises(OutOfStock):
        shop.place_manual_order(rosa, TWO)

    assert shop.store.tables == before


@pytest.mark.parametrize(
    "sale",
    [
        ManualSale(pieces={}),
        ManualSale(pieces={1: 0}),
        ManualSale(pieces={1: 100}),
        ManualSale(pieces=dict.fromkeys(range(1, 102), 1)),
        replace(TWO, discount=usd("17.99")),
        replace(TWO, discount=eur("1.00")),
        replace(TWO, email="ada"),
        replace(TWO, email="ada lovelace@example.org"),
        replace(TWO, name="a\0b"),
        replace(TWO, note="x" * 2001),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Shop, rosa: Actor, sale: ManualSale) -> None:
    before = shop.store.tables.copy()

    with pytest.raises(Invalid):
        shop.place_manual_order(rosa, sale)

    assert shop.store.tables == before


def test_only_what_is_offered_is_sold(shop: Shop, rosa: Actor) -> None:
    gone = put_on_sale(shop.store, archived=True)

    for unknown in (gone.id, 999, 0, -1, 10**30):
        with pytest.raises(NotFound, match=f"ProductVariant {unknown} not found"):
            shop.place_manual_order(rosa, ManualSale(pieces={unknown: 1}))


def test_the_same_key_and_sale_are_the_same_order(shop: Shop, rosa: Actor) -> None:
    first = shop.place_manual_order(rosa, TWO, key="k-1")

    assert shop.place_manual_order(rosa, TWO, key="k-1") == first
    with pytest.raises(KeyReused):
        shop.place_manual_order(rosa, ManualSale(pieces={1: 1}), key="k-1")
    assert len(shop.orders) == 1


def test_of_two_with_one_key_at_once_the_second_gets_the_first(
    shop: Shop, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shop.place_manual_order(rosa, TWO, key="k-1")
    look = shop.place_manual_order._place
    blind = iter([True])

    def looked_too_early(*about: object) -> object:
        if next(blind, False):
            raise AlreadyThere("order key")
        return look(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.place_manual_order, "_place", looked_too_early)

    assert shop.place_manual_order(rosa, TWO, key="k-1") == first


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_is_short_and_printable(shop: Shop, rosa: Actor, key: str) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key"):
        shop.place_manual_order(rosa, TWO, key=key)
