"""The order desk: orders as the owner looks for them, and as a buyer finds hers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderQuery
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from eterno.domain.orders import Buyer, Order, OrderState
from eterno.domain.refunds import Refund
from tests.builders import a_payment, place, usd
from tests.contracts.conftest import Bench


def orders_in_a_row(store: Store, soap: Variant, *, how_many: int) -> list[Order]:
    """The oldest first."""
    orders = []
    for number in range(1, how_many + 1):
        with store.begin() as work:
            at = work.now + timedelta(seconds=number)
            orders.append(place(work, (soap, 1), id=UUID(int=number), created_at=at))
    return orders


def paid(order: Order, number: int) -> Order:
    return order.pay(a_payment(order, session_id=f"cs_{number}", intent_id=None), number=number)


def test_the_newest_orders_come_first(bench: Bench, soap: Variant) -> None:
    orders = orders_in_a_row(bench.store, soap, how_many=3)

    assert list(bench.orders.latest()) == orders[::-1]
    assert list(bench.orders.latest(most=2)) == orders[:0:-1]


def test_orders_can_be_looked_at_by_their_state(bench: Bench, soap: Variant) -> None:
    first, second, third = orders_in_a_row(bench.store, soap, how_many=3)
    with bench.store.begin() as work:
        for order in (first, third):
            work.orders.save(work.orders.hold(order.id).expire())

    expired = bench.orders.latest(state=OrderState.EXPIRED)

    assert [order.id for order in expired] == [third.id, first.id]
    assert list(bench.orders.latest(state=OrderState.AWAITING)) == [second]
    assert list(bench.orders.latest(state=OrderState.PAID)) == []
    assert [o.id for o in bench.orders.latest(state=OrderState.EXPIRED, most=1)] == [third.id]


def test_an_order_is_found_by_number_token_and_id(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = paid(place(work, (soap, 1)), 1001)
        work.orders.save(order)
        place(work, (soap, 1))

    for name in ("1001", order.token, str(order.id)):
        assert bench.orders.find(name) == order


def test_an_order_without_a_number_is_found_by_its_other_names(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 2))

    assert bench.orders.find(order.token) == order
    assert bench.orders.find(str(order.id)) == order


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0",
        "7",
        "-1",
        "None",
        "9" * 18,
        "9" * 19,
        "9" * 40,
        "%",
        "' OR 1=1",
        "a\0b",
        "\ud800",
        "٣",
    ],
)
def test_no_order_goes_by_that_name(bench: Bench, soap: Variant, name: str) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 1))

    with pytest.raises(NotFound):
        bench.orders.find(name)


def test_an_unknown_id_is_not_found(bench: Bench) -> None:
    unknown = str(uuid4())

    with pytest.raises(NotFound, match=f"Order {unknown} not found"):
        bench.orders.find(unknown)


def sold(order: Order, number: int, buyer: Buyer) -> Order:
    return paid(order.know(buyer), number)


@pytest.fixture
def four(bench: Bench, soap: Variant) -> list[Order]:
    """The oldest first: two of Rosa Klein's, one of Rosa Luz's, one that nobody paid for."""
    orders = orders_in_a_row(bench.store, soap, how_many=4)
    buyers = [
        Buyer(email="Rosa@Example.org", name="Rosa  Klein"),
        Buyer(email="luz@example.org", name="ROSA LUZ"),
        Buyer(email="rosa@example.org", name="Rosa Klein"),
    ]
    with bench.store.begin() as work:
        for number, (order, buyer) in enumerate(zip(orders, buyers, strict=False), 1001):
            work.orders.save(sold(work.orders.hold(order.id), number, buyer))
    return orders


def found(bench: Bench, **terms: Any) -> list[int]:
    """Which of the four, by their place."""
    return [order.id.int for order in bench.orders.search(OrderQuery(**terms))]


def test_without_terms_all_orders_are_found_the_newest_first(
    bench: Bench, four: list[Order]
) -> None:
    assert found(bench) == [4, 3, 2, 1]
    first = bench.orders.search(OrderQuery(most=1))[0]
    assert first == bench.orders.find(str(first.id))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1002", [2]),
        ("rosa@example.org", [3, 1]),
        ("ROSA@example.ORG ", [3, 1]),
        ("klein", [3, 1]),
        ("rosa", [3, 2, 1]),
        ("luz  Rosa", [2]),
        ("rosa 1003", [3]),
        ("ros", []),
        ("100", []),
        ("%", []),
        ("' OR 1=1", []),
        ("a\0b", []),
        ("\ud800", []),
        (" ", [4, 3, 2, 1]),
    ],
)
def test_orders_are_found_by_number_address_and_name(
    bench: Bench, four: list[Order], text: str, places: list[int]
) -> None:
    assert found(bench, text=text) == places


def test_orders_are_found_by_their_state(bench: Bench, four: list[Order]) -> None:
    assert found(bench, state=OrderState.PAID) == [3, 2, 1]
    assert found(bench, state=OrderState.AWAITING, text="rosa") == []


def test_orders_are_found_by_when_they_were_placed(bench: Bench, four: list[Order]) -> None:
    _, second, third, _ = four

    assert found(bench, since=second.created_at, until=third.created_at) == [2]
    assert found(bench, since=third.created_at) == [4, 3]
    assert found(bench, until=second.created_at) == [1]


def test_every_page_goes_on_where_the_last_one_ended(bench: Bench, four: list[Order]) -> None:
    first = bench.orders.search(OrderQuery(most=3))

    assert found(bench, most=3, after=first[-1].id) == [1]
    assert found(bench, after=four[0].id) == []
    assert found(bench, after=uuid4()) == []
    assert found(bench, text="klein", after=four[2].id) == [1]


def test_a_buyer_finds_her_order_by_its_token_and_by_nothing_else(
    bench: Bench, four: list[Order]
) -> None:
    order = bench.orders.find("1001")

    assert bench.orders.by_token(order.token) == order
    for name in ("1001", str(order.id), order.session_id or "", "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_token(name)


def test_an_order_is_found_by_its_payment_session(bench: Bench, four: list[Order]) -> None:
    order = bench.orders.find("1001")

    assert bench.orders.by_session("cs_1001") == order
    for name in ("1001", order.token, "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_session(name)


def test_an_order_is_found_by_its_payment(bench: Bench, four: list[Order]) -> None:
    with bench.store.begin() as work:
        work.orders.save(replace(work.orders.hold(four[0].id), intent_id="pi_1001"))
    order = bench.orders.find("1001")

    assert bench.orders.by_intent("pi_1001") == order
    for name in ("1001", order.token, "", "%", "a\0b", "\ud800"):
        with pytest.raises(NotFound):
            bench.orders.by_intent(name)


def test_the_refunds_of_an_order_are_shown_as_they_were_asked_for(
    bench: Bench, four: list[Order]
) -> None:
    refunds = [
        Refund(
            id=UUID(int=n),
            order_id=four[0].id,
            amount=usd("1.00"),
            shipping=usd("0"),
            tax=usd("0"),
            requested_at=four[0].created_at + timedelta(seconds=seconds),
        )
        for n, seconds in ((9, 0), (7, 1), (8, 1))
    ]
    with bench.store.begin() as work:
        for refund in reversed(refunds):
            work.refunds.add(refund)

    assert list(bench.orders.refunds(four[0].id)) == refunds
    assert list(bench.orders.refunds(four[1].id)) == []
