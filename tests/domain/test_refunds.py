from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.errors import Invalid
from eterno.domain.money import Money
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import (
    Disputed,
    Refund,
    RefundState,
    RefundTooLarge,
    RefundWish,
    left_of,
    returnable,
    split,
    unrefunded,
    wanted,
)
from tests.builders import USD, a_line, a_payment, amounts_for, an_order, eur, usd
from tests.support.clock import NOON


@pytest.fixture
def order() -> Order:
    """Three soaps at 10 and one at 6, delivery 4, tax 3.60, discount 6: 37.60 paid."""
    order = an_order(a_line(1, 3, "10"), a_line(2, 1, "6"))
    amounts = amounts_for(order, shipping="4", tax="3.60", off="6")
    return order.pay(a_payment(order, amounts=amounts), number=1001)


def ask(order: Order, wish: RefundWish, *before: Refund, id: UUID | None = None) -> Refund:
    return wanted(order, before, wish, id=id or uuid4(), at=NOON, by="rosa")


def amount(text: str, **more: object) -> RefundWish:
    return RefundWish(amount=usd(text), **more)  # type: ignore[arg-type]


def parts(refund: Refund) -> tuple[Money, Money, Money]:
    return refund.goods, refund.shipping, refund.tax


# Everything


def test_everything_goes_back(order: Order) -> None:
    refund = ask(order, RefundWish())

    assert refund.amount == order.captured == usd("37.60")
    assert parts(refund) == (usd("30"), usd("4"), usd("3.60"))
    assert refund.pieces == {1: 3, 2: 1}
    assert [line.amount for line in refund.lines] == [usd("25"), usd("5")]


def test_everything_that_is_left_goes_back(order: Order) -> None:
    first = ask(order, RefundWish(pieces={1: 1}))

    rest = ask(order, RefundWish(), first)

    assert first.amount + rest.amount == order.captured
    assert rest.pieces == {1: 2, 2: 1}


def test_what_has_gone_back_does_not_go_back_again(order: Order) -> None:
    all_of_it = ask(order, RefundWish())

    for wish in (RefundWish(), amount("0.01")):
        with pytest.raises(RefundTooLarge) as refusal:
            ask(order, wish, all_of_it)
        assert refusal.value.facts == {"left": 0.0}


def test_what_failed_can_be_tried_again(order: Order) -> None:
    failed = replace(ask(order, RefundWish()), state=RefundState.FAILED)

    assert ask(order, RefundWish(), failed).amount == order.captured


# An amount


def test_an_amount_is_for_goods_first_then_delivery_then_tax(order: Order) -> None:
    assert parts(ask(order, amount("30"))) == (usd("30"), usd("0"), usd("0"))
    assert parts(ask(order, amount("33"))) == (usd("30"), usd("3"), usd("0"))
    assert parts(ask(order, amount("37"))) == (usd("30"), usd("4"), usd("3"))


def test_what_it_is_for_goes_on_where_the_last_one_ended(order: Order) -> None:
    before = ask(order, amount("29"))

    assert parts(ask(order, amount("3"), before)) == (usd("1"), usd("2"), usd("0"))


def test_the_delivery_in_an_amount_can_be_said(order: Order) -> None:
    assert parts(ask(order, amount("5", shipping=usd("4")))) == (usd("1"), usd("4"), usd("0"))


def test_delivery_alone_can_go_back_and_not_twice(order: Order) -> None:
    delivery = ask(order, RefundWish(shipping=usd("4")))

    assert (delivery.amount, parts(delivery)) == (usd("4"), (usd("0"), usd("4"), usd("0")))
    with pytest.raises(Invalid, match="more than what was paid for delivery"):
        ask(order, RefundWish(shipping=usd("0.01")), delivery)


@pytest.mark.parametrize(
    "wish",
    [
        amount("0"),
        amount("-1"),
        RefundWish(amount=eur("1")),
        RefundWish(shipping=usd("-1")),
        RefundWish(shipping=usd("0")),
        amount("1", shipping=usd("2")),
        amount("9", shipping=usd("5")),
    ],
)
def test_an_amount_is_some_money_of_the_order(order: Order, wish: RefundWish) -> None:
    with pytest.raises(Invalid):
        ask(order, wish)


def test_no_more_goes_back_than_came(order: Order) -> None:
    with pytest.raises(RefundTooLarge, match=r"Only 37\.60 USD"):
        ask(order, amount("37.61"))


def test_an_order_in_review_gives_back_what_came_whatever_it_was_for(order: Order) -> None:
    odd = replace(order, state=OrderState.REVIEW, captured=usd("50"))

    assert parts(ask(odd, RefundWish())) == (usd("42.40"), usd("4"), usd("3.60"))


# Pieces


def test_pieces_go_back_at_what_was_paid_for_them(order: Order) -> None:
    """One of the three soaps that cost 30 of 36; so 25 of 30 after the discount, 3 of 3.60 tax."""
    refund = ask(order, RefundWish(pieces={1: 1}))

    assert parts(refund) == (usd("8.33"), usd("0"), usd("1"))
    assert [line.amount for line in refund.lines] == [usd("8.33")]


def test_pieces_can_go_back_with_the_delivery(order: Order) -> None:
    refund = ask(order, RefundWish(pieces={2: 1}, shipping=usd("4")))

    assert parts(refund) == (usd("5"), usd("4"), usd("0.60"))


def test_pieces_can_go_back_for_another_amount(order: Order) -> None:
    refund = ask(order, amount("10", pieces={1: 1, 2: 1}))

    assert refund.amount == usd("10")
    assert [line.amount for line in refund.lines] == [usd("6.25"), usd("3.75")]


def test_pieces_one_by_one_cost_what_they_cost_together(order: Order) -> None:
    refunds: list[Refund] = []
    for variant_id in (1, 2, 1, 1):
        refunds.append(ask(order, RefundWish(pieces={variant_id: 1}), *refunds))

    assert left_of(order, refunds) == order.shipping
    assert unrefunded(order, refunds) == {}


@pytest.mark.parametrize("pieces", [{1: 4}, {1: 0}, {1: -1}, {3: 1}, {1: 1, 2: 2}])
def test_only_pieces_of_the_order_go_back(order: Order, pieces: Mapping[int, int]) -> None:
    with pytest.raises(Invalid, match="left to refund"):
        ask(order, RefundWish(pieces=pieces))


def test_a_piece_goes_back_once(order: Order) -> None:
    with pytest.raises(Invalid, match="variant 2: 0 left to refund"):
        ask(order, RefundWish(pieces={2: 1}), ask(order, RefundWish(pieces={2: 1})))


def test_pieces_that_cost_nothing_give_nothing_back() -> None:
    order = an_order(a_line(1, 1, "0.01"))
    amounts = amounts_for(order, shipping="5", off="0.01")
    order = order.pay(a_payment(order, amounts=amounts), number=1)

    with pytest.raises(Invalid, match="cost nothing"):
        ask(order, RefundWish(pieces={1: 1}))


# Back on the shelf


def test_pieces_come_back_on_the_shelf_once(order: Order) -> None:
    first = ask(order, RefundWish(pieces={1: 2}, restock=True))
    undone = replace(first, state=RefundState.FAILED, done_at=NOON)
    kept = ask(order, RefundWish(pieces={2: 1}))

    assert returnable(order, [first, kept]) == {1: 1, 2: 1}
    assert returnable(order, [undone]) == {1: 1, 2: 1}
    with pytest.raises(Invalid, match="restock"):
        ask(order, RefundWish(pieces={1: 2}, restock=True), undone)
    assert ask(order, RefundWish(pieces={1: 2}), undone).pieces == {1: 2}


def test_to_restock_say_what(order: Order) -> None:
    with pytest.raises(Invalid, match="say which pieces"):
        ask(order, amount("1", restock=True))


@pytest.mark.parametrize("state", [OrderState.REVIEW, OrderState.CANCELLED])
def test_what_was_not_sold_or_is_back_does_not_come_back(order: Order, state: OrderState) -> None:
    with pytest.raises(Invalid, match="are here"):
        ask(replace(order, state=state), RefundWish(restock=True))


# Disputed


@pytest.mark.parametrize("state", DisputeState)
def test_the_bank_and_the_shop_do_not_both_pay(order: Order, state: DisputeState) -> None:
    dispute = Dispute(id="du_1", state=state, amount=usd("1"), reason="fraud", due_by=None)
    disputed = replace(order, dispute=dispute)

    if dispute.claims_money:
        with pytest.raises(Disputed):
            ask(disputed, RefundWish())
    else:
        assert ask(disputed, RefundWish()).amount == order.captured


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"state": DisputeState.NEEDS_RESPONSE}, "has asked her bank.*answer the dispute"),
        ({"state": DisputeState.UNDER_REVIEW, "lost_before": True}, "answer the dispute"),
        ({"state": DisputeState.LOST}, "bank has given her"),
        ({"state": DisputeState.WON, "lost_before": True}, "bank has given her"),
        (
            {"state": DisputeState.NEEDS_RESPONSE, "refundable": True, "lost_before": True},
            "bank has given her",
        ),
    ],
)
def test_why_it_does_not_is_said_as_the_dispute_stands(
    order: Order, claim: dict[str, Any], words: str
) -> None:
    dispute = Dispute(id="du_1", amount=usd("1"), reason="fraud", due_by=None, **claim)

    with pytest.raises(Disputed, match=words):
        ask(replace(order, dispute=dispute), RefundWish())


# How it came out


@pytest.mark.parametrize("states", list(permutations(RefundState)))
def test_the_end_is_the_same_in_whatever_order_it_is_heard(
    order: Order, states: Sequence[RefundState]
) -> None:
    refund = ask(order, RefundWish())
    for state in states:
        refund = refund.hear(state, NOON, "re_1")

    assert (refund.state, refund.provider_id) == (RefundState.FAILED, "re_1")


def test_when_it_succeeded_is_fixed_for_ever(order: Order) -> None:
    done = ask(order, RefundWish()).hear(RefundState.SUCCEEDED, NOON, "re_1")

    assert done.done_at == NOON
    later = NOON.replace(year=2027)
    assert done.hear(RefundState.SUCCEEDED, later, "re_2") == done
    assert done.hear(RefundState.FAILED, later).done_at == NOON


def test_a_wish_is_known_again_whatever_the_reason() -> None:
    wish = RefundWish(pieces={1: 1, 2: 1}, reason="broken")

    assert replace(wish, pieces={2: 1, 1: 1}, reason="cracked").fingerprint == wish.fingerprint
    for other in (
        replace(wish, restock=True),
        replace(wish, pieces={1: 1}),
        replace(wish, amount=usd("1")),
        replace(wish, shipping=usd("1")),
    ):
        assert other.fingerprint != wish.fingerprint


# Whatever is asked


@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(1, 10**6), max_size=20))
def test_parts_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    shares = split(total, weights)

    assert sum(shares) == (total if weights else 0)
    assert all(share >= 0 for share in shares)


wishes = st.one_of(
    st.just(RefundWish()),
    st.builds(RefundWish, amount=st.integers(1, 4000).map(lambda cents: Money(cents, USD))),
    st.builds(
        RefundWish,
        pieces=st.dictionaries(st.sampled_from([1, 2]), st.integers(1, 3), min_size=1),
        shipping=st.none() | st.integers(0, 400).map(lambda cents: Money(cents, USD)),
        restock=st.booleans(),
    ),
)


@given(
    asked=st.lists(st.tuples(wishes, st.sampled_from(RefundState)), max_size=8),
    prices=st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
    off=st.integers(0, 100),
    tax=st.integers(0, 300),
)
def test_whatever_is_asked_no_more_goes_back_than_came(
    asked: list[tuple[RefundWish, RefundState]], prices: tuple[int, int], off: int, tax: int
) -> None:
    lines = (
        replace(a_line(n, 3), unit_price=Money(price, USD)) for n, price in enumerate(prices, 1)
    )
    order = an_order(*lines)
    off = min(off, order.subtotal.minor)
    amounts = amounts_for(order, shipping="4", tax=f"{tax / 100:.2f}", off=f"{off / 100:.2f}")
    order = order.pay(a_payment(order, amounts=amounts), number=1)
    refunds: list[Refund] = []
    for wish, state in asked:
        try:
            refund = ask(order, wish, *refunds)
        except (Invalid, RefundTooLarge):
            continue
        assert refund.amount.minor > 0
        assert min(part.minor for part in parts(refund)) >= 0
        assert not refund.lines or sum(line.amount.minor for line in refund.lines) == (
            refund.goods.minor
        )
        refunds.append(refund.hear(state, NOON, None))
    assert left_of(order, refunds).minor >= 0
    for left in (unrefunded(order, refunds), returnable(order, refunds)):
        assert all(0 < quantity <= 3 for quantity in left.values())
