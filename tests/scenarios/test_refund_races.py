"""Many refunds at once, on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from eterno.domain.audit import Actor
from eterno.domain.orders import Order
from eterno.domain.refunds import Refund, RefundTooLarge, RefundWish
from eterno.entrypoints.container import Shop
from tests.builders import add_admin, usd
from tests.contracts.race import at_once
from tests.scenarios.world import World, postgres_world
from tests.support import audit


def sold(world: World) -> Order:
    """One soap for 10.00."""
    world.pay(world.page(world.soap(pieces=1, price="10.00")))
    world.post()
    return world.order()


def outcome(shop: Shop, rosa: Actor, order: Order, wish: RefundWish, key: str | None) -> str:
    try:
        shop.refund_order()(rosa, order.id, wish, key=key)
    except RefundTooLarge:
        return "too large"
    return "asked"


def refunds_of(shop: Shop, order: Order) -> list[Refund]:
    with shop.store().begin() as work:
        return list(work.refunds.of(order.id))


def test_of_ten_refunds_of_sixty_per_cent_at_once_one_is_made(
    database_uri: str, tmp_path: Path
) -> None:
    with postgres_world(database_uri, tmp_path) as world:
        order, rosa = sold(world), add_admin(world.shop.store())
        wish = RefundWish(amount=usd("6.00"))

        outcomes = at_once(
            *[lambda: outcome(world.shop, rosa, order, wish, None) for _ in range(10)]
        )

        assert Counter(outcomes) == {"asked": 1, "too large": 9}
        world.work()
        world.post()
        assert world.order().refunded == usd("6.00")
        assert audit.faults(database_uri) == {}


def test_the_same_request_ten_times_at_once_is_one_refund(
    database_uri: str, tmp_path: Path
) -> None:
    with postgres_world(database_uri, tmp_path) as world:
        order, rosa = sold(world), add_admin(world.shop.store())
        wish = RefundWish(amount=usd("1.00"))

        outcomes = at_once(
            *[lambda: outcome(world.shop, rosa, order, wish, "k-1") for _ in range(10)]
        )

        assert Counter(outcomes) == {"asked": 10}
        assert len(refunds_of(world.shop, order)) == 1
        assert audit.faults(database_uri) == {}


def test_cancelled_ten_times_at_once_the_money_goes_back_once(
    database_uri: str, tmp_path: Path
) -> None:
    with postgres_world(database_uri, tmp_path) as world:
        order, rosa = sold(world), add_admin(world.shop.store())

        at_once(*[lambda: world.shop.cancel_order()(rosa, order.id) for _ in range(10)])
        at_once(*[world.shop.deliver_outbox() for _ in range(4)])
        world.work()
        world.post()

        assert world.order().refunded == usd("10.00")
        assert len(refunds_of(world.shop, order)) == 1
        assert audit.faults(database_uri) == {}
