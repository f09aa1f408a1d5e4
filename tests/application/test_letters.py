from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.payments import amounts_of
from eterno.application.outbox.announce import REACTIONS
from eterno.application.ports.mail import Letter
from eterno.domain.catalog import Variant
from eterno.domain.orders import Buyer
from tests.application.shop import FACTS, Shop
from tests.builders import ADA, usd


def post(shop: Shop) -> dict[str, Letter]:
    """All letters that are due, by their names."""
    while shop.deliver():
        pass
    return {letter.subject: letter for letter in shop.mailer.sent}


def test_every_reaction_has_somebody_who_does_it(shop: Shop) -> None:
    assert {name for reactions in REACTIONS.values() for name in reactions} == set(shop.reactions())


def test_after_a_sale_the_buyer_gets_a_confirmation_and_the_owner_a_report(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))

    letters = post(shop)

    assert {name: letter.to for name, letter in letters.items()} == {
        "order_confirmation": "ada@example.org",
        "new_order": "owner@eterno.example",
    }


def test_a_letter_is_made_of_the_order_the_news_and_the_shop(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))

    text = post(shop)["order_confirmation"].text

    assert f"order: {shop.order}" in text
    assert f"news: {{'order_id': '{shop.order.id}'}}" in text
    assert f"shop: {FACTS}" in text


def test_a_letter_leads_to_the_page_of_its_order(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    facts = replace(FACTS, order_page="https://shop.example/orders?by={token}")
    assert facts.page_of(shop.order) == f"https://shop.example/orders?by={shop.order.token}"


def test_the_buyer_can_answer_to_the_owner_but_the_owner_not_to_herself(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))

    letters = post(shop)

    assert letters["order_confirmation"].reply_to == "owner@eterno.example"
    assert letters["new_order"].reply_to is None


def test_a_letter_bears_the_id_of_its_task(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))

    sent = {letter.id for letter in post(shop).values()}

    assert sent == {str(id) for id in shop.store.tables.outbox}


def test_a_buyer_whose_money_is_on_its_way_is_told(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.complete_later(shop.session))

    assert {name: letter.to for name, letter in post(shop).items()} == {
        "payment_pending": "ada@example.org"
    }


def test_who_has_paid_is_not_told_that_her_money_is_on_its_way(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.complete_later(shop.session))
    shop.hear(shop.payments.pay(shop.session))

    assert set(post(shop)) == {"order_confirmation", "new_order"}


def test_a_buyer_whose_payment_failed_is_told(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))
    shop.payments.complete_later(shop.session)
    shop.hear(shop.payments.fail(shop.session))

    letters = post(shop)

    assert {name: letter.to for name, letter in letters.items()} == {
        "payment_failed": "ada@example.org"
    }


def test_when_money_does_not_fit_the_buyer_gets_an_explanation_and_the_owner_a_question(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 2))
    wrong = replace(amounts_of(shop.order), total=usd("1.00"))
    shop.hear(shop.payments.pay(shop.session, amounts=wrong))

    letters = post(shop)

    assert {name: letter.to for name, letter in letters.items()} == {
        "order_in_review": "ada@example.org",
        "needs_attention": "owner@eterno.example",
    }


@pytest.mark.parametrize("known", [True, False])
def test_the_owner_hears_of_money_that_belongs_to_no_order(
    shop: Shop, soap: Variant, known: bool
) -> None:
    shop.checkout((soap, 2))
    notice = shop.payments.pay(shop.session)
    assert notice.report is not None
    if known:
        shop.hear(notice)
        post(shop)
        stray = replace(notice.report, session_id="cs_other")
    else:
        stray = replace(notice.report, order_token=None)
    shop.hear(replace(notice, id="evt_stray", report=stray))

    letter = post(shop)["stray_payment"]

    assert letter.to == "owner@eterno.example"
    assert "17.98 USD" in letter.text
    assert (f"order: {shop.order}" in letter.text) is known


@pytest.mark.parametrize("buyer", [None, replace(ADA, email=None)])
def test_a_buyer_without_an_address_gets_no_letter_and_that_is_no_failure(
    shop: Shop, soap: Variant, buyer: Buyer | None
) -> None:
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session, buyer=buyer))

    assert set(post(shop)) == {"new_order"}
    assert all(kept.done_at for kept in shop.store.tables.outbox.values())


def test_when_the_mail_service_is_silent_the_sale_is_not_affected(
    shop: Shop, soap: Variant
) -> None:
    shop.mailer.silent = True
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))
    assert post(shop) == {}

    shop.mailer.silent = False
    shop.wait(minutes=1)

    assert set(post(shop)) == {"order_confirmation", "new_order"}


def test_a_letter_refused_for_good_is_kept_where_the_owner_sees_it(
    shop: Shop, soap: Variant
) -> None:
    shop.mailer.refuses = True
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))

    assert post(shop) == {}
    assert all(kept.dead_at for kept in shop.store.tables.outbox.values())
