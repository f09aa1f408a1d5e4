"""A payment makes a sale, or does not come."""

from __future__ import annotations

import pytest

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.catalog import Variant
from eterno.domain.orders import OrderState
from tests.application.settling.deeds import altered
from tests.application.shop import Shop
from tests.builders import usd

# Paid


def test_a_payment_makes_a_sale(shop: Shop, soap: Variant) -> None:
    outcome = shop.hear(shop.payments.pay(shop.session))

    assert outcome is Outcome.PAID
    assert shop.order.state is OrderState.PAID
    assert shop.order.number is not None
    assert shop.order.captured == usd("17.98")
    assert shop.on_shelf(soap) == (8, 0)


def test_a_payment_is_entered_in_the_ledger(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))

    (entry,) = shop.store.tables.money
    assert (entry.order_id, entry.amount) == (shop.order.id, usd("17.98"))
    assert entry.reference == shop.order.intent_id


def test_a_payment_without_an_intent_is_entered_by_its_session(shop: Shop) -> None:
    shop.hear(altered(shop.payments.pay(shop.session), intent_id=None))

    (entry,) = shop.store.tables.money
    assert entry.reference == shop.session


def test_buyer_and_owner_hear_of_a_sale(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))

    assert shop.news == {"confirm_order": 1, "report_sale": 1}


def test_the_order_learns_who_buys_and_where_to_send_it(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))

    buyer = shop.order.buyer
    assert buyer is not None
    assert buyer.email == "ada@example.org"
    assert buyer.ship_to is not None


def test_delivery_and_tax_are_paid_with_the_goods(shop: Shop) -> None:
    amounts = amounts_of(shop.order, shipping=450, tax=120, discount=200)

    shop.hear(shop.payments.pay(shop.session, amounts=amounts))

    assert shop.order.state is OrderState.PAID
    assert shop.order.total == shop.order.captured == usd("21.68")


def test_an_order_paid_by_a_voucher_in_full_is_paid_and_no_money_moved(
    shop: Shop, soap: Variant
) -> None:
    shop.hear(shop.payments.pay(shop.session, amounts=amounts_of(shop.order, discount=1798)))

    assert shop.order.state is OrderState.PAID
    assert shop.store.tables.money == []
    assert shop.on_shelf(soap) == (8, 0)


def test_it_was_paid_when_the_payment_service_says_not_when_we_heard(shop: Shop) -> None:
    notice = shop.payments.pay(shop.session)
    paid_at = shop.clock.now()
    shop.wait(hours=5)

    shop.hear(notice)

    assert shop.order.paid_at == paid_at


def test_orders_are_numbered_as_they_are_paid(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 1))
    first, second = shop.orders
    for order in (second, first):
        shop.hear(shop.payments.pay(shop.payments.sessions(order.token)[0]))

    first, second = shop.orders
    assert first.number is not None
    assert second.number is not None
    assert second.number < first.number


# On its way


def test_money_on_its_way_keeps_the_soap_held(shop: Shop, soap: Variant) -> None:
    outcome = shop.hear(shop.payments.complete_later(shop.session))

    assert outcome is Outcome.PENDING
    assert shop.order.state is OrderState.PENDING
    assert shop.order.buyer is not None
    assert shop.on_shelf(soap) == (10, 2)
    assert shop.news == {"confirm_promise": 1}


def test_money_that_was_on_its_way_arrives(shop: Shop, soap: Variant) -> None:
    shop.hear(shop.payments.complete_later(shop.session))
    shop.wait(hours=72)

    assert shop.hear(shop.payments.pay(shop.session)) is Outcome.PAID
    assert shop.on_shelf(soap) == (8, 0)


def test_money_that_does_not_arrive_gives_the_soap_back(shop: Shop, soap: Variant) -> None:
    shop.hear(shop.payments.complete_later(shop.session))

    assert shop.hear(shop.payments.fail(shop.session)) is Outcome.FAILED
    assert shop.order.state is OrderState.FAILED
    assert shop.on_shelf(soap) == (10, 0)
    assert shop.news == {"confirm_promise": 1, "regret_failure": 1}


def test_the_failure_may_be_heard_before_the_promise(shop: Shop, soap: Variant) -> None:
    promise = shop.payments.complete_later(shop.session)
    failure = shop.payments.fail(shop.session)

    assert shop.hear(failure) is Outcome.FAILED
    assert shop.hear(promise) is Outcome.NOTHING_NEW
    assert shop.order.state is OrderState.FAILED
    assert shop.on_shelf(soap) == (10, 0)
    assert shop.news == {"regret_failure": 1}


# Nobody paid


def test_an_expired_page_gives_the_soap_back_and_bothers_nobody(shop: Shop, soap: Variant) -> None:
    assert shop.hear(shop.payments.expire(shop.session)) is Outcome.EXPIRED
    assert shop.order.state is OrderState.EXPIRED
    assert shop.on_shelf(soap) == (10, 0)
    assert not shop.news


def test_an_expired_page_of_an_earlier_attempt_concerns_nobody(shop: Shop, soap: Variant) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 1), key="k-2")
    shop.payments.trouble = None
    shop.wait(minutes=2)
    shop.checkout((soap, 1), key="k-2")
    order = shop.orders[1]
    first, second = shop.payments.sessions(order.token)

    assert shop.hear(shop.payments.expire(first)) is Outcome.NOTHING_NEW
    assert shop.orders[1] == order
    assert order.session_id == second
