from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import pytest

from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout import release_expired
from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import PaymentsUnavailable, SessionReport, SessionStatus
from eterno.application.ports.store import StoreUnavailable, Work
from eterno.domain.catalog import Variant
from eterno.domain.orders import OrderState
from eterno.domain.payments import PaymentSession
from tests.application.shop import Shop
from tests.builders import put_on_sale


def test_an_order_nobody_paid_for_gives_its_soap_back(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.wait(minutes=31)

    assert shop.release_expired() == 1
    assert shop.order.state is OrderState.EXPIRED
    assert shop.on_shelf(soap) == (10, 0)
    assert not shop.news


def test_nothing_is_released_before_its_time(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.wait(minutes=30, seconds=59)

    assert shop.release_expired() == 0
    assert shop.order.state is OrderState.AWAITING
    assert shop.on_shelf(soap) == (10, 2)


def test_the_page_is_closed_before_the_soap_is_released(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    session = shop.session
    shop.wait(minutes=31)
    shop.release_expired()

    report = shop.payments.close_session(session)

    assert report.status is SessionStatus.EXPIRED


def test_when_the_buyer_was_quicker_the_order_is_paid(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    notice = shop.payments.pay(shop.session)
    shop.wait(minutes=31)

    assert shop.release_expired() == 1
    assert shop.order.state is OrderState.PAID
    assert shop.on_shelf(soap) == (8, 0)
    assert shop.news == {"confirm_order": 1, "report_sale": 1}
    assert shop.hear(notice) is Outcome.NOTHING_NEW


def test_when_the_money_is_on_its_way_the_soap_stays_held(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.payments.complete_later(shop.session)
    shop.wait(minutes=31)

    shop.release_expired()

    assert shop.order.state is OrderState.PENDING
    assert shop.on_shelf(soap) == (10, 2)
    shop.wait(hours=72)
    assert shop.release_expired() == 0


@pytest.mark.parametrize("trouble", Trouble)
def test_while_the_payment_service_is_silent_nothing_is_released(
    shop: Shop, soap: Variant, trouble: Trouble
) -> None:
    shop.checkout((soap, 2))
    shop.wait(minutes=31)
    shop.payments.trouble = trouble

    assert shop.release_expired() == 0
    assert shop.order.state is OrderState.AWAITING
    assert shop.on_shelf(soap) == (10, 2)

    shop.payments.trouble = None
    assert shop.release_expired() == 1
    assert shop.on_shelf(soap) == (10, 0)


def test_an_order_that_never_had_a_page_is_released_without_asking(
    shop: Shop, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")
    shop.wait(minutes=31)

    assert shop.release_expired() == 1
    assert shop.order.state is OrderState.EXPIRED
    assert shop.on_shelf(soap) == (10, 0)


def test_each_order_is_decided_by_itself(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 1))
    shop.checkout((soap, 2))
    paid, _ = shop.orders
    shop.payments.pay(shop.payments.sessions(paid.token)[0])
    shop.wait(minutes=20)
    shop.checkout((soap, 3))
    shop.wait(minutes=11)

    assert shop.release_expired() == 2
    assert [order.state for order in shop.orders] == [
        OrderState.PAID,
        OrderState.EXPIRED,
        OrderState.AWAITING,
    ]
    assert shop.on_shelf(soap) == (9, 3)


def test_what_is_over_is_not_decided_again(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.wait(minutes=31)
    shop.release_expired()

    assert shop.release_expired() == 0


def test_so_many_at_once_and_the_rest_the_next_time(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_expired, "AT_ONCE", 2)
    soap = put_on_sale(shop.store)
    for _ in range(3):
        shop.checkout((soap, 1))
    shop.wait(minutes=31)

    assert [shop.release_expired() for _ in range(3)] == [2, 1, 0]


# Something happens between seeing that an order is overdue and holding it


class Killed(BaseException):
    """The process is gone."""


def raise_killed() -> None:
    raise Killed


class Meanwhile:
    """Begins the store's works, and lets something happen before one of them (counted from 1)."""

    def __init__(self, shop: Shop, happens: Callable[[], object], *, before_work: int) -> None:
        self._begin = shop.store.begin
        self._happens = happens
        self._countdown = before_work

    def __call__(self) -> AbstractContextManager[Work]:
        self._countdown -= 1
        if self._countdown == 0:
            self._happens()
        return self._begin()


@pytest.fixture
def unopened(shop: Shop, soap: Variant) -> None:
    """An overdue order that never had a page."""
    shop.payments.trouble = Trouble.SILENT_AFTER
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 2), key="k-1")
    shop.payments.trouble = None
    shop.wait(minutes=31)


@pytest.mark.usefixtures("unopened")
def test_an_order_that_is_tried_again_in_the_last_moment_is_left_alone(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = Meanwhile(shop, lambda: shop.checkout((soap, 2), key="k-1"), before_work=3)
    monkeypatch.setattr(shop.store, "begin", meanwhile)

    assert shop.release_expired() == 0
    assert shop.order.state is OrderState.AWAITING
    assert shop.order.session_url is not None
    assert shop.on_shelf(soap) == (10, 2)


@pytest.mark.usefixtures("unopened")
def test_an_order_with_a_new_deadline_is_left_alone_though_its_page_is_not_open_yet(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def try_again_in_vain() -> None:
        shop.payments.trouble = Trouble.SILENT_BEFORE
        with pytest.raises(PaymentsUnavailable):
            shop.checkout((soap, 2), key="k-1")

    monkeypatch.setattr(shop.store, "begin", Meanwhile(shop, try_again_in_vain, before_work=3))

    assert shop.release_expired() == 0
    assert shop.order.pay_by > shop.clock.now()
    assert shop.on_shelf(soap) == (10, 2)


@pytest.mark.usefixtures("unopened")
def test_an_order_whose_page_was_told_in_the_last_moment_is_not_released_without_asking(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def the_answer_comes_after_all() -> None:
        page = PaymentSession(id=shop.session, url="https://pay.example/late")
        with shop.store.begin() as work:
            work.orders.save(work.orders.hold(shop.order.id).open_session(page))

    meanwhile = Meanwhile(shop, the_answer_comes_after_all, before_work=3)
    monkeypatch.setattr(shop.store, "begin", meanwhile)

    assert shop.release_expired() == 0
    assert shop.on_shelf(soap) == (10, 2)
    assert shop.release_expired() == 1  # now it was asked
    assert shop.on_shelf(soap) == (10, 0)


@pytest.mark.parametrize("opened", [True, False])
def test_a_release_that_collided_is_done_over(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    if not opened:
        shop.payments.meanwhile = raise_killed
    with suppress(Killed):
        shop.checkout((soap, 2))
    shop.wait(minutes=31)

    def collide() -> None:
        shop.store.collisions = 1

    monkeypatch.setattr(shop.store, "begin", Meanwhile(shop, collide, before_work=3))

    assert shop.release_expired() == 1
    assert shop.on_shelf(soap) == (10, 0)


@pytest.mark.usefixtures("unopened")
def test_an_order_that_another_sweep_released_is_not_released_again(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = Meanwhile(shop, lambda: shop.give_up(shop.order), before_work=3)
    monkeypatch.setattr(shop.store, "begin", meanwhile)

    assert shop.release_expired() == 0
    assert shop.on_shelf(soap) == (10, 0)


def test_an_order_that_cannot_be_decided_does_not_hold_up_the_others(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.checkout((soap, 1))
    broken = shop.session
    shop.checkout((soap, 2))
    shop.wait(minutes=31)
    close = shop.payments.close_session

    def stumble(session_id: str) -> SessionReport:
        if session_id == broken:
            raise RuntimeError("nobody expected this")
        return close(session_id)

    monkeypatch.setattr(shop.payments, "close_session", stumble)

    assert shop.release_expired() == 1
    assert shop.on_shelf(soap) == (10, 1)


def test_a_silent_store_ends_the_round(
    shop: Shop, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.checkout((soap, 1))
    shop.wait(minutes=31)
    close = shop.payments.close_session

    def lose_the_store(session_id: str) -> SessionReport:
        shop.store.silent = True
        return close(session_id)

    monkeypatch.setattr(shop.payments, "close_session", lose_the_store)

    with pytest.raises(StoreUnavailable):
        shop.release_expired()
