from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.errors import Conflict, Invalid
from eterno.domain.orders import (
    HOLDING,
    NEXT,
    SOLD,
    Buyer,
    NotPayable,
    Order,
    OrderState,
    ReviewReason,
)
from eterno.domain.payments import Amounts, PaymentSession
from tests.builders import ADA, USD, a_line, a_payment, amounts_for, an_order, eur, usd
from tests.support.clock import NOON

PAGE = PaymentSession(id="cs_1", url="https://pay.example/cs_1")
OTHER_PAGE = PaymentSession(id="cs_2", url="https://pay.example/cs_2")


# Placed


def test_an_order_costs_what_its_lines_cost() -> None:
    order = an_order(a_line(1, 2, "8.99"), a_line(2, 1, "5.00"))

    assert order.total == order.subtotal == usd("22.98")
    assert order.units == 3
    assert order.quantities == {1: 2, 2: 1}


def test_a_new_order_waits_for_its_buyer_and_has_no_number_yet() -> None:
    order = an_order()

    assert order.state is OrderState.AWAITING
    assert order.captured == order.refunded == usd("0")
    assert (order.number, order.session_id, order.buyer, order.review) == (None, None, None, None)


# Its page


def test_an_order_remembers_its_page() -> None:
    order = an_order().open_session(PAGE)

    assert (order.session_id, order.session_url) == (PAGE.id, PAGE.url)


def test_the_first_page_stays() -> None:
    order = an_order().open_session(PAGE)

    assert order.open_session(OTHER_PAGE) == order


def test_a_payment_may_be_told_before_its_page() -> None:
    order = an_order()

    paid = order.pay(a_payment(order, session_id=PAGE.id), number=1).open_session(PAGE)

    assert paid.state is OrderState.PAID
    assert paid.session_url == PAGE.url


def test_an_order_paid_on_one_page_opens_no_other() -> None:
    order = an_order()
    paid = order.pay(a_payment(order, session_id=PAGE.id), number=1)

    with pytest.raises(NotPayable, match="already paid"):
        paid.open_session(OTHER_PAGE)


@pytest.mark.parametrize("over", [Order.expire, Order.fail])
def test_an_order_that_was_given_up_opens_no_page(over: Callable[[Order], Order]) -> None:
    with pytest.raises(NotPayable, match="over"):
        over(an_order()).open_session(PAGE)


def test_trying_again_is_another_attempt_with_a_later_deadline() -> None:
    order = an_order()
    later = order.pay_by + timedelta(minutes=31)

    again = order.try_again(later)

    assert (again.attempt, again.pay_by) == (2, later)
    assert replace(again, attempt=1, pay_by=order.pay_by) == order


def test_news_of_any_page_concerns_an_order_that_knows_none() -> None:
    assert an_order().is_about("cs_9")


def test_only_news_of_its_own_page_concerns_an_order_that_knows_one() -> None:
    order = an_order().open_session(PAGE)

    assert order.is_about("cs_1")
    assert not order.is_about("cs_9")


def test_an_order_whose_money_is_on_its_way_knows_on_which_page() -> None:
    pending = an_order().await_funds("cs_1")

    assert (pending.state, pending.session_id) == (OrderState.PENDING, "cs_1")
    assert not pending.is_about("cs_9")


# Paid


def test_a_paid_order_has_a_number_and_knows_when_and_how() -> None:
    order = an_order()

    paid = order.pay(a_payment(order, at=NOON), number=1001)

    assert paid.state is OrderState.PAID
    assert paid.number == 1001
    assert paid.captured == paid.total == order.total
    assert (paid.session_id, paid.intent_id, paid.paid_at) == ("cs_1", "pi_1", NOON)


def test_delivery_tax_and_discount_are_told_with_the_payment() -> None:
    order = an_order(a_line(price="10.00"))
    payment = a_payment(order, amounts=amounts_for(order, shipping="4.50", tax="1.20", off="2.00"))

    paid = order.pay(payment, number=1)

    assert (paid.shipping, paid.tax, paid.discount) == (usd("4.50"), usd("1.20"), usd("2.00"))
    assert paid.total == paid.captured == usd("13.70")


def test_the_goods_cost_what_we_say() -> None:
    order = an_order(a_line(price="10.00"))
    cheaper = replace(order, lines=(a_line(price="0.10"),))

    misfit = order.misfit(a_payment(order, amounts=amounts_for(cheaper)))

    assert misfit is ReviewReason.AMOUNT_MISMATCH


def test_a_sum_that_does_not_add_up_does_not_pay() -> None:
    order = an_order()
    amounts = replace(amounts_for(order), total=order.total - usd("0.01"))

    assert order.misfit(a_payment(order, amounts=amounts)) is ReviewReason.AMOUNT_MISMATCH


def test_euros_do_not_pay_for_dollars() -> None:
    order = an_order(a_line(price="10.00"))
    nothing = eur("0")
    ten_euros = Amounts(
        subtotal=eur("10"), discount=nothing, shipping=nothing, tax=nothing, total=eur("10")
    )

    assert order.misfit(a_payment(order, amounts=ten_euros)) is ReviewReason.CURRENCY_MISMATCH


@given(
    quantity=st.integers(1, 99),
    cents=st.integers(1, 10_000),
    shipping=st.integers(0, 5_000),
    tax=st.integers(0, 5_000),
    discount=st.integers(0, 5_000),
)
def test_a_paid_order_is_captured_in_full_whatever_it_is_made_of(
    quantity: int, cents: int, shipping: int, tax: int, discount: int
) -> None:
    order = an_order(replace(a_line(quantity=quantity), unit_price=usd("0.01") * cents))
    amounts = Amounts(
        subtotal=order.subtotal,
        discount=usd("0.01") * discount,
        shipping=usd("0.01") * shipping,
        tax=usd("0.01") * tax,
        total=order.subtotal + usd("0.01") * (shipping + tax - discount),
    )
    payment = a_payment(order, amounts=amounts)

    assert order.misfit(payment) is None
    paid = order.pay(payment, number=1)
    assert paid.captured == paid.total == amounts.total


# In review


def test_a_questioned_order_keeps_its_money_and_says_why() -> None:
    order = an_order()
    less = replace(amounts_for(order), total=usd("0.50"))

    questioned = order.question(a_payment(order, amounts=less), ReviewReason.AMOUNT_MISMATCH)

    assert questioned.state is OrderState.REVIEW
    assert questioned.review is ReviewReason.AMOUNT_MISMATCH
    assert questioned.captured == usd("0.50")
    assert questioned.number is None


def test_money_of_another_currency_is_not_counted_with_ours() -> None:
    order = an_order()
    euros = replace(amounts_for(order), total=eur("8.99"))

    questioned = order.question(a_payment(order, amounts=euros), ReviewReason.CURRENCY_MISMATCH)

    assert questioned.captured == usd("0")
    assert questioned.session_id == "cs_1"


def test_what_was_paid_too_late_is_accepted_at_what_it_costs() -> None:
    order = an_order(a_line(price="10.00"))
    payment = a_payment(order, amounts=amounts_for(order, shipping="4.50", tax="1", off="2"))

    accepted = order.question(payment, ReviewReason.STOCK_GONE).accept(number=7, promised_by=NOON)

    assert accepted == order.pay(payment, number=7, promised_by=NOON)
    assert accepted.review is None


@pytest.mark.parametrize(("came", "off", "more"), [("7", "3", "0"), ("12", "0", "2")])
def test_an_order_that_is_accepted_costs_what_came(came: str, off: str, more: str) -> None:
    order = an_order(a_line(price="10.00"))
    other = replace(amounts_for(order), total=usd(came))
    questioned = order.question(a_payment(order, amounts=other), ReviewReason.AMOUNT_MISMATCH)

    accepted = questioned.accept(number=7, promised_by=NOON)

    assert accepted.state is OrderState.PAID
    assert accepted.total == accepted.captured == usd(came)
    assert (accepted.discount, accepted.shipping) == (usd(off), usd(more))


def test_nobody_is_given_soap_for_money_that_cannot_be_counted() -> None:
    order = an_order()
    euros = replace(amounts_for(order), total=eur("8.99"))
    questioned = order.question(a_payment(order, amounts=euros), ReviewReason.CURRENCY_MISMATCH)

    with pytest.raises(Conflict, match="Nothing that this order could be paid with"):
        questioned.accept(number=7, promised_by=NOON)


# The buyer


def test_an_order_learns_who_buys_and_does_not_forget() -> None:
    assert an_order().know(ADA).know(None).buyer == ADA


def test_what_was_learned_last_about_the_buyer_counts() -> None:
    moved = Buyer(email="ada@new.example")

    assert an_order().know(ADA).know(moved).buyer == moved


# Never backward

RANKS = {
    OrderState.AWAITING: 0,
    OrderState.PENDING: 1,
    OrderState.EXPIRED: 2,
    OrderState.FAILED: 2,
    OrderState.REVIEW: 3,
    OrderState.PAID: 4,
    OrderState.IN_PRODUCTION: 5,
    OrderState.SHIPPED: 6,
    OrderState.DELIVERED: 7,
    OrderState.CANCELLED: 8,
}
REPORTS: list[Callable[[Order], Order]] = [
    lambda order: order.await_funds("cs_1"),
    lambda order: order.expire(),
    lambda order: order.fail(),
    lambda order: order.pay(a_payment(order), number=1),
    lambda order: order.question(a_payment(order), ReviewReason.STOCK_GONE),
]


def test_the_table_of_states_leads_only_forward() -> None:
    assert NEXT.keys() == RANKS.keys() == set(OrderState)
    for before, states in NEXT.items():
        assert all(RANKS[before] < RANKS[after] for after in states)


def test_what_is_sold_stays_sold_unless_it_is_cancelled() -> None:
    for state in SOLD:
        assert NEXT[state] - {OrderState.CANCELLED} <= SOLD
        assert NEXT[state].isdisjoint(HOLDING)


def test_stock_is_held_exactly_while_the_buyer_may_still_pay() -> None:
    assert {state for state in OrderState if RANKS[state] < 2} == HOLDING


@given(st.lists(st.sampled_from(REPORTS)))
def test_an_order_never_moves_backward_whatever_is_reported(
    reports: list[Callable[[Order], Order]],
) -> None:
    order = an_order()
    captures = 0
    for report in reports:
        before = order
        try:
            order = report(before)
        except ValueError:
            continue
        assert RANKS[before.state] < RANKS[order.state]
        captures += order.captured != before.captured
    assert captures <= 1
    assert (order.captured == usd("0")) == (RANKS[order.state] < 3)


def test_going_backward_is_a_mistake_with_a_name() -> None:
    paid = an_order().pay(a_payment(an_order()), number=1)

    with pytest.raises(ValueError, match="an order that is paid does not become expired"):
        paid.expire()


def test_an_order_has_one_currency() -> None:
    assert an_order().currency == USD


def test_an_order_costs_no_more_than_one_payment_can_be() -> None:
    most = an_order(*(a_line(n, 99, "9999.99") for n in range(1, 2)), a_line(2, 1, "10000.98"))
    assert most.subtotal == usd("999999.99")
    with pytest.raises(Invalid, match="together more than"):
        an_order(*most.lines, a_line(3, 1, "0.01"))


@pytest.mark.parametrize("part", ["shipping", "tax", "off"])
def test_a_payment_with_a_negative_part_does_not_fit(part: str) -> None:
    order = an_order()
    odd = amounts_for(order, **{part: "-1"})
    assert order.misfit(a_payment(order, amounts=odd)) is ReviewReason.AMOUNT_MISMATCH
