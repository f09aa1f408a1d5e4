"""Money that goes back while the payment service is in trouble."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.payments import Trouble
from eterno.application.checkout.hear import Outcome
from eterno.application.orders.pay_back import PayBack
from eterno.application.orders.refunding import NOT_RESTOCKED, settle
from eterno.application.ports.payments import RefundRefused, RefundReport, RefundRequest
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.history import EventKind
from eterno.domain.inventory import MOST_ON_HAND
from eterno.domain.refunds import RefundState, RefundTooLarge, RefundWish
from tests.application.refunds.deeds import TWO_DAYS, ledger, refund, some, the_refund, work
from tests.application.shop import Shop
from tests.builders import delivery, usd


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
