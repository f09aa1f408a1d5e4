"""Orders that are called off, or taken out of review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.application.checkout.hear import Outcome
from eterno.application.orders.call_off import NotCounted
from eterno.application.orders.resolve_review import Decision
from eterno.application.orders.ship_order import Shipment
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeState
from eterno.domain.errors import Conflict
from eterno.domain.fulfilment import FulfilmentPolicy, LatePayment, NotPossibleNow
from eterno.domain.history import EventKind
from eterno.domain.orders import NotPayable, OrderState
from eterno.domain.payments import Amounts, PaymentSession
from eterno.domain.refunds import RefundState, RefundWish
from tests.application.shop import Shop
from tests.builders import add_admin, eur, put_on_sale, usd
from tests.support.audit import faults

ACCEPT, REFUND = Decision.ACCEPT, Decision.REFUND


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


@pytest.fixture(autouse=True)
def ordered(shop: Shop, soap: Variant) -> None:
    """Three of ten soaps are ordered: 26.97."""
    shop.checkout((soap, 3), key="k-1")


def pay(shop: Shop) -> None:
    shop.hear(shop.payments.pay(shop.session))


def work(shop: Shop) -> None:
    while shop.deliver():
        pass


def letters(shop: Shop) -> list[str]:
    work(shop)
    return sorted(letter.subject for letter in shop.mailer.sent)


# Paid


def test_a_cancelled_order_gives_back_soap_and_money(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    pay(shop)

    cancelled = shop.cancel_order(rosa, shop.order.id, "the cat was on it")

    assert cancelled == shop.order
    assert shop.order.state is OrderState.CANCELLED
    assert shop.on_shelf(soap) == (10, 0)
    work(shop)
    assert shop.order.refunded == shop.order.captured == usd("26.97")
    assert shop.on_shelf(soap) == (10, 0)
    assert letters(shop) == ["cancelled", "new_order", "order_confirmation", "refunded"]


def test_history_and_audit_say_who_called_it_off_and_why(shop: Shop, rosa: Actor) -> None:
    pay(shop)
    shop.cancel_order(rosa, shop.order.id, "the cat was on it")

    event = shop.store.tables.history[-1]
    assert (event.kind, event.actor, event.words) == (
        EventKind.CANCELLED,
        "rosa",
        "the cat was on it",
    )
    assert event.facts == {"was": "paid", "back": 2697}
    assert [entry.action for entry in shop.store.tables.audit] == ["refund order", "cancel order"]


def test_cancelling_twice_is_cancelling_once(shop: Shop, rosa: Actor) -> None:
    pay(shop)
    shop.cancel_order(rosa, shop.order.id)
    before = shop.store.tables.copy()

    shop.cancel_order(rosa, shop.order.id)

    assert shop.store.tables == before


def test_what_has_come_back_already_does_not_come_back_again(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    pay(shop)
    id = shop.order.id
    shop.refund_order(rosa, id, RefundWish(pieces={soap.id: 1}, restock=True))
    work(shop)
    shop.refund_order(rosa, id, RefundWish(pieces={soap.id: 1}, restock=True))
    assert shop.on_shelf(soap) == (8, 0)

    shop.cancel_order(rosa, id)
    assert shop.on_shelf(soap) == (10, 0)
    work(shop)

    assert shop.on_shelf(soap) == (10, 0)
    assert shop.order.refunded == usd("26.97")
    assert all(r.state is RefundState.SUCCEEDED for r in shop.store.tables.refunds.values())


def test_what_was_given_back_whole_is_cancelled_without_another_refund(
    shop: Shop, rosa: Actor
) -> None:
    pay(shop)
    shop.refund_order(rosa, shop.order.id, RefundWish())

    shop.cancel_order(rosa, shop.order.id)

    assert len(shop.store.tables.refunds) == 1
    (told,) = (f.task for f in shop.store.tables.outbox.values() if "cancel" in f.task.reaction)
    assert told.facts["back"] == ""


def test_what_the_bank_has_claimed_is_not_given_back_as_well(shop: Shop, rosa: Actor) -> None:
    pay(shop)
    shop.hear(shop.payments.dispute(shop.session, DisputeState.LOST))

    shop.cancel_order(rosa, shop.order.id)

    assert shop.store.tables.refunds == {}
    assert shop.order.state is OrderState.CANCELLED


def test_what_was_sent_is_not_called_off(shop: Shop, rosa: Actor) -> None:
    pay(shop)
    shop.ship_order(rosa, shop.order.id, Shipment(carrier="USPS", contents={1: 1}))
    before = shop.store.tables.copy()

    with pytest.raises(NotPossibleNow, match="some of it was sent"):
        shop.cancel_order(rosa, shop.order.id)

    assert shop.store.tables == before


# Not paid


def test_an_unpaid_order_is_called_off_once_it_can_no_longer_be_paid(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    shop.cancel_order(rosa, shop.order.id)

    assert shop.order.state is OrderState.CANCELLED
    assert shop.on_shelf(soap) == (10, 0)
    assert letters(shop) == []
    with pytest.raises(NotPayable):
        shop.checkout((soap, 3), key="k-1")
    shop.hear(shop.payments.notices[-1])  # the page has expired
    assert shop.order.state is OrderState.CANCELLED


def test_a_buyer_who_was_quicker_has_paid_and_gets_her_money_back(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    notice = shop.payments.pay(shop.session)

    shop.cancel_order(rosa, shop.order.id)
    shop.hear(notice)
    work(shop)

    assert shop.order.state is OrderState.CANCELLED
    assert shop.order.refunded == usd("26.97")
    assert shop.on_shelf(soap) == (10, 0)


def test_while_money_is_on_its_way_nothing_is_called_off(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    shop.payments.complete_later(shop.session)

    for _ in range(2):  # once by our own question, once by what we then know
        with pytest.raises(NotPossibleNow, match="cannot be cancelled"):
            shop.cancel_order(rosa, shop.order.id)
        shop.hear(shop.payments.notices[-1])

    assert shop.on_shelf(soap) == (10, 3)


def test_of_a_silent_service_nothing_is_known(shop: Shop, rosa: Actor, soap: Variant) -> None:
    shop.payments.trouble = Trouble.SILENT_BEFORE

    with pytest.raises(PaymentsUnavailable):
        shop.cancel_order(rosa, shop.order.id)

    assert shop.order.state is OrderState.AWAITING
    assert shop.on_shelf(soap) == (10, 3)


def test_an_order_whose_page_was_never_opened_is_called_off_at_once(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    with shop.store.begin() as work:
        order = work.orders.hold(shop.order.id)
        work.orders.save(replace(order, session_id=None, session_url=None))

    shop.cancel_order(rosa, shop.order.id)

    assert shop.on_shelf(soap) == (10, 0)


def test_an_order_whose_page_opens_at_that_moment_is_not_called_off(
    shop: Shop, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PaymentSession(id="cs_other", url="https://pay.example/other")
    close = shop.payments.close_session

    def close_and_open_another(session_id: str) -> object:
        with shop.store.begin() as work:
            order = work.orders.hold(shop.order.id)
            work.orders.save(replace(order, session_id=page.id, session_url=page.url))
        return close(session_id)

    monkeypatch.setattr(shop.payments, "close_session", close_and_open_another)

    with pytest.raises(NotPossibleNow, match="being opened"):
        shop.cancel_order(rosa, shop.order.id)


# In review


def sold_to_somebody_else(shop: Shop, soap: Variant) -> None:
    """The money comes late, and eight of the ten are held for another buyer."""
    notice = shop.payments.pay(shop.session)
    shop.give_up(shop.order)
    shop.checkout((soap, 8), client="somebody else")
    shop.hear(notice)
    assert shop.orders[0].state is OrderState.REVIEW


def test_a_late_order_is_accepted_and_what_is_gone_is_made_for_it(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    sold_to_somebody_else(shop, soap)
    shop.wait(days=1)

    accepted = shop.resolve_review(rosa, shop.orders[0].id, ACCEPT, "next batch")

    assert accepted.state is OrderState.PAID
    assert accepted.number is not None
    assert accepted.promised_by is not None
    assert (accepted.promised_by - shop.clock.now()).days == 14
    assert shop.on_shelf(soap) == (8, 8)
    made, sold = shop.store.tables.movements[-2:]
    assert (made.reason, made.change, made.note, made.actor) == (
        "delivery",
        1,
        "made to order",
        "rosa",
    )
    assert (sold.reason, sold.change) == ("sale", -3)
    event = shop.store.tables.history[-1]
    assert (event.kind, event.actor, event.facts["accepted"]) == (
        EventKind.PAID,
        "rosa",
        "stock_gone",
    )
    assert "order_confirmation" in letters(shop)


def test_an_odd_payment_is_accepted_for_what_came(shop: Shop, rosa: Actor, soap: Variant) -> None:
    odd = replace(amounts_of(shop.order), total=usd("20.00"))
    shop.hear(shop.payments.pay(shop.session, amounts=odd))

    accepted = shop.resolve_review(rosa, shop.order.id, ACCEPT)

    assert (accepted.total, accepted.discount) == (usd("20.00"), usd("6.97"))
    assert shop.on_shelf(soap) == (7, 0)


@pytest.mark.parametrize("late", [True, False])
def test_an_order_in_review_is_given_back(
    shop: Shop, rosa: Actor, soap: Variant, late: bool
) -> None:
    if late:
        sold_to_somebody_else(shop, soap)
    else:
        odd = replace(amounts_of(shop.order), total=usd("26.97"), subtotal=usd("1"))
        shop.hear(shop.payments.pay(shop.session, amounts=odd))

    shop.resolve_review(rosa, shop.orders[0].id, REFUND, "sorry")
    work(shop)

    order = shop.orders[0]
    assert (order.state, order.review, order.number) == (OrderState.CANCELLED, None, None)
    assert order.refunded == usd("26.97")
    assert shop.on_shelf(soap) == ((10, 8) if late else (10, 0))


def test_money_of_another_currency_can_only_be_given_back_elsewhere(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    nothing = eur("0")
    euros = Amounts(
        subtotal=eur("26.97"), discount=nothing, shipping=nothing, tax=nothing, total=eur("26.97")
    )
    shop.hear(shop.payments.pay(shop.session, amounts=euros))

    with pytest.raises(Conflict, match="Nothing that this order could be paid with"):
        shop.resolve_review(rosa, shop.order.id, ACCEPT)
    with pytest.raises(NotCounted, match="at the payment service first"):
        shop.resolve_review(rosa, shop.order.id, REFUND)
    with pytest.raises(NotCounted):
        shop.cancel_order(rosa, shop.order.id)
    assert EventKind.CANCELLED not in shop.history

    shop.resolve_review(rosa, shop.order.id, Decision.CLOSE)

    assert shop.order.state is OrderState.CANCELLED
    assert kept(shop) == ["elsewhere"]
    assert shop.store.tables.refunds == {}
    assert shop.on_shelf(soap) == (10, 0)


def kept(shop: Shop) -> list[str]:
    """Why buyers of cancelled orders do not get their money back."""
    tasks = (filed.task for filed in shop.store.tables.outbox.values())
    return [task.facts["kept"] for task in tasks if task.reaction == "explain_cancellation"]


def test_a_review_whose_money_the_shop_can_give_back_is_not_just_closed(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    sold_to_somebody_else(shop, soap)

    with pytest.raises(Conflict, match="refund it"):
        shop.resolve_review(rosa, shop.orders[0].id, Decision.CLOSE)


def test_a_review_whose_money_has_gone_back_is_not_accepted(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    sold_to_somebody_else(shop, soap)
    shop.refund_order(rosa, shop.orders[0].id, RefundWish())

    with pytest.raises(Conflict, match="gone back already"):
        shop.resolve_review(rosa, shop.orders[0].id, ACCEPT)
    assert shop.resolve_review(rosa, shop.orders[0].id, REFUND).state is OrderState.CANCELLED
    assert kept(shop) == [""]


# By policy


def alerts(shop: Shop) -> list[str]:
    tasks = (filed.task for filed in shop.store.tables.outbox.values())
    return [task.facts["kind"] for task in tasks if task.reaction == "pass_alert_on"]


def late(policy: LatePayment, *before: str) -> tuple[Shop, Variant]:
    """Paid after it was given up, with eight of the ten held for another buyer."""
    shop = Shop(promise=FulfilmentPolicy(late_payment=policy))
    soap = put_on_sale(shop.store)
    shop.checkout((soap, 3))
    notice = shop.payments.pay(shop.session)
    for amount in before:
        shop.hear(shop.payments.refund_elsewhere(shop.session, usd(amount)))
    shop.give_up(shop.order)
    shop.checkout((soap, 8), client="somebody else")
    assert shop.hear(notice) is Outcome.REVIEW
    work(shop)
    assert faults(shop.store) == {}
    return shop, soap


def test_by_policy_a_late_payment_is_given_back_at_once_and_both_are_told() -> None:
    shop, soap = late(LatePayment.REFUND)

    order = shop.orders[0]
    assert (order.state, order.refunded) == (OrderState.CANCELLED, usd("26.97"))
    assert shop.on_shelf(soap) == (10, 8)
    assert shop.store.tables.audit == []
    told = [filed.task.reaction for filed in shop.store.tables.outbox.values()]
    assert sorted(told) == [
        "confirm_refund",
        "explain_cancellation",
        "pass_alert_on",
        "pay_back",
    ]
    assert alerts(shop) == ["late payment"]


def test_by_policy_a_late_order_is_kept_and_made_and_both_are_told() -> None:
    shop, soap = late(LatePayment.BACKORDER)

    order = shop.orders[0]
    assert (order.state, order.review) == (OrderState.PAID, None)
    assert (order.number, order.promised_by is not None) == (1, True)
    assert shop.on_shelf(soap) == (8, 8)
    told = [filed.task.reaction for filed in shop.store.tables.outbox.values()]
    assert sorted(told) == ["confirm_order", "pass_alert_on", "report_sale"]
    ours = [event.kind for event in shop.store.tables.history if event.order_id == order.id]
    assert ours[-2:] == [EventKind.REVIEW, EventKind.PAID]


def test_a_late_order_whose_money_has_gone_back_already_is_not_made() -> None:
    shop, _ = late(LatePayment.BACKORDER, "26.97")

    assert shop.orders[0].state is OrderState.CANCELLED
    assert shop.orders[0].refunded == usd("26.97")


@pytest.mark.parametrize("policy", LatePayment)
def test_a_payment_that_does_not_fit_is_the_owners_whatever_the_policy(
    policy: LatePayment,
) -> None:
    shop = Shop(promise=FulfilmentPolicy(late_payment=policy))
    shop.checkout((put_on_sale(shop.store), 3))
    odd = replace(amounts_of(shop.order), total=usd("20.00"))

    shop.hear(shop.payments.pay(shop.session, amounts=odd))

    assert shop.order.state is OrderState.REVIEW
    assert shop.news == {"explain_review": 1, "ask_owner": 1}


@pytest.mark.parametrize("decision", Decision)
def test_only_an_order_in_review_is_decided_about(
    shop: Shop, rosa: Actor, decision: Decision
) -> None:
    pay(shop)

    with pytest.raises(NotPossibleNow, match="paid cannot be decided about"):
        shop.resolve_review(rosa, shop.order.id, decision)
