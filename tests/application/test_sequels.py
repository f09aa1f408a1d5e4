"""What is said about a payment, also before the payment itself is heard of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import PaymentNotice
from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeState
from eterno.domain.history import EventKind
from eterno.domain.orders import OrderState
from eterno.domain.payments import Amounts
from eterno.domain.refunds import RefundState
from tests.application.shop import Shop
from tests.builders import put_on_sale, usd


@pytest.fixture(autouse=True)
def ordered(shop: Shop, soap: Variant) -> None:
    """Three of ten soaps: 26.97."""
    shop.checkout((soap, 3))


def alerts(shop: Shop) -> list[str]:
    tasks = (filed.task for filed in shop.store.tables.outbox.values())
    return [task.facts["kind"] for task in tasks if task.reaction == "pass_alert_on"]


def test_a_refund_heard_before_its_payment_is_counted_once_that_is_heard(shop: Shop) -> None:
    paid = shop.payments.pay(shop.session)
    back = shop.payments.refund_elsewhere(shop.session, usd("26.97"))

    assert shop.hear(back) is Outcome.REPORTED
    assert shop.hear(paid) is Outcome.PAID

    assert shop.order.refunded == usd("26.97")
    assert shop.hear(back) is Outcome.REPEATED


def test_so_is_one_of_an_order_that_goes_to_review(shop: Shop) -> None:
    nothing = usd("0")
    half = Amounts(
        subtotal=usd("20"), discount=nothing, shipping=nothing, tax=nothing, total=usd("20")
    )
    paid = shop.payments.pay(shop.session, amounts=half)
    shop.hear(shop.payments.refund_elsewhere(shop.session, usd("20")))

    shop.hear(paid)

    assert (shop.order.state, shop.order.refunded) == (OrderState.REVIEW, usd("20"))


def test_the_owner_is_told_once_of_a_refund_without_a_payment(shop: Shop) -> None:
    shop.payments.pay(shop.session)
    made = shop.payments.refund_elsewhere(shop.session, usd("5"))
    assert made.refund is not None
    failed = shop.payments.end_refund(made.refund.provider_id, RefundState.FAILED)

    assert [shop.hear(notice) for notice in (made, failed)] == [
        Outcome.REPORTED,
        Outcome.UNKNOWN_ORDER,
    ]
    assert alerts(shop) == ["refund"]


def test_a_dispute_heard_before_its_payment_is_not_forgotten(shop: Shop) -> None:
    paid = shop.payments.pay(shop.session)
    shop.hear(shop.payments.dispute(shop.session, DisputeState.NEEDS_RESPONSE))

    shop.hear(paid)

    assert shop.order.dispute is not None
    assert shop.order.dispute.is_open
    assert shop.news["report_dispute"] == 1


def test_a_fraud_warning_flags_the_order(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))
    assert not shop.order.fraud_warning

    assert shop.hear(shop.payments.warn(shop.session)) is Outcome.REPORTED

    assert shop.order.fraud_warning
    assert shop.history[-1] is EventKind.FRAUD_WARNING
    assert alerts(shop) == ["fraud warning"]


def test_a_refund_that_can_make_no_sense_yet_does_not_hold_up_the_payment(shop: Shop) -> None:
    paid = shop.payments.pay(shop.session)
    first = shop.payments.refund_elsewhere(shop.session, usd("20"))
    assert first.refund is not None
    failed = shop.payments.end_refund(first.refund.provider_id, RefundState.FAILED)
    shop.hear(first)
    shop.hear(shop.payments.refund_elsewhere(shop.session, usd("20")))

    assert shop.hear(paid) is Outcome.PAID

    assert alerts(shop) == ["refund", "refund", "refund"]
    shop.hear(failed)
    assert shop.order.refunded == usd("0")


@given(st.permutations(["paid", "made", "failed", "once more", "disputed", "warned"]))
def test_the_end_is_the_same_in_whatever_order_all_of_it_comes(order: list[str]) -> None:
    shop = Shop()
    soap = put_on_sale(shop.store)
    shop.checkout((soap, 3))
    paid = shop.payments.pay(shop.session)
    made = shop.payments.refund_elsewhere(shop.session, usd("5"))
    assert made.refund is not None
    failed = shop.payments.end_refund(made.refund.provider_id, RefundState.FAILED)
    heard: dict[str, PaymentNotice] = {
        "paid": paid,
        "made": made,
        "failed": failed,
        "once more": shop.payments.refund_elsewhere(shop.session, usd("7")),
        "disputed": shop.payments.dispute(shop.session, DisputeState.LOST),
        "warned": shop.payments.warn(shop.session),
    }

    for name in order:
        shop.hear(heard[name])
    for name in order:
        assert shop.hear(replace(heard[name], id=f"{name} again")) is not Outcome.PAID

    assert shop.order.state is OrderState.PAID
    assert shop.order.refunded == usd("7")
    assert shop.order.dispute is not None
    assert shop.order.dispute.state is DisputeState.LOST
    assert shop.order.fraud_warning
