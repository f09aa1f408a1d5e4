"""Orders are kept, with all that becomes of them, and held by one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from eterno.application.ports.store import Store
from eterno.domain import fulfilment
from eterno.domain.catalog import Variant
from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
from eterno.domain.errors import NotFound
from eterno.domain.money import Money
from eterno.domain.orders import Address, Buyer, Order, OrderState, ReviewReason
from eterno.domain.payments import Amounts, PaymentSession
from tests.builders import ADA, EUR, a_parcel, a_payment, amounts_for, place, put_on_sale, usd
from tests.contracts.orders.deeds import change, look, paid
from tests.contracts.race import rivals

# Kept


def test_an_order_is_kept_as_it_was_placed(store: Store, order: Order) -> None:
    assert look(store, order) == order


def test_an_order_of_many_lines_is_kept_with_all_of_them(store: Store) -> None:
    soaps = [put_on_sale(store, size=f"{n} g", price=f"{n}.99") for n in range(1, 6)]
    with store.begin() as work:
        order = place(work, *((soap, soap.id) for soap in soaps))

    assert look(store, order) == order
    assert look(store, order).total == order.total


def test_an_order_nobody_placed_is_not_found(store: Store) -> None:
    unknown = uuid4()

    with store.begin() as work:
        for ask in (work.orders.get, work.orders.hold):
            with pytest.raises(NotFound, match=f"Order {unknown} not found"):
                ask(unknown)


def test_the_page_of_an_order_is_remembered(store: Store, order: Order) -> None:
    page = PaymentSession(id="cs_1", url="https://pay.example/cs_1")

    with store.begin() as work:
        assert work.orders.remember({order.id: page}) == {order.id}

    assert look(store, order) == order.open_session(page)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda order: order.open_session(PaymentSession(id="cs_0", url="https://pay.example/cs_0")),
        lambda order: order.expire(),
        paid(1001),
    ],
    ids=["has a page", "is over", "is paid"],
)
def test_of_an_order_that_has_gone_on_no_page_is_remembered(
    store: Store, order: Order, meanwhile: Callable[[Order], Order]
) -> None:
    gone_on = change(store, order, meanwhile)

    with store.begin() as work:
        page = PaymentSession(id="cs_2", url="https://pay.example/cs_2")
        assert not work.orders.remember({order.id: page, uuid4(): page})

    assert look(store, order) == gone_on


def test_pages_are_remembered_together_as_far_as_they_can_be(
    store: Store, order: Order, soap: Variant
) -> None:
    with store.begin() as work:
        over = place(work, (soap, 1))
        third = place(work, (soap, 1))
    gone_on = change(store, over, Order.expire)
    pages = {
        each.id: PaymentSession(id=f"cs_{place}", url=f"https://pay.example/{place}")
        for place, each in enumerate((over, third, order))
    }

    with store.begin() as work:
        assert work.orders.remember(pages) == {order.id, third.id}

    assert look(store, order) == order.open_session(pages[order.id])
    assert look(store, third) == third.open_session(pages[third.id])
    assert look(store, over) == gone_on


def test_every_change_of_an_order_is_kept(store: Store, order: Order) -> None:
    page = PaymentSession(id="cs_1", url="https://pay.example/cs_1")
    buyer = Buyer(
        email="ada@example.org",
        name="Ada \N{BAR OF SOAP} Lovelace",
        phone="+44 20 7946 0000",
        ship_to=Address(
            name="Ada Lovelace",
            line1="12 St James's Square",
            line2="Flat 3",
            city="London",
            state="Greater London",
            postal_code="SW1Y 4JH",
            country="GB",
        ),
    )
    change(store, order, lambda order: order.try_again(order.pay_by + timedelta(minutes=31)))
    change(store, order, lambda order: order.open_session(page))
    change(store, order, lambda order: order.know(buyer))
    change(store, order, lambda order: order.await_funds("cs_1"))
    change(
        store,
        order,
        lambda order: order.pay(
            a_payment(
                order,
                amounts=amounts_for(order, shipping="4.50", tax="1.20", off="2.00"),
                at=order.created_at + timedelta(microseconds=123_456),
            ),
            number=1001,
        ),
    )


def test_what_becomes_of_a_sold_order_is_kept(store: Store, order: Order, soap: Variant) -> None:
    due = order.created_at + timedelta(days=14)
    asked = Dispute(
        id="du_1",
        state=DisputeState.NEEDS_RESPONSE,
        amount=usd("17.98"),
        reason="product_not_received",
        due_by=due,
    )
    change(store, order, lambda order: replace(paid(1001)(order), promised_by=due))
    change(store, order, fulfilment.start_production)
    change(store, order, lambda order: fulfilment.ship(order, a_parcel({soap.id: 1})))
    change(
        store,
        order,
        lambda order: fulfilment.ship(
            order, replace(a_parcel({soap.id: 1}, tracking=None), link=None)
        ),
    )
    change(store, order, lambda order: replace(order, dispute=asked))
    lost = replace(
        asked,
        state=DisputeState.LOST,
        due_by=None,
        stage=DisputeStage.APPEAL,
        refundable=True,
        lost_before=True,
    )
    change(store, order, lambda order: replace(order, dispute=lost))
    change(store, order, lambda order: replace(order, fraud_warning=True))
    change(store, order, lambda order: replace(order, refunded=usd("5.00")))
    change(store, order, fulfilment.deliver)


def test_an_order_that_was_called_off_is_kept(store: Store, order: Order) -> None:
    change(store, order, fulfilment.cancel)


def test_an_order_taken_out_of_review_is_kept(store: Store, order: Order) -> None:
    change(store, order, lambda order: order.question(a_payment(order), ReviewReason.STOCK_GONE))
    change(store, order, lambda order: order.accept(number=1001, promised_by=order.created_at))


@pytest.mark.parametrize(
    "buyer",
    [
        Buyer(email=None),
        Buyer(email="ada@example.org"),
        Buyer(email=None, name="Ada", phone="1"),
        replace(
            ADA,
            ship_to=Address(
                name="A", line1="1", line2=None, city="C", state=None, postal_code="", country="GB"
            ),
        ),
    ],
)
def test_a_buyer_may_have_told_little(store: Store, order: Order, buyer: Buyer) -> None:
    change(store, order, lambda order: order.know(buyer))


@pytest.mark.parametrize("end", [Order.expire, Order.fail])
def test_an_order_that_came_to_nothing_is_kept_and_may_still_be_paid(
    store: Store, order: Order, end: Callable[[Order], Order]
) -> None:
    change(store, order, end)
    change(store, order, paid(1001))


@pytest.mark.parametrize("reason", ReviewReason)
def test_an_order_in_review_is_kept_with_the_reason(
    store: Store, order: Order, reason: ReviewReason
) -> None:
    change(store, order, lambda order: order.question(a_payment(order), reason))


def test_an_order_questioned_for_its_currency_has_captured_nothing(
    store: Store, order: Order
) -> None:
    euros = Money(899, EUR)
    nothing = Money.zero(EUR)
    amounts = Amounts(subtotal=euros, discount=nothing, shipping=nothing, tax=nothing, total=euros)

    questioned = change(
        store,
        order,
        lambda order: order.question(
            a_payment(order, amounts=amounts), ReviewReason.CURRENCY_MISMATCH
        ),
    )

    assert questioned.captured == usd("0")


# Held


def test_an_order_that_is_held_is_kept_from_everybody_else(store: Store, order: Order) -> None:
    def hold() -> Order:
        with store.begin() as work:
            return work.orders.hold(order.id)

    with rivals() as start:
        with store.begin() as work:
            held = work.orders.hold(order.id)
            rival = start(hold)
            rival.must_wait()
            work.orders.save(held.expire())

        assert rival.result().state is OrderState.EXPIRED


def test_an_order_held_by_its_token_is_held(store: Store, order: Order) -> None:
    def hold() -> Order | None:
        with store.begin() as work:
            return work.orders.hold_by_token(order.token)

    with rivals() as start:
        with store.begin() as work:
            held = work.orders.hold(order.id)
            rival = start(hold)
            rival.must_wait()
            work.orders.save(held.expire())

        seen = rival.result()
        assert seen is not None
        assert seen.state is OrderState.EXPIRED


def test_an_order_is_held_by_its_token_to_be_changed(store: Store, order: Order) -> None:
    with store.begin() as work:
        held = work.orders.hold_by_token(order.token)
        assert held == order
        work.orders.save(held.expire())

    assert look(store, order).state is OrderState.EXPIRED


@pytest.mark.parametrize("token", ["", "nobody's", "%", "' OR 1=1"])
def test_a_token_of_no_order_holds_nothing(store: Store, order: Order, token: str) -> None:
    with store.begin() as work:
        assert work.orders.hold_by_token(token) is None
