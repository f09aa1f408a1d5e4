"""Money that goes back."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from eterno.application.idempotency import KeyReused
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.history import EventKind
from eterno.domain.refunds import RefundState, RefundTooLarge, RefundWish
from tests.application.refunds.deeds import ledger, refund, some, the_refund, work
from tests.application.shop import Shop
from tests.builders import usd

# The natural way


def test_money_goes_back_when_the_payment_service_says_so(shop: Shop, rosa: Actor) -> None:
    asked = refund(shop, rosa, some("10.00", reason="one was broken"))

    assert (asked.state, asked.amount, asked.requested_by) == (
        RefundState.PENDING,
        usd("10.00"),
        "rosa",
    )
    assert shop.order.refunded == usd("0")

    work(shop)

    done = the_refund(shop)
    assert (done.state, done.done_at) == (RefundState.SUCCEEDED, shop.clock.now())
    assert done.provider_id is not None
    assert shop.order.refunded == usd("10.00")
    assert ledger(shop) == ["capture 26.97 USD", "refund -10.00 USD"]
    assert shop.store.tables.money[-1].reference == done.provider_id


def test_the_buyer_is_told_when_it_is_gone(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, RefundWish())
    work(shop)

    (letter,) = (letter for letter in shop.mailer.sent if letter.subject == "refunded")
    assert letter.to == "ada@example.org"
    assert "26.97 USD" in letter.text


def test_history_says_what_was_asked_and_what_came_of_it(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, RefundWish(pieces={1: 1}, restock=True, reason="broken"))
    shop.wait(days=1)
    work(shop)

    asked, done = shop.store.tables.history[-2:]
    assert (asked.kind, asked.actor, asked.words) == (
        EventKind.REFUND_REQUESTED,
        "rosa",
        "broken",
    )
    assert asked.facts["done_at"] is None
    assert (done.kind, done.actor) == (EventKind.REFUND_SUCCEEDED, None)
    assert done.facts == {
        **asked.facts,
        "provider": "re_1",
        "done_at": "2026-03-02T12:00:00+00:00",
    }
    assert asked.facts["lines"] == [{"variant_id": 1, "quantity": 1, "amount": 899}]
    (audited,) = shop.store.tables.audit
    assert (audited.action, audited.subject) == ("refund order", "order 1")
    assert "broken" not in str(audited)


def test_pieces_come_back_on_the_shelf_once_the_money_is_gone(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 2}, restock=True))
    assert shop.on_shelf(soap) == (7, 0)

    work(shop)

    assert shop.on_shelf(soap) == (9, 0)
    back = shop.store.tables.movements[-1]
    assert (back.reason, back.change, back.actor) == ("return", 2, "rosa")
    assert back.order_id == shop.order.id


def test_pieces_that_are_broken_do_not(shop: Shop, rosa: Actor, soap: Variant) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 2}))
    work(shop)

    assert shop.on_shelf(soap) == (7, 0)


# Never too much


def test_refunds_on_their_way_are_counted(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, some("20.00"))

    with pytest.raises(RefundTooLarge) as refusal:
        refund(shop, rosa, some("6.98"))

    assert refusal.value.left == usd("6.97")
    refund(shop, rosa, some("6.97"))
    work(shop)
    assert shop.order.refunded == shop.order.captured


def test_a_refused_wish_leaves_no_trace(shop: Shop, rosa: Actor) -> None:
    before = shop.store.tables.copy()

    for wish in (some("0"), some("27.00"), RefundWish(pieces={9: 1}), some("1", reason="a\0")):
        with pytest.raises((Invalid, RefundTooLarge)):
            refund(shop, rosa, wish)
    with pytest.raises(NotFound):
        shop.refund_order(rosa, uuid4(), RefundWish())

    assert shop.store.tables == before


# Asked twice


def test_the_same_key_and_wish_are_the_same_refund(shop: Shop, rosa: Actor) -> None:
    first = refund(shop, rosa, some("10.00"), "k-1")
    work(shop)

    again = refund(shop, rosa, some("10.00", reason="told otherwise"), "k-1")

    assert again.id == first.id
    assert len(shop.store.tables.refunds) == 1


def test_a_key_belongs_to_one_wish(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, some("10.00"), "k-1")

    with pytest.raises(KeyReused):
        refund(shop, rosa, some("11.00"), "k-1")
    refund(shop, rosa, some("10.00"), "k-2")
    refund(shop, rosa, some("1.00"))

    assert len(shop.store.tables.refunds) == 3


def test_a_key_is_short_and_printable(shop: Shop, rosa: Actor) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key"):
        refund(shop, rosa, some("1.00"), "x" * 256)


def test_what_collides_is_done_over(shop: Shop, rosa: Actor) -> None:
    shop.store.collisions = 1
    refund(shop, rosa, some("10.00"))

    work(shop)

    assert shop.order.refunded == usd("10.00")


# By hand


def test_what_was_paid_by_hand_goes_back_by_hand(shop: Shop, rosa: Actor) -> None:
    with shop.store.begin() as work:
        paid = work.orders.hold(shop.order.id)
        work.orders.save(replace(paid, intent_id=None))

    given = refund(shop, rosa, RefundWish(reason="at the counter"))

    assert given.state is RefundState.SUCCEEDED
    assert shop.order.refunded == usd("26.97")
    assert shop.store.tables.money[-1].reference == "by hand"
    assert shop.news["pay_back"] == 0
