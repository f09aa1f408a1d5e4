"""Notices: believed or not, heard twice, and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.memory.payments import amounts_of
from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentNotice,
    SessionReport,
    SessionStatus,
)
from eterno.domain.catalog import Variant
from tests.application.shop import Shop
from tests.builders import put_on_sale, usd
from tests.support.audit import faults

# The notice itself


def test_a_forged_notice_changes_nothing_and_is_not_kept(shop: Shop) -> None:
    body, signature = shop.payments.sealed(shop.payments.pay(shop.session))
    before = shop.store.tables.copy()

    for forged in [
        (body + b" ", signature),
        (body, signature + "0"),
        (body, ""),
        (b"", "caf\u00e9"),
    ]:
        with pytest.raises(ForgedNotice):
            shop.settle_payment(*forged)

    assert shop.store.tables == before


def test_a_notice_signed_too_long_ago_is_not_believed(shop: Shop) -> None:
    sealed = shop.payments.sealed(shop.payments.pay(shop.session))
    shop.wait(seconds=301)

    with pytest.raises(ForgedNotice, match="too long ago"):
        shop.settle_payment(*sealed)


def test_a_notice_heard_twice_has_its_effect_once(shop: Shop, soap: Variant) -> None:
    notice = shop.payments.pay(shop.session)
    shop.hear(notice)
    before = shop.store.tables.copy()

    assert shop.hear(notice) is Outcome.REPEATED
    assert shop.store.tables == before


def test_every_notice_is_kept_with_what_came_of_it(shop: Shop) -> None:
    paid = shop.payments.pay(shop.session)
    other = shop.payments.say("customer.created")

    assert shop.hear(paid) is Outcome.PAID
    assert shop.hear(other) is Outcome.IGNORED

    kept = shop.store.tables.inbox
    assert (kept[paid.id].kind, kept[paid.id].outcome) == (paid.kind, "paid")
    assert kept[paid.id].order_id == shop.order.id
    assert (kept[other.id].outcome, kept[other.id].order_id) == ("ignored", None)


def test_the_owner_is_told_of_a_card_that_may_be_stolen(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))
    notice = shop.payments.warn(shop.session)

    assert [shop.hear(notice), shop.hear(notice)] == [Outcome.REPORTED, Outcome.REPEATED]

    filed = [*shop.store.tables.outbox.values()][-1]
    assert filed.task.reaction == "pass_alert_on"
    assert filed.task.facts == {
        "notice_id": notice.id,
        "kind": "fraud warning",
        "order_id": str(shop.order.id),
        "intent_id": f"pi_{shop.session}",
    }
    assert shop.store.tables.inbox[notice.id].order_id == shop.order.id


def test_a_warning_may_say_little(shop: Shop) -> None:
    notice = replace(shop.payments.warn(shop.session), warning=FraudWarning(intent_id=None))

    shop.hear(notice)

    (filed,) = shop.store.tables.outbox.values()
    assert filed.task.facts == {"notice_id": notice.id, "kind": "fraud warning"}


def test_a_notice_whose_effect_failed_is_news_again(shop: Shop, soap: Variant) -> None:
    notice = shop.payments.pay(shop.session)
    shop.store.collisions = 1

    assert shop.hear(notice) is Outcome.PAID
    assert shop.on_shelf(soap) == (8, 0)


def test_an_open_page_is_no_news(shop: Shop) -> None:
    report = SessionReport(
        session_id=shop.session,
        order_token=shop.order.token,
        status=SessionStatus.OPEN,
        amounts=None,
        intent_id=None,
        buyer=None,
        at=shop.clock.now() + timedelta(minutes=1),
    )
    order = shop.order

    notice = PaymentNotice(id="evt_open", kind="checkout.session.created", report=report)

    assert shop.hear(notice) is Outcome.NOTHING_NEW
    assert shop.order == order


# Whatever order they arrive in


History = Callable[[Shop], list[PaymentNotice]]


def paid_at_once(shop: Shop) -> list[PaymentNotice]:
    return [shop.payments.pay(shop.session)]


def paid_later(shop: Shop) -> list[PaymentNotice]:
    promise = shop.payments.complete_later(shop.session)
    shop.wait(hours=30)
    return [promise, shop.payments.pay(shop.session)]


def failed_later(shop: Shop) -> list[PaymentNotice]:
    promise = shop.payments.complete_later(shop.session)
    shop.wait(hours=30)
    return [promise, shop.payments.fail(shop.session)]


def expired(shop: Shop) -> list[PaymentNotice]:
    return [shop.payments.expire(shop.session)]


def paid_wrongly(shop: Shop) -> list[PaymentNotice]:
    wrong = replace(amounts_of(shop.order), total=usd("1.00"))
    promise = shop.payments.complete_later(shop.session)
    return [promise, shop.payments.pay(shop.session, amounts=wrong)]


def the_end(
    history: History, arrivals: Callable[[list[PaymentNotice]], list[PaymentNotice]], answered: bool
) -> object:
    """State, stock and letters, when the notices have arrived in this order."""
    shop = Shop()
    soap = put_on_sale(shop.store)
    shop.checkout((soap, 2))
    notices = history(shop)
    if not answered:  # the notices are quicker than the answer that tells the page
        order = replace(shop.order, session_id=None, session_url=None)
        with shop.store.begin() as work:
            work.orders.hold(order.id)
            work.orders.save(order)
    for notice in arrivals(notices):
        shop.hear(notice)
    assert faults(shop.store) == {}
    order = shop.order
    return (
        (order.state, order.review, order.number, order.captured, order.paid_at, order.buyer),
        shop.on_shelf(soap),
        # Who has paid is not told that her money is on its way.
        {name: times for name, times in shop.news.items() if name != "confirm_promise"},
    )


@given(
    history=st.sampled_from([paid_at_once, paid_later, failed_later, expired, paid_wrongly]),
    repeats=st.lists(st.integers(0, 1), max_size=4),
    random=st.randoms(use_true_random=False),
    answered=st.booleans(),
)
def test_the_end_is_the_same_in_whatever_order_and_however_often_notices_arrive(
    history: History, repeats: list[int], random: Random, answered: bool
) -> None:
    def shuffled(notices: list[PaymentNotice]) -> list[PaymentNotice]:
        again = [notices[place % len(notices)] for place in repeats]
        arrivals = notices + again
        random.shuffle(arrivals)
        return arrivals

    assert the_end(history, shuffled, answered) == the_end(history, lambda n: n, answered)
