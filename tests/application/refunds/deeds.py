"""Giving money back, and what came of it."""

from __future__ import annotations

from datetime import timedelta

from eterno.domain.audit import Actor
from eterno.domain.refunds import Refund, RefundWish
from tests.application.shop import Shop
from tests.builders import usd

TWO_DAYS = timedelta(hours=48)


def refund(shop: Shop, rosa: Actor, wish: RefundWish, key: str | None = None) -> Refund:
    return shop.refund_order(rosa, shop.order.id, wish, key=key)


def some(amount: str, **more: object) -> RefundWish:
    return RefundWish(amount=usd(amount), **more)  # type: ignore[arg-type]


def work(shop: Shop) -> None:
    while shop.deliver():
        pass


def the_refund(shop: Shop) -> Refund:
    (refund,) = shop.store.tables.refunds.values()
    return refund


def ledger(shop: Shop) -> list[str]:
    return [f"{entry.kind} {entry.amount}" for entry in shop.store.tables.money]
