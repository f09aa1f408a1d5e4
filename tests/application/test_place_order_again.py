"""A checkout that is asked for again, or in which something happened in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eterno.adapters.memory.orders import MemoryOrders
from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout.hold_orders import Wish
from eterno.application.idempotency import KeyReused
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid
from eterno.domain.orders import NotPayable, Order, OrderState
from eterno.domain.payments import PaymentSession
from tests.application.shop import Shop
from tests.builders import a_basket_of

SHOPPER = "203.0.113.7"


class Killed(BaseException):
    """The process is gone: nothing more is done, and nobody catches it."""


def kill() -> None:
    raise Killed


# The same request once more


def test_the_same_key_and_basket_give_the_same_page(shop: Shop, soap: Variant) -> None:
    url = shop.checkout((soap, 2), key="k-1")

    assert shop.checkout((soap, 2), key="k-1") == url
    assert shop.on_shelf(soap) == (10, 2)
    assert len(shop.orders) == 1


def test_another_key_is_another_order(shop: Shop, soap: Variant) -> None:
    assert shop.checkout((soap, 2), key="k-1") != shop.checkout((soap, 2), key="k-2")


def test_without_a_key_every_request_is_another_order(shop: Shop, soap: Variant) -> None:
    assert shop.checkout((soap, 2)) != shop.checkout((soap, 2))


def test_a_key_belongs_to_one_basket(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2), key="k-1")

    with pytest.raises(KeyReused):
        shop.checkout((soap, 3), key="k-1")

    assert shop.on_shelf(soap) == (10, 2)


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "a\nb", "a\0b"])
def test_a_key_is_short_and_printable(shop: Shop, soap: Variant, key: str) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key"):
        shop.checkout((soap, 1), key=key)

    assert shop.orders == []


def test_the_key_of_a_checkout_that_is_over_does_not_start_a_new_one(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 2), key="k-1")
    shop.wait(minutes=31)
    shop.release_expired()

    with pytest.raises(NotPayable):
        shop.checkout((soap, 2), key="k-1")

    assert shop.on_shelf(soap) == (10, 0)


def test_the_key_of_a_paid_order_still_gives_its_page(shop: Shop, soap: Variant) -> None:
    url = shop.checkout((soap, 2), key="k-1")
    shop.hear(shop.payments.pay(shop.session))

    assert shop.checkout((soap, 2), key="k-1") == url


def test_of_two_requests_with_one_key_at_once_both_get_the_same_page(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shop.checkout((soap, 2), key="k-1")
    too_early = [True]  # this one looked before the other one's order was committed
    look = MemoryOrders.find_by_keys
    monkeypatch.setattr(
        MemoryOrders,
        "find_by_keys",
        lambda orders, keys: {} if too_early and too_early.pop() else look(orders, keys),
    )

    assert shop.checkout((soap, 2), key="k-1") == url
    assert len(shop.orders) == 1
    assert shop.on_shelf(soap) == (10, 2)


# Something happened in between


def test_killed_before_the_page_was_asked_for_the_same_key_goes_on(
    shop: Shop, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.SILENT_BEFORE
    shop.payments.meanwhile = kill
    with pytest.raises(Killed):
        shop.checkout((soap, 2), key="k-1")
    shop.payments.trouble = None

    url = shop.checkout((soap, 2), key="k-1")

    assert shop.order.session_url == url
    assert shop.on_shelf(soap) == (10, 2)


def test_killed_before_the_page_was_remembered_the_same_key_gives_that_page(
    shop: Shop, soap: Variant
) -> None:
    shop.payments.meanwhile = kill
    with pytest.raises(Killed):
        shop.checkout((soap, 2), key="k-1")
    assert shop.order.session_id is None
    opened = shop.session

    url = shop.checkout((soap, 2), key="k-1")

    assert shop.payments.session_at(url) == opened
    assert shop.order.session_id == opened


@pytest.mark.parametrize("trouble", [Trouble.SILENT_BEFORE, Trouble.SILENT_AFTER])
def test_when_the_payment_service_was_silent_the_same_key_tries_again(
    shop: Shop, soap: Variant, trouble: Trouble
) -> None:
    shop.payments.trouble = trouble
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")
    assert shop.on_shelf(soap) == (10, 2)
    shop.payments.trouble = None
    shop.wait(seconds=20)

    url = shop.checkout((soap, 2), key="k-1")

    assert shop.order.attempt == 1
    assert shop.payments.sessions(shop.order.token) == [shop.payments.session_at(url)]


def test_after_a_lasting_failure_the_same_key_asks_in_another_way(
    shop: Shop, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.LASTING
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")
    shop.payments.trouble = None

    url = shop.checkout((soap, 2), key="k-1")

    assert shop.order.attempt == 2
    assert shop.order.session_url == url


def test_a_page_asked_for_too_late_gets_a_new_deadline(shop: Shop, soap: Variant) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")
    shop.payments.trouble = None
    shop.wait(minutes=2)  # the service wants a page to live for 30 minutes, and 29 are left

    url = shop.checkout((soap, 2), key="k-1")

    assert shop.order.attempt == 2
    assert shop.order.pay_by == shop.clock.now() + timedelta(minutes=31)
    assert shop.payments.session_at(url) == shop.session


@pytest.mark.parametrize("trouble", Trouble)
def test_without_a_key_an_order_that_cannot_be_paid_is_given_up_at_once(
    shop: Shop, soap: Variant, trouble: Trouble
) -> None:
    shop.payments.trouble = trouble

    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2))

    assert shop.order.state is OrderState.EXPIRED
    assert shop.on_shelf(soap) == (10, 0)


def test_of_two_pages_for_one_order_remembered_together_one_is_told(
    shop: Shop, soap: Variant
) -> None:
    """Two requests under one key may be answered two pages, when a new attempt was made between
    them: only one may be paid on, or the other's money would be nobody's."""
    [order] = shop.place_order.hold([Wish(basket=a_basket_of((soap, 1)), client=SHOPPER)])
    assert isinstance(order, Order)
    pages = [PaymentSession(id=f"cs_{n}", url=f"https://pay.example/{n}") for n in (1, 2)]

    told = shop.place_order.remember([(order.id, page) for page in pages])

    assert told == [shop.order.session_url] * 2


def test_the_notice_may_come_before_the_answer(shop: Shop, soap: Variant) -> None:
    shop.payments.meanwhile = lambda: shop.hear(shop.payments.pay(shop.session))

    url = shop.checkout((soap, 2))

    assert shop.order.state is OrderState.PAID
    assert shop.order.session_url == url


def test_an_order_paid_although_the_answer_was_lost_stays_paid(shop: Shop, soap: Variant) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    shop.payments.meanwhile = lambda: shop.hear(shop.payments.pay(shop.session))
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2))

    assert shop.order.state is OrderState.PAID
    assert shop.on_shelf(soap) == (8, 0)


def test_an_order_given_up_before_the_answer_has_no_page(shop: Shop, soap: Variant) -> None:
    def half_an_hour_passes() -> None:
        shop.wait(minutes=31)
        shop.release_expired()

    shop.payments.meanwhile = half_an_hour_passes

    with pytest.raises(NotPayable):
        shop.checkout((soap, 2))

    assert shop.order.session_url is None
    assert shop.on_shelf(soap) == (10, 0)


@pytest.mark.parametrize("lasting", [False, True])
def test_a_failure_for_one_request_does_not_undo_the_page_another_one_opened(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    opened = []

    def fail_after_the_other_request_succeeded(order: Order) -> None:
        monkeypatch.undo()
        shop.checkout((soap, 2), key="k-1")
        opened.append(shop.order)
        raise PaymentsUnavailable(lasting=lasting)

    monkeypatch.setattr(shop.payments, "open_session", fail_after_the_other_request_succeeded)
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")

    assert [shop.order] == opened
    assert shop.order.session_url is not None


def test_two_requests_that_hear_of_the_same_failure_make_one_new_attempt(
    shop: Shop, soap: Variant
) -> None:
    def the_other_request_fails_too() -> None:
        with pytest.raises(PaymentsUnavailable):
            shop.checkout((soap, 2), key="k-1")

    shop.payments.trouble = Trouble.LASTING
    shop.payments.meanwhile = the_other_request_fails_too
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")

    assert shop.order.attempt == 2
