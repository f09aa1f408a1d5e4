from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.adapters.memory.views import MemoryOrderDesk, MemoryShopWindow
from eterno.application.books import compare_books
from eterno.application.books.compare_books import AGREEMENTS, CompareBooks
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeState
from eterno.domain.refunds import RefundState
from tests.application.shop import Shop
from tests.builders import add_product, an_order, usd
from tests.support.pictures import WEBP

PICTURE = "products/oat.webp"


@pytest.fixture(autouse=True)
def paid(shop: Shop, soap: Variant) -> None:
    """One order is paid, a dollar of it refunded, one is awaited, and a picture is shown."""
    shop.checkout((soap, 1))
    shop.hear(shop.payments.pay(shop.session))
    shop.hear(shop.payments.refund_elsewhere(shop.session, usd("1.00")))
    shop.checkout((soap, 1))
    add_product(shop.store, img_key=PICTURE)
    shop.media.put(PICTURE, WEBP)


def disagreements(shop: Shop) -> dict[str, int]:
    """How many there are of each kind."""
    compare = CompareBooks(
        shop.store,
        MemoryOrderDesk(shop.store),
        shop.payments,
        MemoryShopWindow(shop.store),
        shop.media,
    )
    verdicts = compare(timedelta(hours=48))
    assert [verdict.id for verdict in verdicts] == [*AGREEMENTS]
    return {verdict.id: len(verdict.keys) for verdict in verdicts if verdict.keys}


def first_session(shop: Shop) -> str:
    return shop.payments.sessions(shop.orders[0].token)[0]


def test_books_that_agree(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_books, "PAGE", 1)
    assert disagreements(shop) == {}


def test_a_payment_that_no_order_knows_of(shop: Shop) -> None:
    awaited = shop.payments.sessions(shop.orders[1].token)[0]
    shop.payments.pay(awaited)

    assert disagreements(shop) == {"X1": 1}


def test_a_payment_for_an_order_that_is_nowhere(shop: Shop) -> None:
    stranger = shop.payments.open_session(an_order(at=shop.clock.now())).id
    shop.payments.pay(stranger)

    assert disagreements(shop) == {"X1": 1}


def test_a_payment_that_says_of_no_order_is_the_owners_business(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.payments.payments(shop.clock.now())
    strange = replace(found[0], session_id="cs_elsewhere", order_token=None)
    monkeypatch.setattr(shop.payments, "payments", lambda _: [*found, strange])

    assert disagreements(shop) == {}


def test_another_amount_than_was_taken(shop: Shop) -> None:
    awaited = shop.payments.sessions(shop.orders[1].token)[0]
    shop.hear(shop.payments.pay(awaited))
    amounts = amounts_of(shop.orders[1], shipping=100)
    page = shop.payments._pages[awaited]
    shop.payments._pages[awaited] = replace(page, amounts=amounts)

    assert disagreements(shop) == {"X1": 1}


def test_an_order_that_the_payment_service_never_saw_paid(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.payments, "payments", lambda _: [])

    assert disagreements(shop) == {"X2": 1}


def test_a_refund_that_nobody_told_us_of(shop: Shop) -> None:
    shop.payments.refund_elsewhere(first_session(shop), usd("0.50"))

    assert disagreements(shop) == {"X3": 1}


def test_a_refund_that_failed_has_not_gone(shop: Shop) -> None:
    shop.hear(shop.payments.end_refund("re_1", RefundState.FAILED))

    assert disagreements(shop) == {}


def test_a_picture_that_is_shown_and_gone(shop: Shop) -> None:
    shop.media.remove(PICTURE)

    assert disagreements(shop) == {"X4": 1}


def test_a_dispute_that_nobody_told_us_of(shop: Shop) -> None:
    shop.payments.dispute(first_session(shop), DisputeState.NEEDS_RESPONSE)
    shop.payments.dispute(first_session(shop), DisputeState.NEEDS_RESPONSE, id="du_2")

    assert disagreements(shop) == {"X5": 1}


def test_a_dispute_that_ended_otherwise_than_we_know(shop: Shop) -> None:
    shop.hear(shop.payments.dispute(first_session(shop), DisputeState.NEEDS_RESPONSE))
    assert disagreements(shop) == {}

    lost = shop.payments.dispute(first_session(shop), DisputeState.LOST)
    assert disagreements(shop) == {"X5": 1}

    shop.hear(lost)
    assert disagreements(shop) == {}


def test_a_dispute_about_a_payment_from_before_is_compared_too(shop: Shop) -> None:
    shop.wait(days=30)
    shop.payments.dispute(first_session(shop), DisputeState.NEEDS_RESPONSE)

    assert disagreements(shop) == {"X5": 1}


@pytest.mark.parametrize("intent", ["pi_elsewhere", None])
def test_a_dispute_about_no_orders_payment_is_the_owners_business(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, intent: str | None
) -> None:
    shop.payments.dispute(first_session(shop), DisputeState.NEEDS_RESPONSE)
    (found,) = shop.payments.disputes(shop.clock.now())
    strange = replace(found, intent_id=intent)
    monkeypatch.setattr(shop.payments, "disputes", lambda _: [strange])

    assert disagreements(shop) == {}


def test_of_a_silent_service_nothing_is_said(shop: Shop) -> None:
    shop.payments.trouble = Trouble.SILENT_BEFORE

    with pytest.raises(PaymentsUnavailable):
        disagreements(shop)
