"""Forgetting a buyer."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import uuid4

import pytest

from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.orders import Order, OrderState, ReviewReason
from eterno.domain.privacy import (
    ERASED,
    StillNeeded,
    Unfinished,
    folded,
    nameless,
    stand_in,
    unfinished,
)
from eterno.domain.refunds import Refund, RefundState
from tests.builders import ADA, a_payment, an_order, usd
from tests.support.clock import NOON


@pytest.fixture
def order() -> Order:
    """Paid and delivered."""
    placed = replace(an_order(), key="key-1", session_url="https://pay.example/1")
    paid = placed.know(ADA).pay(a_payment(placed), number=1001)
    return paid.become(OrderState.DELIVERED)


def a_refund(order: Order, state: RefundState) -> Refund:
    return Refund(
        id=uuid4(),
        order_id=order.id,
        amount=usd("1"),
        shipping=usd("0"),
        tax=usd("0"),
        requested_at=NOON,
        state=state,
    )


def in_state(order: Order, state: OrderState) -> Order:
    review = ReviewReason.STOCK_GONE if state is OrderState.REVIEW else None
    return replace(order, state=state, review=review)


@pytest.mark.parametrize(
    "state",
    [OrderState.DELIVERED, OrderState.CANCELLED, OrderState.EXPIRED, OrderState.FAILED],
)
def test_an_order_that_is_over_needs_nobody(order: Order, state: OrderState) -> None:
    assert unfinished(in_state(order, state), [a_refund(order, RefundState.SUCCEEDED)]) is None


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (OrderState.AWAITING, "it waits for its payment"),
        (OrderState.PENDING, "it waits for its payment"),
        (OrderState.REVIEW, "it waits for a decision"),
        (OrderState.PAID, "it was not sent"),
        (OrderState.IN_PRODUCTION, "it was not sent"),
        (OrderState.SHIPPED, "it was not delivered"),
    ],
)
def test_an_open_order_needs_its_buyer(order: Order, state: OrderState, why: str) -> None:
    assert unfinished(in_state(order, state), []) == Unfinished(order="1001", why=why)


def test_a_refund_on_its_way_needs_its_buyer(order: Order) -> None:
    pending = a_refund(order, RefundState.PENDING)

    assert unfinished(order, [pending]) == Unfinished(order="1001", why="a refund is on its way")


@pytest.mark.parametrize(("state", "needed"), [("under_review", True), ("lost", False)])
def test_an_open_dispute_needs_its_buyer(order: Order, state: str, needed: bool) -> None:
    dispute = Dispute(id="du_1", state=DisputeState(state), amount=usd("1"), reason="", due_by=None)

    assert (unfinished(replace(order, dispute=dispute), []) is not None) is needed


def test_an_order_without_a_number_goes_by_its_token() -> None:
    waiting = an_order()
    found = unfinished(waiting, [])

    assert found
    assert found.order == waiting.token
    refusal = StillNeeded([found])
    assert waiting.token in refusal.detail
    assert refusal.facts == {"orders": [{"order": waiting.token, "why": found.why}]}


def test_a_nameless_order_is_the_same_but_of_nobody(order: Order) -> None:
    forgotten = nameless(order, "salt")

    assert (forgotten.buyer, forgotten.key, forgotten.session_url) == (None, None, None)
    assert forgotten.client.startswith(ERASED)
    changed = {"buyer", "client", "key", "session_url"}
    before, after = asdict(order), asdict(forgotten)
    assert {name for name in before if before[name] != after[name]} == changed
    assert nameless(forgotten, "pepper") == forgotten


def test_of_a_sale_by_hand_not_even_the_fingerprint_stays(order: Order) -> None:
    by_hand = replace(order, session_id=None)

    assert nameless(by_hand, "salt").basket == ERASED
    assert nameless(replace(by_hand, number=None), "salt").basket == order.basket


def test_attempts_of_one_client_remain_those_of_one() -> None:
    assert stand_in("203.0.113.7", "salt") == stand_in("203.0.113.7", "salt")
    others = {stand_in("203.0.113.7", "salt"), stand_in("203.0.113.8", "salt")}
    assert len(others | {stand_in("203.0.113.7", "pepper")}) == 3


def test_addresses_are_the_same_in_whatever_case() -> None:
    assert folded(" Ada@Example.ORG ") == folded("ada@example.org")
