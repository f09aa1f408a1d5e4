"""The money ledger: what came, went back, and came back."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from eterno.application.ports.orders import Entry, LedgerEntry
from eterno.application.ports.store import Store
from eterno.domain.money import Money
from eterno.domain.orders import Order
from tests.builders import usd
from tests.contracts.conftest import Bench


def captured(order: Order, amount: Money) -> LedgerEntry:
    return LedgerEntry(
        order_id=order.id,
        amount=amount,
        reference="pi_1",
        at=order.created_at,
        kind=Entry.REFUND if amount.minor < 0 else Entry.CAPTURE,
    )


def test_an_order_is_captured_once(bench: Bench, order: Order) -> None:
    with bench.store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))

    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.orders.record(captured(order, usd("0.01")))


def test_an_order_may_be_refunded_in_several_parts(store: Store, order: Order) -> None:
    with store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))
        work.orders.record(captured(order, usd("-5.00")))
        work.orders.record(captured(order, usd("-5.00")))


def test_money_that_came_back_is_entered_without_being_captured_again(
    store: Store, order: Order
) -> None:
    with store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))
        work.orders.record(captured(order, usd("-5.00")))
        work.orders.record(replace(captured(order, usd("5.00")), kind=Entry.RETURN))


@pytest.mark.parametrize(
    ("amount", "kind"),
    [("-1", Entry.CAPTURE), ("1", Entry.REFUND), ("-1", Entry.RETURN)],
)
def test_each_kind_of_entry_has_its_direction(
    bench: Bench, order: Order, amount: str, kind: Entry
) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.orders.record(replace(captured(order, usd(amount)), kind=kind))


def test_money_moves_for_an_order_that_exists_and_an_entry_moves_money(
    bench: Bench, order: Order
) -> None:
    unknown = replace(order, id=uuid4())
    for impossible in (captured(unknown, usd("17.98")), captured(order, usd("0"))):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.orders.record(impossible)
