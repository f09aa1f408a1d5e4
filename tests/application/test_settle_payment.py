from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.application.checkout.hear import Outcome
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentNotice,
    PaymentsUnavailable,
    SessionReport,
    SessionStatus,
)
from eterno.domain.catalog import Variant
from eterno.domain.history import EventKind, of_state
from eterno.domain.money import Money
from eterno.domain.orders import OrderState, ReviewReason
from eterno.domain.payments import Amounts
from tests.application.shop import Shop
from tests.builders import EUR, put_on_sale, usd
from tests.support.audit import faults


def altered(notice: PaymentNotice, **changes: object) -> PaymentNotice:
    """The same notice with a report that says something else."""
    assert notice.report is not None
    return replace(notice, report=replace(notice.report, **changes))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def ordered(shop: Shop, soap: Variant) -> None:
    """Two of ten soaps are ordered, and held."""
    shop.checkout((soap, 2), key="k-1")


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
