"""What has to be made, and by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from eterno.domain.fulfilment import ship
from eterno.domain.make_list import OpenOrder, Wanted, due_by, make_list, pick_list
from eterno.domain.orders import Order, OrderLine, OrderState
from eterno.domain.refunds import Refund, RefundLine, RefundState
from tests.builders import a_line, a_parcel, a_payment, an_order, usd
from tests.support.clock import NOON

DENVER = ZoneInfo("America/Denver")
IN_A_WEEK = NOON + timedelta(days=7)


def paid(*lines: OrderLine, number: int = 1001, promised_by: datetime | None = IN_A_WEEK) -> Order:
    order = an_order(*lines)
    return order.pay(a_payment(order), number=number, promised_by=promised_by)


def refund(
    order: Order, pieces: dict[int, int], *, at: datetime, state: RefundState = RefundState.PENDING
) -> Refund:
    return Refund(
        id=uuid4(),
        order_id=order.id,
        amount=usd("1"),
        shipping=usd("0"),
        tax=usd("0"),
        lines=tuple(
            RefundLine(variant_id=id, quantity=quantity, amount=usd("1"))
            for id, quantity in pieces.items()
        ),
        requested_at=at,
        state=state,
        done_at=at,
    )


def pieces(*orders: OpenOrder) -> list[tuple[date | None, int, int, list[int]]]:
    return [
        (one.due, one.variant_id, one.pieces, list(one.orders)) for one in make_list(orders, DENVER)
    ]


def test_pieces_of_one_variant_for_one_day_are_made_together() -> None:
    first = paid(a_line(1, 2), a_line(2, 1), number=1001)
    second = paid(a_line(1, 3), number=1002, promised_by=IN_A_WEEK + timedelta(hours=1))
    day = IN_A_WEEK.date()

    assert make_list([OpenOrder(order=second), OpenOrder(order=first)], DENVER) == [
        Wanted(
            due=day,
            variant_id=1,
            sku="S0001-0001",
            product_name="Oat & Honey",
            variant_label="100 g",
            orders={1001: 2, 1002: 3},
        ),
        Wanted(
            due=day,
            variant_id=2,
            sku="S0001-0002",
            product_name="Oat & Honey",
            variant_label="100 g",
            orders={1001: 1},
        ),
    ]


def test_what_is_due_first_comes_first_and_what_is_promised_for_no_day_last() -> None:
    whenever = paid(a_line(), number=1, promised_by=None)
    later = paid(a_line(), number=2, promised_by=IN_A_WEEK + timedelta(days=1))
    sooner = paid(a_line(), number=3)

    orders = [OpenOrder(order=order) for order in (whenever, later, sooner)]

    assert [of for _, _, _, of in pieces(*orders)] == [[3], [2], [1]]


def test_a_day_is_one_of_the_shop() -> None:
    midnight = IN_A_WEEK.replace(hour=3)
    assert pieces(OpenOrder(order=paid(a_line(), promised_by=midnight)))[0][0] == date(2026, 3, 7)


def test_what_was_sent_is_not_made_again() -> None:
    order = ship(paid(a_line(1, 3), a_line(2, 1)), a_parcel({1: 2, 2: 1}))

    assert [(id, left) for _, id, left, _ in pieces(OpenOrder(order=order))] == [(1, 1)]


def test_nothing_is_made_for_orders_that_are_not_sold_or_have_gone() -> None:
    waiting = an_order(number=1)
    gone = ship(paid(a_line(1, 2)), a_parcel({1: 1}), last=True)
    cancelled = paid().become(OrderState.CANCELLED)

    assert pieces(*(OpenOrder(order=order) for order in (waiting, gone, cancelled))) == []


def test_what_was_paid_back_before_it_was_sent_is_not_made() -> None:
    order = paid(a_line(1, 3))
    one_back = refund(order, {1: 1}, at=NOON)
    then_sent = ship(order, a_parcel({1: 2}, at=NOON + timedelta(days=1)))

    assert pieces(OpenOrder(order=order, refunds=[one_back]))[0][2] == 2
    assert pieces(OpenOrder(order=then_sent, refunds=[one_back])) == []
    assert pieces(OpenOrder(order=order, refunds=[one_back, refund(order, {1: 2}, at=NOON)])) == []


def test_what_came_back_after_it_was_sent_says_nothing_about_the_rest() -> None:
    order = ship(paid(a_line(1, 2), a_line(2, 1)), a_parcel({1: 2}, at=NOON))
    came_back = refund(order, {1: 1}, at=NOON + timedelta(days=3))

    open_order = OpenOrder(order=order, refunds=[came_back])

    assert [(id, left) for _, id, left, _ in pieces(open_order)] == [(2, 1)]


def test_a_refund_that_failed_or_names_no_pieces_changes_nothing() -> None:
    order = paid(a_line(1, 2))
    failed = refund(order, {1: 2}, at=NOON, state=RefundState.FAILED)
    goodwill = replace(failed, lines=(), state=RefundState.SUCCEEDED)

    assert pieces(OpenOrder(order=order, refunds=[failed, goodwill]))[0][2] == 2


def test_all_of_a_variant_is_fetched_at_once() -> None:
    whenever = paid(a_line(2, 2), a_line(1, 1), number=1, promised_by=None)
    soon = paid(a_line(2, 1), number=2)
    later = paid(a_line(2, 3), number=3, promised_by=IN_A_WEEK + timedelta(days=2))

    found = pick_list([OpenOrder(order=order) for order in (later, whenever, soon)], DENVER)

    assert [(one.sku, one.pieces, dict(one.orders), one.due) for one in found] == [
        ("S0001-0001", 1, {1: 1}, None),
        ("S0001-0002", 6, {1: 2, 2: 1, 3: 3}, IN_A_WEEK.date()),
    ]


def test_only_what_is_due_can_be_asked_for() -> None:
    soon = OpenOrder(order=paid(number=1))
    later = OpenOrder(order=paid(number=2, promised_by=IN_A_WEEK + timedelta(days=1)))
    whenever = OpenOrder(order=paid(number=3, promised_by=None))
    day = IN_A_WEEK.date()

    assert due_by([later, soon, whenever], day, DENVER) == [soon]
    assert due_by([later, soon], day + timedelta(days=1), DENVER) == [later, soon]
