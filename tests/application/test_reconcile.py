from __future__ import annotations

from datetime import timedelta

import pytest

from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout import reconcile, settle_payment
from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import PaymentNotice, PaymentsUnavailable, SessionReport
from eterno.application.ports.store import Store, StoreUnavailable
from eterno.application.ports.system import Ids
from eterno.domain.catalog import Variant
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.orders import OrderState
from tests.application.shop import Shop

TWO_DAYS = timedelta(hours=48)


@pytest.fixture(autouse=True)
def ordered(shop: Shop, soap: Variant) -> None:
    """Two of ten soaps are ordered, and held."""
    shop.checkout((soap, 2))


# Notices that did not arrive


def test_a_payment_whose_notice_was_lost_is_heard(shop: Shop, soap: Variant) -> None:
    shop.payments.pay(shop.session)

    found = shop.reconcile(TWO_DAYS)

    assert found.notices == {Outcome.PAID: 1}
    assert found.changes == 1
    assert shop.order.state is OrderState.PAID
    assert shop.on_shelf(soap) == (8, 0)
    assert shop.news == {"confirm_order": 1, "report_sale": 1}


def test_a_notice_that_comes_after_all_has_no_effect_any_more(shop: Shop) -> None:
    notice = shop.payments.pay(shop.session)
    shop.reconcile(TWO_DAYS)

    assert shop.hear(notice) is Outcome.REPEATED
    assert shop.news["confirm_order"] == 1


def test_reconciling_twice_finds_nothing_new(shop: Shop) -> None:
    shop.payments.pay(shop.session)
    shop.reconcile(TWO_DAYS)

    again = shop.reconcile(TWO_DAYS)

    assert again.notices == {Outcome.REPEATED: 1}
    assert again.changes == 0


def test_notices_of_long_ago_are_left_alone(shop: Shop) -> None:
    shop.payments.say("customer.created")
    shop.wait(hours=3)

    assert shop.reconcile(timedelta(hours=2)).notices == {}
    assert shop.reconcile(timedelta(hours=4)).notices == {Outcome.IGNORED: 1}


def test_one_notice_that_makes_trouble_does_not_hold_up_the_others(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = shop.payments.say("customer.created")
    shop.payments.pay(shop.session)

    def settle(store: Store, ids: Ids, notice: PaymentNotice, policy: FulfilmentPolicy) -> Outcome:
        if notice == odd:
            raise ZeroDivisionError
        return settle_payment.settle(store, ids, notice, policy)

    monkeypatch.setattr(reconcile, "settle", settle)
    found = shop.reconcile(TWO_DAYS)

    assert (found.notices, found.silent) == ({Outcome.PAID: 1}, 1)


def test_without_the_list_of_notices_nothing_is_done(shop: Shop) -> None:
    shop.payments.pay(shop.session)
    shop.payments.trouble = Trouble.SILENT_BEFORE

    with pytest.raises(PaymentsUnavailable):
        shop.reconcile(TWO_DAYS)
    assert shop.order.state is OrderState.AWAITING


# Orders that stay open


def forgotten(shop: Shop) -> None:
    """The service no longer tells: its events are too old, or it thinks that they arrived."""
    for notice in shop.payments.notices:
        shop.payments.read_notice(*shop.payments.sealed(notice))


@pytest.mark.parametrize("end", [OrderState.PAID, OrderState.FAILED])
def test_an_order_that_waits_for_money_learns_what_became_of_it(
    shop: Shop, soap: Variant, end: OrderState
) -> None:
    shop.hear(shop.payments.complete_later(shop.session))
    shop.wait(hours=72)
    (shop.payments.pay if end is OrderState.PAID else shop.payments.fail)(shop.session)
    forgotten(shop)

    found = shop.reconcile(TWO_DAYS)

    assert found.orders == {Outcome(end.value): 1}
    assert found.changes == 1
    assert shop.order.state is end


def test_an_order_whose_page_was_closed_gives_its_soap_back(shop: Shop, soap: Variant) -> None:
    shop.payments.expire(shop.session)
    forgotten(shop)
    shop.wait(minutes=11)

    assert shop.reconcile(TWO_DAYS).orders == {Outcome.EXPIRED: 1}
    assert shop.on_shelf(soap) == (10, 0)


def test_an_order_whose_buyer_has_her_page_open_is_left_as_it_is(shop: Shop, soap: Variant) -> None:
    shop.wait(minutes=11)

    found = shop.reconcile(TWO_DAYS)

    assert (found.orders, found.changes) == ({Outcome.NOTHING_NEW: 1}, 0)
    assert shop.on_shelf(soap) == (10, 2)
    shop.hear(shop.payments.pay(shop.session))
    assert shop.order.state is OrderState.PAID


def test_an_order_is_not_asked_after_while_its_notice_may_be_under_way(shop: Shop) -> None:
    shop.payments.pay(shop.session)
    forgotten(shop)
    shop.wait(minutes=10)

    assert shop.reconcile(TWO_DAYS).orders == {}


def test_an_order_without_a_page_is_left_to_the_sweep(shop: Shop, soap: Variant) -> None:
    shop.payments.trouble = Trouble.SILENT_BEFORE
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 1), key="k-1")
    shop.payments.trouble = None
    shop.wait(minutes=11)

    assert shop.reconcile(TWO_DAYS).orders == {Outcome.NOTHING_NEW: 2}


class Mute:
    """Says nothing about sessions."""

    def __init__(self, refusal: Exception) -> None:
        self.refusal = refusal

    def __call__(self, _session_id: str) -> SessionReport:
        raise self.refusal


@pytest.mark.parametrize("refusal", [PaymentsUnavailable(), ZeroDivisionError()])
def test_an_order_of_which_nothing_is_known_is_asked_after_later(
    shop: Shop, refusal: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.wait(minutes=11)
    with monkeypatch.context() as patch:
        patch.setattr(shop.payments, "look_at", Mute(refusal))
        found = shop.reconcile(TWO_DAYS)

    assert (found.orders, found.silent) == ({}, 1)
    assert shop.reconcile(TWO_DAYS).orders == {Outcome.NOTHING_NEW: 1}


def test_a_silent_store_is_not_taken_for_a_difficult_notice_or_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.wait(minutes=11)
    with monkeypatch.context() as patch:
        patch.setattr(shop.payments, "look_at", Mute(StoreUnavailable()))
        with pytest.raises(StoreUnavailable):
            shop.reconcile(TWO_DAYS)

    def settle(*_: object) -> Outcome:
        raise StoreUnavailable

    shop.payments.pay(shop.session)
    monkeypatch.setattr(reconcile, "settle", settle)
    with pytest.raises(StoreUnavailable):
        shop.reconcile(TWO_DAYS)
