"""What the shop knows of people: told to them, and forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from eterno.adapters.memory.views import MemoryOrderDesk
from eterno.application.contact.send_message import SendMessage
from eterno.application.orders.place_manual_order import ManualSale
from eterno.application.orders.ship_order import Shipment
from eterno.application.privacy.erase_buyer import EraseBuyer, Erased
from eterno.application.privacy.export_buyer import ExportBuyer
from eterno.application.privacy.sweep_traces import Forgotten, RetentionPolicy, SweepTraces
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.history import EventKind
from eterno.domain.orders import Order, OrderState
from eterno.domain.privacy import ERASED, StillNeeded
from eterno.domain.refunds import RefundWish
from tests.application.shop import Shop
from tests.application.staff import rosa_in, trail
from tests.builders import usd
from tests.support.ids import CountingIds

EMAIL = "ada@example.org"
NOTHING = Forgotten(messages=0, attempts=0, notices=0, tries=0)


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return rosa_in(shop.store)


@pytest.fixture
def erase(shop: Shop) -> EraseBuyer:
    return EraseBuyer(shop.store, CountingIds())


@pytest.fixture
def bought(shop: Shop, soap: Variant, rosa: Actor) -> Order:
    """Ada bought two soaps, got them, and one was refunded."""
    shop.checkout((soap, 2))
    shop.hear(shop.payments.pay(shop.session))
    shop.ship_order(rosa, shop.order.id, Shipment(carrier="USPS", tracking="9400 1"))
    shop.deliver_order(rosa, shop.order.id)
    wish = RefundWish(pieces={soap.id: 1}, restock=True, reason="Ada says that it is cracked")
    shop.refund_order(rosa, shop.order.id, wish)
    shop.add_note(rosa, shop.order.id, "Ada Lovelace called")
    while shop.deliver():
        pass
    return shop.order


def write_to(shop: Shop, email: str = EMAIL) -> None:
    send = SendMessage(shop.store, shop.ids)
    send(name="Ada Lovelace", email=email, text="Is it vegan?", client="203.0.113.9")


def known(shop: Shop) -> str:
    """Everything in the shop's memory, as text."""
    return repr(shop.store.tables)


# To be read


def test_a_buyer_may_read_all_that_is_kept(shop: Shop, rosa: Actor, bought: Order) -> None:
    write_to(shop)
    file = ExportBuyer(shop.store, MemoryOrderDesk(shop.store))(rosa, " ADA@example.org ")

    [order] = file.orders
    assert file.email == "ADA@example.org"
    assert order.order == bought
    assert [refund.reason for refund in order.refunds] == ["Ada says that it is cracked"]
    assert "Ada Lovelace called" in [event.words for event in order.timeline]
    assert {letter.reaction for letter in file.letters} == {
        "confirm_order",
        "report_sale",
        "announce_parcel",
        "pay_back",
        "confirm_refund",
    }
    assert [message.text for message in file.messages] == ["Is it vegan?"]


def test_that_it_was_asked_for_is_noted_without_her_address(
    shop: Shop, rosa: Actor, bought: Order
) -> None:
    ExportBuyer(shop.store, MemoryOrderDesk(shop.store))(rosa, EMAIL)

    assert trail(shop.store)[-1] == ("export buyer", "a buyer")
    assert shop.store.tables.audit[-1].after == {"orders": [bought.number], "messages": 0}
    assert EMAIL not in repr(shop.store.tables.audit)


def test_the_file_of_somebody_unknown_is_empty(shop: Shop, rosa: Actor) -> None:
    file = ExportBuyer(shop.store, MemoryOrderDesk(shop.store))(rosa, EMAIL)

    assert (file.orders, file.letters, file.messages) == ([], [], [])


# To be forgotten


def test_a_forgotten_buyer_is_nowhere(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    write_to(shop)
    write_to(shop, "ADA@example.org")
    assert "Ada" in known(shop)

    assert erase(rosa, EMAIL) == Erased(orders=1, messages=2)

    for trace in ("Ada", "Lovelace", "ada@", "ADA@", "Larimer", "cracked", bought.client):
        assert trace not in known(shop)


def test_goods_and_money_stay(shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer) -> None:
    tables = shop.store.tables
    before: Any = (tables.money, tables.movements, tables.reservations, shop.history)

    erase(rosa, EMAIL)

    tables = shop.store.tables
    after = (tables.money, tables.movements, tables.reservations, shop.history[:-1])
    assert before == after
    assert (shop.order.lines, shop.order.total) == (bought.lines, bought.total)
    assert (shop.order.number, shop.order.refunded) == (bought.number, bought.refunded)
    assert shop.history[-1] is EventKind.FORGOTTEN


def test_that_it_was_done_is_noted_without_her_name(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    erase(rosa, EMAIL)

    assert trail(shop.store)[-1] == ("erase buyer", "a buyer")
    assert shop.store.tables.audit[-1].after == {"orders": [bought.number], "messages": 0}


def test_forgetting_her_again_finds_nothing(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    erase(rosa, EMAIL)
    before = shop.store.tables

    assert erase(rosa, EMAIL) == Erased(orders=0, messages=0)
    assert shop.store.tables == before


def test_others_are_not_forgotten(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    before = shop.store.tables

    assert erase(rosa, "grace@example.org") == Erased(orders=0, messages=0)
    assert shop.store.tables == before


def test_nobody_is_forgotten_while_an_order_is_open(
    shop: Shop, soap: Variant, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    write_to(shop)
    sale = ManualSale(pieces={soap.id: 1}, name="Ada", email=EMAIL, handed_over=False)
    new = shop.place_manual_order(rosa, sale)
    before = shop.store.tables

    with pytest.raises(StillNeeded) as refusal:
        erase(rosa, EMAIL)

    assert refusal.value.facts == {"orders": [{"order": str(new.number), "why": "it was not sent"}]}
    assert shop.store.tables == before


def test_nobody_is_forgotten_while_a_refund_is_on_its_way(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    shop.refund_order(rosa, bought.id, RefundWish())

    with pytest.raises(StillNeeded, match=f"order {bought.number}: a refund is on its way"):
        erase(rosa, EMAIL)

    while shop.deliver():
        pass
    assert erase(rosa, EMAIL).orders == 1


def test_a_letter_that_was_due_is_not_sent_to_somebody_forgotten(
    shop: Shop, rosa: Actor, bought: Order, erase: EraseBuyer
) -> None:
    sent = len(shop.mailer.sent)
    shop.refund_order(rosa, bought.id, RefundWish(amount=usd("1")))
    shop.deliver()  # the money goes; the letter about it is due

    erase(rosa, EMAIL)
    while shop.deliver():
        pass

    assert len(shop.mailer.sent) == sent


# What is old


@pytest.fixture
def sweep(shop: Shop) -> SweepTraces:
    return SweepTraces(shop.store, CountingIds(), RetentionPolicy())


def test_what_is_new_is_kept(shop: Shop, bought: Order, sweep: SweepTraces) -> None:
    write_to(shop)
    before = shop.store.tables

    assert sweep() == NOTHING
    assert shop.store.tables == before


def test_each_kind_goes_when_it_is_old_enough(
    shop: Shop, soap: Variant, bought: Order, sweep: SweepTraces
) -> None:
    write_to(shop)
    shop.wait(days=3)
    assert sweep() == Forgotten(messages=0, attempts=0, notices=0, tries=2)
    shop.wait(days=88)
    assert sweep() == Forgotten(messages=0, attempts=1, notices=0, tries=0)
    shop.wait(days=90)
    assert sweep() == Forgotten(messages=0, attempts=0, notices=1, tries=0)
    shop.wait(days=185)
    assert sweep() == Forgotten(messages=1, attempts=0, notices=0, tries=0)
    shop.wait(days=1000)
    assert sweep().total == 0

    assert shop.order.buyer == bought.buyer
    assert shop.order.client.startswith(ERASED)


def test_who_did_not_pay_is_forgotten(shop: Shop, soap: Variant, sweep: SweepTraces) -> None:
    shop.checkout((soap, 1))
    shop.hear(shop.payments.complete_later(shop.session))
    shop.hear(shop.payments.fail(shop.session))
    assert "Lovelace" in known(shop)
    shop.wait(days=91)

    sweep()

    assert shop.order.state is OrderState.FAILED
    assert "Lovelace" not in known(shop)
    assert "203.0.113.7" not in known(shop)


def test_periods_can_be_chosen(shop: Shop) -> None:
    write_to(shop)
    shop.wait(days=2)
    policy = RetentionPolicy(messages=timedelta(days=1))

    assert SweepTraces(shop.store, CountingIds(), policy)().messages == 1
