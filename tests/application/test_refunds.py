"""Money that goes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout.hear import Outcome
from eterno.application.idempotency import KeyReused
from eterno.application.orders.hear_refund import OutOfTurn
from eterno.application.orders.pay_back import PayBack
from eterno.application.orders.refunding import NOT_RESTOCKED, settle
from eterno.application.ports.payments import RefundRefused, RefundReport, RefundRequest
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.history import EventKind
from eterno.domain.inventory import MOST_ON_HAND
from eterno.domain.refunds import Refund, RefundState, RefundTooLarge, RefundWish
from tests.application.shop import Shop
from tests.builders import add_admin, delivery, eur, put_on_sale, usd

TWO_DAYS = timedelta(hours=48)


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


@pytest.fixture(autouse=True)
def sold(shop: Shop, soap: Variant) -> None:
    """Three of ten soaps are paid: 26.97."""
    shop.checkout((soap, 3))
    shop.hear(shop.payments.pay(shop.session))


def refund(shop: Shop, rosa: Actor, wish: RefundWish, key: str | None = None) -> Refund:
    return shop.refund_order(rosa, shop.order.id, wish, key=key)


def some(amount: str, **more: object) -> RefundWish:
    return RefundWish(amount=usd(amount), **more)  # type: ignore[arg-type]


def work(shop: Shop) -> None:
    while shop.deliver():
        pass


def the_refund(shop: Shop) -> Refund:
    (refund,) = shop.store.tables.refunds.values()
    return refund


def ledger(shop: Shop) -> list[str]:
    return [f"{entry.kind} {entry.amount}" for entry in shop.store.tables.money]


# The natural way


def test_money_goes_back_when_the_payment_service_says_so(shop: Shop, rosa: Actor) -> None:
    asked = refund(shop, rosa, some("10.00", reason="one was broken"))

    assert (asked.state, asked.amount, asked.requested_by) == (
        RefundState.PENDING,
        usd("10.00"),
        "rosa",
    )
    assert shop.order.refunded == usd("0")

    work(shop)

    done = the_refund(shop)
    assert (done.state, done.done_at) == (RefundState.SUCCEEDED, shop.clock.now())
    assert done.provider_id is not None
    assert shop.order.refunded == usd("10.00")
    assert ledger(shop) == ["capture 26.97 USD", "refund -10.00 USD"]
    assert shop.store.tables.money[-1].reference == done.provider_id


def test_the_buyer_is_told_when_it_is_gone(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, RefundWish())
    work(shop)

    (letter,) = (letter for letter in shop.mailer.sent if letter.subject == "refunded")
    assert letter.to == "ada@example.org"
    assert "26.97 USD" in letter.text


def test_history_says_what_was_asked_and_what_came_of_it(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, RefundWish(pieces={1: 1}, restock=True, reason="broken"))
    shop.wait(days=1)
    work(shop)

    asked, done = shop.store.tables.history[-2:]
    assert (asked.kind, asked.actor, asked.words) == (
        EventKind.REFUND_REQUESTED,
        "rosa",
        "broken",
    )
    assert asked.facts["done_at"] is None
    assert (done.kind, done.actor) == (EventKind.REFUND_SUCCEEDED, None)
    assert done.facts == {
        **asked.facts,
        "provider": "re_1",
        "done_at": "2026-03-02T12:00:00+00:00",
    }
    assert asked.facts["lines"] == [{"variant_id": 1, "quantity": 1, "amount": 899}]
    (audited,) = shop.store.tables.audit
    assert (audited.action, audited.subject) == ("refund order", "order 1")
    assert "broken" not in str(audited)


def test_pieces_come_back_on_the_shelf_once_the_money_is_gone(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 2}, restock=True))
    assert shop.on_shelf(soap) == (7, 0)

    work(shop)

    assert shop.on_shelf(soap) == (9, 0)
    back = shop.store.tables.movements[-1]
    assert (back.reason, back.change, back.actor) == ("return", 2, "rosa")
    assert back.order_id == shop.order.id


def test_pieces_that_are_broken_do_not(shop: Shop, rosa: Actor, soap: Variant) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 2}))
    work(shop)

    assert shop.on_shelf(soap) == (7, 0)


# Never too much


def test_refunds_on_their_way_are_counted(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, some("20.00"))

    with pytest.raises(RefundTooLarge) as refusal:
        refund(shop, rosa, some("6.98"))

    assert refusal.value.left == usd("6.97")
    refund(shop, rosa, some("6.97"))
    work(shop)
    assert shop.order.refunded == shop.order.captured


def test_a_refused_wish_leaves_no_trace(shop: Shop, rosa: Actor) -> None:
    before = shop.store.tables.copy()

    for wish in (some("0"), some("27.00"), RefundWish(pieces={9: 1}), some("1", reason="a\0")):
        with pytest.raises((Invalid, RefundTooLarge)):
            refund(shop, rosa, wish)
    with pytest.raises(NotFound):
        shop.refund_order(rosa, uuid4(), RefundWish())

    assert shop.store.tables == before


# Asked twice


def test_the_same_key_and_wish_are_the_same_refund(shop: Shop, rosa: Actor) -> None:
    first = refund(shop, rosa, some("10.00"), "k-1")
    work(shop)

    again = refund(shop, rosa, some("10.00", reason="told otherwise"), "k-1")

    assert again.id == first.id
    assert len(shop.store.tables.refunds) == 1


def test_a_key_belongs_to_one_wish(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, some("10.00"), "k-1")

    with pytest.raises(KeyReused):
        refund(shop, rosa, some("11.00"), "k-1")
    refund(shop, rosa, some("10.00"), "k-2")
    refund(shop, rosa, some("1.00"))

    assert len(shop.store.tables.refunds) == 3


def test_a_key_is_short_and_printable(shop: Shop, rosa: Actor) -> None:
    with pytest.raises(Invalid, match="Idempotency-Key"):
        refund(shop, rosa, some("1.00"), "x" * 256)


def test_what_collides_is_done_over(shop: Shop, rosa: Actor) -> None:
    shop.store.collisions = 1
    refund(shop, rosa, some("10.00"))

    work(shop)

    assert shop.order.refunded == usd("10.00")


# When the payment service is in trouble


@pytest.mark.parametrize("trouble", [Trouble.SILENT_BEFORE, Trouble.SILENT_AFTER])
def test_a_silent_service_pays_once_in_the_end(shop: Shop, rosa: Actor, trouble: Trouble) -> None:
    refund(shop, rosa, some("10.00"))
    shop.payments.trouble = trouble
    work(shop)
    assert the_refund(shop).state is RefundState.PENDING

    shop.payments.trouble = None
    shop.wait(minutes=1)
    work(shop)

    assert shop.order.refunded == usd("10.00")
    assert len([n for n in shop.payments.notices if n.refund]) == 1


def test_the_notice_may_be_quicker_than_the_answer(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, some("10.00"))
    shop.payments.trouble = Trouble.SILENT_AFTER
    work(shop)

    assert shop.hear(shop.payments.notices[-1]) is Outcome.REFUND
    assert shop.order.refunded == usd("10.00")
    shop.payments.trouble = None
    shop.wait(minutes=1)
    work(shop)

    assert shop.order.refunded == usd("10.00")
    assert shop.news["confirm_refund"] == 1


def test_money_that_takes_its_time_is_gone_when_it_has_arrived(shop: Shop, rosa: Actor) -> None:
    shop.payments.refunds_take_time = True
    refund(shop, rosa, some("10.00"))
    work(shop)
    assert shop.order.refunded == usd("0")
    pending = the_refund(shop)
    assert pending.provider_id is not None

    shop.wait(days=2)
    ended = shop.payments.end_refund(pending.provider_id, RefundState.SUCCEEDED)

    assert shop.hear(ended) is Outcome.REFUND
    assert the_refund(shop).done_at == shop.clock.now()
    assert shop.hear(replace(ended, id="evt_again")) is Outcome.NOTHING_NEW
    assert ledger(shop) == ["capture 26.97 USD", "refund -10.00 USD"]


def test_money_that_came_back_is_in_the_till_again(shop: Shop, rosa: Actor, soap: Variant) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 1}, restock=True))
    work(shop)
    done = the_refund(shop)
    assert done.provider_id is not None

    shop.hear(shop.payments.end_refund(done.provider_id, RefundState.FAILED))

    assert shop.order.refunded == usd("0")
    assert ledger(shop) == ["capture 26.97 USD", "refund -8.99 USD", "return 8.99 USD"]
    assert shop.on_shelf(soap) == (8, 0)
    failed = shop.store.tables.history[-1]
    assert (failed.kind, failed.facts["was"]) == (EventKind.REFUND_FAILED, "succeeded")
    work(shop)
    assert "refund_failed" in {letter.subject for letter in shop.mailer.sent}
    refund(shop, rosa, RefundWish())


def test_a_failure_heard_first_is_the_end_of_it(shop: Shop, rosa: Actor) -> None:
    shop.payments.refunds_take_time = True
    refund(shop, rosa, some("10.00"))
    work(shop)
    asked = the_refund(shop).provider_id
    assert asked is not None
    arrived = shop.payments.end_refund(asked, RefundState.SUCCEEDED)
    failed = shop.payments.end_refund(asked, RefundState.FAILED)

    assert shop.hear(failed) is Outcome.REFUND
    assert shop.hear(arrived) is Outcome.NOTHING_NEW
    assert the_refund(shop).state is RefundState.FAILED
    assert ledger(shop) == ["capture 26.97 USD"]


def test_what_the_service_refuses_has_failed_and_the_owner_is_told(shop: Shop, rosa: Actor) -> None:
    refund(shop, rosa, RefundWish())
    shop.payments.refund_elsewhere(shop.session, usd("26.97"))  # its notice is still on its way

    work(shop)

    assert the_refund(shop).state is RefundState.FAILED
    assert shop.news["report_failed_refund"] == 1
    assert shop.order.refunded == usd("0")
    shop.hear(shop.payments.notices[-1])
    assert shop.order.refunded == usd("26.97")


def test_a_refund_that_was_given_up_counts_when_it_was_made_after_all(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    asked = refund(shop, rosa, RefundWish(restock=True))
    shop.payments.trouble = Trouble.SILENT_AFTER  # it is made, and the answer is lost
    work(shop)
    made = shop.payments.notices[-1]
    shop.payments.trouble = None
    with shop.store.begin() as book:  # another try, made at the same time, was refused
        held = book.orders.hold(shop.order.id)
        settle(book, shop.ids, held, asked, RefundState.FAILED, book.now)
    again = refund(shop, rosa, some("5.00"))

    assert shop.hear(made) is Outcome.REFUND

    refunds = shop.store.tables.refunds
    assert refunds[asked.id].state is RefundState.SUCCEEDED
    assert refunds[again.id].state is RefundState.FAILED, "there is nothing left for it"
    assert shop.order.refunded == usd("26.97")
    assert shop.on_shelf(soap) == (10, 0)


def test_a_refund_that_the_service_only_now_begins_is_counted_again(
    shop: Shop, rosa: Actor
) -> None:
    shop.payments.refunds_take_time = True
    asked = refund(shop, rosa, RefundWish())
    work(shop)
    with shop.store.begin() as book:
        given_up = replace(asked, state=RefundState.FAILED)
        book.refunds.save(given_up)

    shop.hear(shop.payments.notices[-1])

    assert the_refund(shop).state is RefundState.PENDING
    with pytest.raises(RefundTooLarge):
        refund(shop, rosa, some("1.00"))


def test_a_refund_that_was_given_up_and_failed_there_too_is_no_news_to_the_owner(
    shop: Shop, rosa: Actor
) -> None:
    shop.payments.refunds_take_time = True
    asked = refund(shop, rosa, RefundWish())
    work(shop)
    name = the_refund(shop).provider_id
    assert name is not None
    with shop.store.begin() as book:
        book.refunds.save(replace(asked, state=RefundState.FAILED))

    shop.hear(shop.payments.end_refund(name, RefundState.FAILED))

    assert (the_refund(shop).state, the_refund(shop).provider_id) == (RefundState.FAILED, name)
    assert shop.news["report_failed_refund"] == 0


def test_pieces_that_came_back_meanwhile_do_not_come_back_again(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.SILENT_AFTER
    asked = refund(shop, rosa, RefundWish(pieces={soap.id: 3}, restock=True))
    work(shop)
    made = shop.payments.notices[-1]
    shop.payments.trouble = None
    with shop.store.begin() as book:
        held = book.orders.hold(shop.order.id)
        settle(book, shop.ids, held, asked, RefundState.FAILED, book.now)
    shop.cancel_order(rosa, shop.order.id)

    shop.hear(made)

    assert shop.on_shelf(soap) == (10, 0)
    assert NOT_RESTOCKED in {event.words for event in shop.store.tables.history}


def test_a_full_shelf_does_not_hold_up_the_money(shop: Shop, rosa: Actor, soap: Variant) -> None:
    refund(shop, rosa, RefundWish(pieces={soap.id: 1}, restock=True))
    with shop.store.begin() as book:
        (shelf,) = book.shelves.hold([soap.id]).values()
        more = MOST_ON_HAND - shelf.on_hand
        book.shelves.save([shelf.receive(more)])
        book.shelves.record([delivery(soap.id, more, at=book.now)])

    work(shop)

    assert shop.order.refunded == usd("8.99")
    assert the_refund(shop).state is RefundState.SUCCEEDED
    assert not the_refund(shop).restock
    assert shop.store.tables.history[-1].words == NOT_RESTOCKED


def test_a_silence_that_outlasts_the_outbox_ends_well_and_the_owner_knew(
    shop: Shop, rosa: Actor
) -> None:
    refund(shop, rosa, RefundWish())
    shop.payments.trouble = Trouble.SILENT_BEFORE
    for _ in range(5):
        work(shop)
        shop.wait(hours=3)
    work(shop)

    (alert,) = (
        filed.task
        for filed in shop.store.tables.outbox.values()
        if filed.task.reaction == "pass_alert_on"
    )
    assert alert.facts["kind"] == "waiting refund"
    assert alert.facts["amount"] == "26.97 USD"
    shop.payments.trouble = None

    assert shop.reconcile(TWO_DAYS).refunds == {Outcome.REFUND: 1}
    assert the_refund(shop).state is RefundState.SUCCEEDED
    assert shop.reconcile(TWO_DAYS).refunds == {}


def test_a_refund_whose_last_notice_was_lost_is_asked_after(shop: Shop, rosa: Actor) -> None:
    shop.payments.refunds_take_time = True
    refund(shop, rosa, some("10.00"))
    work(shop)
    name = the_refund(shop).provider_id
    assert name is not None
    shop.payments.notices.remove(shop.payments.end_refund(name, RefundState.SUCCEEDED))
    assert shop.reconcile(TWO_DAYS).refunds == {}, "its notice may be under way"
    shop.wait(minutes=11)

    assert shop.reconcile(TWO_DAYS).refunds == {Outcome.REFUND: 1}
    assert shop.order.refunded == usd("10.00")


def test_one_that_is_still_on_its_way_is_left_as_it_is(shop: Shop, rosa: Actor) -> None:
    shop.payments.refunds_take_time = True
    refund(shop, rosa, some("10.00"))
    work(shop)
    shop.wait(minutes=11)

    found = shop.reconcile(TWO_DAYS)

    assert (found.refunds, found.changes) == ({Outcome.NOTHING_NEW: 1}, 0)


def test_one_from_elsewhere_is_asked_after_by_its_name_and_not_made(shop: Shop) -> None:
    made = shop.payments.refund_elsewhere(shop.session, usd("5.00"))
    assert made.refund is not None
    shop.hear(replace(made, refund=replace(made.refund, status=RefundState.PENDING)))
    before = len(shop.payments.notices)
    shop.wait(minutes=11)

    assert shop.reconcile(TWO_DAYS).refunds == {Outcome.REFUND: 1}
    assert shop.order.refunded == usd("5.00")
    assert len(shop.payments.notices) == before


def test_one_that_is_refused_because_it_was_made_meanwhile_has_not_failed(
    shop: Shop, rosa: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers ask; one sleeps between looking for it and asking for it."""
    shop.payments.refunds_take_time = True
    asked = refund(shop, rosa, RefundWish())

    def too_late(request: RefundRequest) -> RefundReport:
        with monkeypatch.context() as awake:
            awake.setattr(shop.payments, "refund", quick)
            PayBack(shop.store, shop.payments, shop.ids).ask(request.id)
        raise RefundRefused("there is nothing left to refund")

    quick = shop.payments.refund
    monkeypatch.setattr(shop.payments, "refund", too_late)
    PayBack(shop.store, shop.payments, shop.ids).ask(asked.id)
    assert the_refund(shop).state is RefundState.PENDING

    name = the_refund(shop).provider_id
    assert name is not None
    shop.hear(shop.payments.end_refund(name, RefundState.SUCCEEDED))
    assert the_refund(shop).state is RefundState.SUCCEEDED
    assert shop.order.refunded == shop.order.captured


# Made elsewhere


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


# By hand


def test_what_was_paid_by_hand_goes_back_by_hand(shop: Shop, rosa: Actor) -> None:
    with shop.store.begin() as work:
        paid = work.orders.hold(shop.order.id)
        work.orders.save(replace(paid, intent_id=None))

    given = refund(shop, rosa, RefundWish(reason="at the counter"))

    assert given.state is RefundState.SUCCEEDED
    assert shop.order.refunded == usd("26.97")
    assert shop.store.tables.money[-1].reference == "by hand"
    assert shop.news["pay_back"] == 0
