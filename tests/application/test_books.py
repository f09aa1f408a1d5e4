"""The audit itself: one defect per invariant, and it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from eterno.adapters.memory.tables import Tables
from eterno.domain.catalog import Variant
from eterno.domain.contact import Message
from eterno.domain.history import EventKind
from eterno.domain.inventory import Reason
from eterno.domain.orders import OrderState
from eterno.domain.refunds import Refund
from tests.application.books import faults
from tests.application.shop import Shop
from tests.builders import a_parcel, usd
from tests.support.clock import NOON


@pytest.fixture
def tables(shop: Shop, soap: Variant) -> Tables:
    """Of a shop with one paid order, to be spoilt."""
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))
    return shop.store.tables.copy()


def lose_a_piece(tables: Tables) -> None:
    tables.shelves[1] = replace(tables.shelves[1], on_hand=7)


def promise_to_nobody(tables: Tables) -> None:
    tables.shelves[1] = replace(tables.shelves[1], reserved=1)


def forget_the_reservation(tables: Tables) -> None:
    tables.reservations.clear()


def hold_what_was_sold(tables: Tables) -> None:
    for id, order in tables.orders.items():
        tables.orders[id] = replace(order, state=OrderState.REVIEW)
    tables.history.append(replace(tables.history[-1], kind=EventKind.REVIEW))


def lose_money(tables: Tables) -> None:
    tables.money.clear()


def sell_for_less(tables: Tables) -> None:
    for id, order in tables.orders.items():
        tables.orders[id] = replace(order, tax=usd("-1.00"))


def forget_the_sale(tables: Tables) -> None:
    tables.movements[-1] = replace(tables.movements[-1], order_id=None)


def refund_and_forget_it(tables: Tables) -> None:
    for id, order in tables.orders.items():
        tables.orders[id] = replace(order, refunded=usd("1.00"))


def refund_more_than_came(tables: Tables) -> None:
    (order,) = tables.orders.values()
    tables.refunds[order.id] = Refund(
        id=order.id,
        order_id=order.id,
        amount=usd("17.99"),
        shipping=usd("0"),
        tax=usd("0"),
        requested_at=order.created_at,
    )


def bring_back_more_than_was_sold(tables: Tables) -> None:
    sale = tables.movements[-1]
    tables.movements.append(replace(sale, reason=Reason.RETURN, change=3))
    tables.shelves[1] = replace(tables.shelves[1], on_hand=11)


def forget_what_happened(tables: Tables) -> None:
    tables.history.pop()


def send_what_nobody_packed(tables: Tables) -> None:
    for id, order in tables.orders.items():
        tables.orders[id] = replace(order, parcels=(a_parcel({1: 1}),))


def forget_the_letter(tables: Tables) -> None:
    tables.outbox.clear()


def keep_a_message_to_ourselves(tables: Tables) -> None:
    message = Message.written(
        id=UUID(int=1), name="Ada", email="ada@example.org", text="Hello?", at=NOON
    )
    tables.messages[message.id] = message


def forget_the_outcome(tables: Tables) -> None:
    for id, heard in tables.inbox.items():
        tables.inbox[id] = replace(heard, outcome=None)


def test_a_healthy_shop_has_no_faults(tables: Tables) -> None:
    assert faults(tables) == []


@pytest.mark.parametrize(
    ("spoil", "invariant"),
    [
        (lose_a_piece, "I02"),
        (promise_to_nobody, "I03"),
        (forget_the_reservation, "I05"),
        (hold_what_was_sold, "I06"),
        (lose_money, "I07"),
        (sell_for_less, "I08"),
        (forget_the_sale, "I12"),
        (forget_the_letter, "I13"),
        (keep_a_message_to_ourselves, "I13"),
        (refund_and_forget_it, "I07"),
        (refund_more_than_came, "I09"),
        (bring_back_more_than_was_sold, "I18"),
        (forget_what_happened, "I16"),
        (send_what_nobody_packed, "I17"),
        (forget_the_outcome, "I15"),
    ],
)
def test_one_defect_is_named(
    tables: Tables, spoil: Callable[[Tables], None], invariant: str
) -> None:
    spoil(tables)

    assert [fault.partition(":")[0] for fault in faults(tables)] == [invariant]
