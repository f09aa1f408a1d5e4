from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from eterno.domain.catalog import Variant
from eterno.domain.history import EventKind, OrderEvent
from eterno.domain.orders import Order
from tests.builders import place
from tests.contracts.conftest import Bench


@pytest.fixture
def order(bench: Bench, soap: Variant) -> Order:
    with bench.store.begin() as work:
        return place(work, (soap, 2))


@pytest.fixture
def event(order: Order) -> OrderEvent:
    return OrderEvent(
        order_id=order.id,
        at=order.created_at,
        kind=EventKind.PARCEL,
        actor="rosa",
        facts={"carrier": "USPS", "tracking": None, "lines": [{"variant_id": 1, "quantity": 2}]},
        words="Ring twice \N{BAR OF SOAP}",
    )


def test_what_happened_is_told_as_it_was_written(bench: Bench, event: OrderEvent) -> None:
    with bench.store.begin() as work:
        work.history.record(event)

    assert list(bench.orders.timeline(event.order_id)) == [event]


def test_a_timeline_is_in_the_order_in_which_things_were_written(
    bench: Bench, event: OrderEvent
) -> None:
    events = [replace(event, kind=kind) for kind in EventKind]
    with bench.store.begin() as work:
        for each in events:
            work.history.record(each)

    assert list(bench.orders.timeline(event.order_id)) == events


def test_a_timeline_tells_of_one_order(bench: Bench, soap: Variant, event: OrderEvent) -> None:
    with bench.store.begin() as work:
        other = place(work, (soap, 1))
        work.history.record(event)

    assert list(bench.orders.timeline(other.id)) == []
    assert list(bench.orders.timeline(uuid4())) == []


def test_what_was_not_committed_did_not_happen(bench: Bench, event: OrderEvent) -> None:
    def record_and_fail() -> None:
        with bench.store.begin() as work:
            work.history.record(event)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()

    assert list(bench.orders.timeline(event.order_id)) == []


def test_nothing_happens_to_an_order_that_is_not_there(bench: Bench, event: OrderEvent) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.history.record(replace(event, order_id=uuid4()))
