from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from eterno.application.ports.payments import (
    DisputeReport,
    FraudWarning,
    RefundReport,
    Sequel,
)
from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.refunds import RefundState
from tests.builders import place, usd
from tests.contracts.conftest import Bench
from tests.contracts.race import at_once, rivals
from tests.support.clock import NOON

PAID = "checkout.session.completed"


def receive(store: Store, id: str = "evt_1") -> bool:
    with store.begin() as work:
        return work.inbox.receive(id, PAID, work.now)


def test_a_message_is_news_once(store: Store) -> None:
    assert [receive(store) for _ in range(3)] == [True, False, False]


def test_every_message_is_news_of_its_own(store: Store) -> None:
    assert receive(store, "evt_1")
    assert receive(store, "evt_2")


def test_the_same_message_by_another_kind_is_the_same_message(store: Store) -> None:
    receive(store)

    with store.begin() as work:
        assert not work.inbox.receive("evt_1", "checkout.session.expired", work.now)


def test_a_message_whose_work_failed_is_news_again(store: Store) -> None:
    def receive_and_fail() -> None:
        with store.begin() as work:
            assert work.inbox.receive("evt_1", PAID, work.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        receive_and_fail()

    assert receive(store)


def test_what_came_of_a_message_is_noted_and_it_stays_received(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        order = place(work, (soap, 1))
        for id, order_id in (("evt_1", order.id), ("evt_2", None)):
            assert work.inbox.receive(id, PAID, work.now)
            work.inbox.close(id, "paid", work.now, order_id)

    assert not receive(store, "evt_1")
    assert not receive(store, "evt_2")


def test_a_message_concerns_an_order_that_exists_if_any(bench: Bench) -> None:
    receive(bench.store)

    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.inbox.close("evt_1", "paid", work.now, uuid4())


# What came before its order


REPORT = RefundReport(
    provider_id="re_1",
    refund_id=uuid4(),
    intent_id="pi_1",
    amount=usd("8.99"),
    status=RefundState.SUCCEEDED,
    at=NOON,
)
DISPUTE = DisputeReport(
    intent_id="pi_1",
    dispute=Dispute(
        id="du_1",
        state=DisputeState.NEEDS_RESPONSE,
        amount=usd("8.99"),
        reason="unknown",
        due_by=NOON,
    ),
)


def test_what_is_kept_about_a_payment_is_found_as_it_was_said(store: Store) -> None:
    elsewhere = replace(REPORT, refund_id=None)
    sequels: list[Sequel] = [REPORT, DISPUTE, FraudWarning(intent_id="pi_1"), elsewhere]
    for number, sequel in enumerate(sequels):
        id = f"evt_{9 - number}"
        receive(store, id)
        with store.begin() as work:
            work.inbox.keep(id, "pi_1", sequel)

    with store.begin() as work:
        kept = work.inbox.kept("pi_1")
        assert work.inbox.kept("pi_2") == []

    assert dict(kept) == {f"evt_{9 - number}": sequel for number, sequel in enumerate(sequels)}


def test_it_is_kept_in_the_order_of_arrival(store: Store) -> None:
    with store.begin() as work:
        for id, late in (("evt_2", 1), ("evt_1", 2), ("evt_3", 0)):
            work.inbox.receive(id, PAID, work.now + timedelta(minutes=late))
            work.inbox.keep(id, "pi_1", REPORT)

    with store.begin() as work:
        assert [id for id, _ in work.inbox.kept("pi_1")] == ["evt_3", "evt_2", "evt_1"]


# At once


def test_of_many_who_receive_a_message_at_once_one_has_news(store: Store) -> None:
    assert sorted(at_once(*[lambda: receive(store)] * 4)) == [False, False, False, True]


def test_who_receives_a_message_that_another_is_at_waits_and_hears_that_it_is_old(
    store: Store,
) -> None:
    with rivals() as start:
        with store.begin() as work:
            assert work.inbox.receive("evt_1", PAID, work.now)
            rival = start(lambda: receive(store))
            rival.must_wait()

        assert not rival.result()


def test_when_the_first_one_fails_the_next_is_told_that_it_is_news(store: Store) -> None:
    waiting = []

    def receive_and_fail() -> None:
        with store.begin() as work:
            assert work.inbox.receive("evt_1", PAID, work.now)
            waiting.append(start(lambda: receive(store)))
            waiting[0].must_wait()
            raise ZeroDivisionError

    with rivals() as start:
        with pytest.raises(ZeroDivisionError):
            receive_and_fail()

        assert waiting[0].result()
