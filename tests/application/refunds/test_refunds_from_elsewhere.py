"""Money that somebody gave back at the payment service, and not here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout.hear import Outcome
from eterno.application.orders.hear_refund import OutOfTurn
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.refunds import RefundState, RefundWish
from tests.application.refunds.deeds import ledger, refund, some, the_refund, work
from tests.application.shop import Shop
from tests.builders import add_admin, eur, put_on_sale, usd


def test_a_refund_made_at_the_service_appears_here(shop: Shop, soap: Variant) -> None:
    notice = shop.payments.refund_elsewhere(shop.session, usd("5.00"))

    assert shop.hear(notice) is Outcome.REFUND
    made = the_refund(shop)
    assert (made.state, made.requested_by, made.amount) == (
        RefundState.SUCCEEDED,
        None,
        usd("5.00"),
    )
    assert shop.order.refunded == usd("5.00")
    assert shop.news["pay_back"] == 0
    assert shop.news["confirm_refund"] == 1
    assert shop.hear(replace(notice, id="evt_again")) is Outcome.NOTHING_NEW


def test_one_made_elsewhere_takes_the_place_of_ours_that_no_longer_fits(
    shop: Shop, rosa: Actor
) -> None:
    first = refund(shop, rosa, some("6.00"))
    second = refund(shop, rosa, some("20.00"))

    shop.hear(shop.payments.refund_elsewhere(shop.session, usd("16.18")))
    work(shop)

    refunds = shop.store.tables.refunds
    assert refunds[first.id].state is RefundState.SUCCEEDED
    assert refunds[second.id].state is RefundState.FAILED
    assert shop.order.refunded == usd("22.18")


def test_a_report_that_makes_sense_only_after_another_is_heard_again(shop: Shop) -> None:
    first = shop.payments.refund_elsewhere(shop.session, usd("20.00"))
    assert first.refund is not None
    shop.hear(first)
    failed = shop.payments.end_refund(first.refund.provider_id, RefundState.FAILED)
    second = shop.payments.refund_elsewhere(shop.session, usd("20.00"))

    with pytest.raises(OutOfTurn):
        shop.hear(second)
    assert second.id not in shop.store.tables.inbox
    shop.hear(failed)

    assert shop.hear(second) is Outcome.REFUND
    assert shop.order.refunded == usd("20.00")


@given(st.permutations(["made", "failed", "ours"]), st.booleans())
def test_late_news_ends_the_same_in_whatever_order_it_comes(order: list[str], slow: bool) -> None:
    shop = Shop()
    rosa, soap = add_admin(shop.store), put_on_sale(shop.store)
    shop.checkout((soap, 3))
    shop.hear(shop.payments.pay(shop.session))
    ours = refund(shop, rosa, RefundWish(amount=usd("20.00")))
    made = shop.payments.refund_elsewhere(shop.session, usd("15.00"))
    assert made.refund is not None
    failed = shop.payments.end_refund(made.refund.provider_id, RefundState.FAILED)
    shop.payments.trouble = Trouble.SILENT_AFTER
    work(shop)
    shop.payments.trouble = None
    heard = {"made": made, "failed": failed, "ours": shop.payments.notices[-1]}

    waiting = [heard[name] for name in order]
    while waiting:
        notice = waiting.pop(0)
        try:
            shop.hear(notice)
        except OutOfTurn:
            waiting.append(notice)
        if not slow:
            shop.wait(hours=1)
            work(shop)

    assert shop.store.tables.refunds[ours.id].state is RefundState.SUCCEEDED
    assert shop.order.refunded == usd("20.00")


def test_a_failed_refund_from_elsewhere_stays_failed_whatever_comes_late(shop: Shop) -> None:
    made = shop.payments.refund_elsewhere(shop.session, usd("20.00"))
    assert made.refund is not None
    failed = shop.payments.end_refund(made.refund.provider_id, RefundState.FAILED)

    assert shop.hear(failed) is Outcome.REFUND
    assert shop.hear(made) is Outcome.NOTHING_NEW
    assert the_refund(shop).state is RefundState.FAILED
    assert ledger(shop) == ["capture 26.97 USD"]


@pytest.mark.parametrize("amount", [eur("5.00"), usd("100.00")])
def test_what_the_ledger_cannot_count_is_noted(shop: Shop, amount: object) -> None:
    notice = shop.payments.refund_elsewhere(shop.session, usd("5.00"))
    assert notice.refund is not None
    odd = replace(notice, refund=replace(notice.refund, amount=amount))  # type: ignore[arg-type]

    assert shop.hear(odd) is Outcome.NOTHING_NEW
    assert str(amount) in shop.store.tables.history[-1].words
    assert shop.store.tables.refunds == {}


@pytest.mark.parametrize("intent", [None, "pi_nobody's"])
def test_the_owner_is_told_of_a_refund_of_a_payment_we_do_not_know(
    shop: Shop, intent: str | None
) -> None:
    notice = shop.payments.refund_elsewhere(shop.session, usd("5.00"))
    assert notice.refund is not None
    strange = replace(notice, refund=replace(notice.refund, intent_id=intent))

    assert shop.hear(strange) is Outcome.REPORTED
    assert shop.store.tables.refunds == {}
    alert = [*shop.store.tables.outbox.values()][-1].task
    assert (alert.reaction, alert.facts["kind"]) == ("pass_alert_on", "refund")
    assert alert.facts["amount"] == "5.00 USD"
