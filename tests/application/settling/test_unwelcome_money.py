"""Money that comes too late, does not fit, or belongs to no order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.application.checkout.hear import Outcome
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.payments import PaymentsUnavailable, SessionStatus
from eterno.domain.catalog import Variant
from eterno.domain.history import EventKind, of_state
from eterno.domain.money import Money
from eterno.domain.orders import OrderState, ReviewReason
from eterno.domain.payments import Amounts
from tests.application.settling.deeds import altered
from tests.application.shop import Shop
from tests.builders import EUR, put_on_sale, usd

# Money that came too late


def test_late_money_is_honoured_while_the_soap_is_there(shop: Shop, soap: Variant) -> None:
    notice = shop.payments.pay(shop.session)
    shop.give_up(shop.order)

    assert shop.hear(notice) is Outcome.PAID
    assert shop.order.state is OrderState.PAID
    assert shop.on_shelf(soap) == (8, 0)


def test_late_money_for_a_soap_that_is_gone_is_the_owners_to_decide(
    shop: Shop, soap: Variant
) -> None:
    notice = shop.payments.pay(shop.session)
    shop.give_up(shop.order)
    shop.checkout((soap, 9), client="somebody else")

    assert shop.hear(notice) is Outcome.REVIEW
    late = shop.orders[0]
    assert (late.state, late.review) == (OrderState.REVIEW, ReviewReason.STOCK_GONE)
    assert late.captured == usd("17.98")
    assert shop.on_shelf(soap) == (10, 9)
    assert shop.news == {"explain_review": 1, "ask_owner": 1}


def test_late_money_takes_all_of_an_order_or_nothing(shop: Shop, soap: Variant) -> None:
    other = put_on_sale(shop.store, size="50 g")
    shop.checkout((soap, 1), (other, 10), client="both")
    order = shop.orders[1]
    notice = shop.payments.pay(shop.payments.sessions(order.token)[0])
    shop.give_up(order)
    shop.checkout((other, 1), client="somebody else")

    assert shop.hear(notice) is Outcome.REVIEW
    assert shop.on_shelf(soap) == (10, 2)
    assert shop.on_shelf(other) == (10, 1)


# Money that does not fit


@pytest.mark.parametrize("subtotal", [1, 1797, 1799, 99_999_999])
def test_a_wrong_amount_is_the_owners_to_decide(shop: Shop, soap: Variant, subtotal: int) -> None:
    wrong = Money(subtotal, shop.order.currency)
    amounts = replace(amounts_of(shop.order), subtotal=wrong, total=wrong)

    assert shop.hear(shop.payments.pay(shop.session, amounts=amounts)) is Outcome.REVIEW
    assert shop.order.review is ReviewReason.AMOUNT_MISMATCH
    assert shop.order.captured == wrong
    assert shop.on_shelf(soap) == (10, 2)  # until the owner has decided
    assert shop.news == {"explain_review": 1, "ask_owner": 1}


def test_a_wrong_currency_is_the_owners_to_decide_and_not_counted(
    shop: Shop, soap: Variant
) -> None:
    nothing = Money.zero(EUR)
    euros = Amounts(
        subtotal=Money(1798, EUR),
        discount=nothing,
        shipping=nothing,
        tax=nothing,
        total=Money(1798, EUR),
    )

    assert shop.hear(shop.payments.pay(shop.session, amounts=euros)) is Outcome.REVIEW
    assert shop.order.review is ReviewReason.CURRENCY_MISMATCH
    assert shop.order.captured == usd("0")
    assert shop.store.tables.money == []
    assert shop.on_shelf(soap) == (10, 2)


def test_a_payment_that_does_not_say_how_much_is_the_owners_to_decide(
    shop: Shop, soap: Variant
) -> None:
    notice = altered(shop.payments.pay(shop.session), amounts=None)

    assert shop.hear(notice) is Outcome.REVIEW
    assert shop.order.review is ReviewReason.AMOUNT_MISMATCH
    assert shop.order.captured == usd("0")
    assert shop.store.tables.money == []
    assert shop.on_shelf(soap) == (10, 2)
    assert shop.news == {"explain_review": 1, "ask_owner": 1}


def test_an_order_in_review_stays_there_whatever_is_heard_of_its_page(shop: Shop) -> None:
    wrong = replace(amounts_of(shop.order), total=usd("1.00"))
    notice = shop.payments.pay(shop.session, amounts=wrong)
    shop.hear(notice)
    order = shop.order

    for number, status in enumerate(SessionStatus):
        another = replace(altered(notice, status=status), id=f"evt_late_{number}")
        assert shop.hear(another) is Outcome.NOTHING_NEW
    assert shop.order == order


# Money that belongs to no order


def test_a_second_payment_on_another_page_is_reported_to_the_owner(
    shop: Shop, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 1), key="k-2")
    shop.payments.trouble = None
    shop.wait(minutes=2)
    shop.checkout((soap, 1), key="k-2")
    first, second = shop.payments.sessions(shop.orders[1].token)

    assert shop.hear(shop.payments.pay(first)) is Outcome.PAID
    paid = shop.orders[1]
    assert shop.hear(shop.payments.pay(second)) is Outcome.STRAY
    assert shop.orders[1] == paid
    assert paid.session_id == first
    assert shop.on_shelf(soap) == (9, 2)
    assert shop.news["report_stray_payment"] == 1


@pytest.mark.parametrize("token", [None, "nobody's"])
def test_money_for_an_order_we_do_not_know_is_reported_to_the_owner(
    shop: Shop, token: str | None
) -> None:
    notice = altered(shop.payments.pay(shop.session), order_token=token)

    assert shop.hear(notice) is Outcome.STRAY
    assert shop.order.state is OrderState.AWAITING
    (stray,) = shop.store.tables.outbox.values()
    assert stray.task.facts == {
        "notice_id": notice.id,
        "session_id": shop.session,
        "amount": "17.98 USD",
    }


def test_money_for_nobody_is_reported_also_when_nobody_says_how_much(shop: Shop) -> None:
    notice = altered(shop.payments.pay(shop.session), order_token=None, amounts=None)

    assert shop.hear(notice) is Outcome.STRAY
    (stray,) = shop.store.tables.outbox.values()
    assert stray.task.facts["amount"] == "an unknown amount"


@pytest.mark.parametrize("token", [None, "nobody's"])
def test_other_news_of_an_order_we_do_not_know_bothers_nobody(
    shop: Shop, token: str | None
) -> None:
    notice = altered(shop.payments.expire(shop.session), order_token=token)

    assert shop.hear(notice) is Outcome.UNKNOWN_ORDER
    assert shop.order.state is OrderState.AWAITING
    assert not shop.news


# What was sold and has gone on its way


@pytest.mark.parametrize("gone", [OrderState.IN_PRODUCTION, OrderState.SHIPPED])
@pytest.mark.parametrize("status", SessionStatus)
def test_late_news_of_its_page_does_not_move_an_order_that_went_on(
    shop: Shop, soap: Variant, gone: OrderState, status: SessionStatus
) -> None:
    notice = shop.payments.pay(shop.session)
    shop.hear(notice)
    with shop.store.begin() as work:
        order = work.orders.hold(shop.order.id).become(gone)
        work.orders.save(order)
        tell(work, order, of_state(gone))

    assert shop.hear(replace(altered(notice, status=status), id="late")) is Outcome.NOTHING_NEW
    assert shop.order == order
    assert shop.on_shelf(soap) == (8, 0)


def test_money_for_an_order_that_was_called_off_unpaid_is_reported_to_the_owner(
    shop: Shop, soap: Variant
) -> None:
    notice = shop.payments.pay(shop.session)
    with shop.store.begin() as work:
        order = work.orders.hold(shop.order.id)
        stock.release(work, order)
        work.orders.save(order.become(OrderState.CANCELLED))
        tell(work, order, EventKind.CANCELLED)

    assert shop.hear(notice) is Outcome.STRAY
    assert shop.order.state is OrderState.CANCELLED
    assert shop.on_shelf(soap) == (10, 0)
