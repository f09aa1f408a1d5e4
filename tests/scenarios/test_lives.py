"""Whole lives of orders, as stories."""

from datetime import timedelta

import pytest

from eterno.application.inventory import stock
from eterno.domain.orders import OrderState
from tests.scenarios.world import World

OWNER = "owner@example.com"
BUYER = "rosa@example.org"


def test_from_basket_to_letter(world: World) -> None:
    soap = world.soap(pieces=10)

    page = world.page(soap, 3)
    assert world.on_sale(soap) == 7
    assert world.order().state is OrderState.AWAITING

    world.pay(page)
    world.post()
    assert world.on_sale(soap) == 7
    order = world.order()
    assert order.state is OrderState.PAID
    assert order.number is not None
    assert order.captured == order.total
    assert order.buyer is not None
    assert order.buyer.ship_to is not None
    assert order.buyer.ship_to.city == "Denver"

    world.work()
    letters = world.letters()
    assert sorted(to for to, _ in letters) == [OWNER, BUYER]
    assert all(str(order.number) in subject for _, subject in letters)

    world.wait(timedelta(days=1))
    world.sweep()
    world.post()
    world.work()
    assert world.order() == order
    assert world.letters() == letters


def test_an_order_nobody_pays_for(world: World) -> None:
    soap = world.soap(pieces=2)
    world.page(soap, 2)
    assert world.check_out(soap).status_code == 409

    world.wait(timedelta(minutes=30))
    world.sweep()
    assert world.on_sale(soap) == 0

    world.wait(timedelta(minutes=2))
    world.sweep()
    world.post()
    assert world.on_sale(soap) == 2
    assert world.order().state is OrderState.EXPIRED
    world.work()
    assert world.letters() == []


def test_two_buyers_one_soap(world: World) -> None:
    soap = world.soap(pieces=1)
    page = world.page(soap)
    refused = world.check_out(soap)
    assert refused.status_code == 409
    assert refused.json()["lines"] == [{"variant_id": soap.id, "requested": 1, "available": 0}]

    world.pay(page)
    world.post()
    assert world.check_out(soap).status_code == 409
    assert world.order().state is OrderState.PAID


def test_the_buyer_is_quicker_than_the_sweep(world: World) -> None:
    """She pays in the last minute, and her notice is still on its way when the deadline passes."""
    soap = world.soap(pieces=1)
    page = world.page(soap)
    world.wait(timedelta(minutes=30, seconds=30))
    world.pay(page)
    world.wait(timedelta(minutes=2))
    world.sweep()
    assert world.order().state is OrderState.PAID
    world.post()
    world.work()
    assert len(world.letters()) == 2


def test_pay_later_that_succeeds(world: World) -> None:
    soap = world.soap(pieces=2)
    page = world.page(soap, 2)
    world.pay_later(page)
    world.post()
    assert world.order().state is OrderState.PENDING

    world.wait(timedelta(days=3))
    world.sweep()
    assert world.on_sale(soap) == 0

    world.money_comes(page)
    world.post()
    world.work()
    assert world.order().state is OrderState.PAID
    assert len(world.letters()) == 2


def test_pay_later_that_fails(world: World) -> None:
    soap = world.soap(pieces=2)
    page = world.page(soap, 2)
    world.pay_later(page)
    world.post()
    world.wait(timedelta(days=1))
    world.money_fails(page)
    world.post()
    world.work()
    assert world.order().state is OrderState.FAILED
    assert world.on_sale(soap) == 2
    [(to, _)] = world.letters()
    assert to == BUYER


@pytest.mark.parametrize("still_there", [True, False])
def test_money_that_came_too_late(world: World, still_there: bool) -> None:
    """The payment arrives when the shop has already given the order up."""
    soap = world.soap(pieces=1)
    page = world.page(soap)
    late = world.order()
    world.pay(page)
    with world.shop.store().begin() as work:  # given up, as by a shop that was wrong about it
        order = work.orders.hold(late.id)
        stock.release(work, order)
        work.orders.save(order.expire())
    if not still_there:
        rival = world.page(soap)
        assert rival != page
        assert world.on_sale(soap) == 0

    world.post()
    world.work()

    settled = world.shop.order_desk().find(late.token)
    letters = world.letters()
    if still_there:
        assert settled.state is OrderState.PAID
        assert len(letters) == 2
    else:
        assert settled.state is OrderState.PAID, "it is made for the buyer"
        assert settled.captured == settled.total
        assert sorted(to for to, _ in letters) == [OWNER, OWNER, BUYER]


def test_the_same_key_survives_everything(world: World) -> None:
    soap = world.soap(pieces=5)
    key = {"Idempotency-Key": "one-basket-one-order"}
    first = world.check_out(soap, 2, **key).json()
    assert world.check_out(soap, 2, **key).json() == first
    assert world.on_sale(soap) == 3
    world.pay(first["url"])
    world.post()
    assert world.check_out(soap, 2, **key).json() == first
    assert world.on_sale(soap) == 3
