from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from eterno.application.ports.orders import Entry, LedgerEntry, OpenCheckouts
from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain import fulfilment
from eterno.domain.catalog import Variant
from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
from eterno.domain.errors import NotFound
from eterno.domain.money import Money
from eterno.domain.orders import Address, Buyer, Order, OrderState, ReviewReason
from eterno.domain.payments import Amounts, PaymentSession
from tests.builders import (
    ADA,
    EUR,
    a_parcel,
    a_payment,
    amounts_for,
    order_of,
    place,
    put_on_sale,
    usd,
)
from tests.contracts.conftest import Bench
from tests.contracts.race import Rival, rivals

CLIENT = "203.0.113.7"


def look(store: Store, order: Order) -> Order:
    with store.begin() as work:
        return work.orders.get(order.id)


def change(store: Store, order: Order, to: Callable[[Order], Order]) -> Order:
    """The order afterwards, as the store remembers it."""
    with store.begin() as work:
        changed = to(work.orders.hold(order.id))
        work.orders.save(changed)
    assert look(store, order) == changed
    return changed


def paid(number: int, name: str = "1") -> Callable[[Order], Order]:
    def pay(order: Order) -> Order:
        payment = a_payment(order, session_id=f"cs_{name}", intent_id=f"pi_{name}")
        return order.pay(payment, number=number)

    return pay


@pytest.fixture
def order(store: Store, soap: Variant) -> Order:
    """Of two soaps, with the key k-1."""
    with store.begin() as work:
        return place(work, (soap, 2), key="k-1")


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


# Keys


def test_an_order_is_found_by_its_key(store: Store, order: Order) -> None:
    with store.begin() as work:
        assert work.orders.find_by_key("k-1") == order
        assert work.orders.find_by_key("k-2") is None
        assert work.orders.find_by_key("K-1") is None


def test_a_key_belongs_to_one_order(store: Store, soap: Variant, order: Order) -> None:
    with pytest.raises(AlreadyThere) as refusal, store.begin() as work:
        place(work, (soap, 1), key="k-1")

    assert refusal.value.name == "order key"


def test_any_number_of_orders_have_no_key(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        assert place(work, (soap, 1)) != place(work, (soap, 1))


def test_of_two_orders_with_one_key_at_once_the_second_hears_of_the_first(
    store: Store, soap: Variant
) -> None:
    def add() -> None:
        with store.begin() as work:
            work.orders.add(order_of((soap, 1), at=work.now, key="k-1"))

    with rivals() as start:
        with store.begin() as work:
            first = order_of((soap, 1), at=work.now, key="k-1")
            work.orders.add(first)
            rival = start(add)
            rival.must_wait()

        with pytest.raises(AlreadyThere):
            rival.result()
    with store.begin() as work:
        assert work.orders.find_by_key("k-1") == first


def test_when_the_first_of_two_with_one_key_fails_the_second_succeeds(
    store: Store, soap: Variant
) -> None:
    def add() -> Order:
        with store.begin() as work:
            order = order_of((soap, 1), at=work.now, key="k-1")
            work.orders.add(order)
            return order

    def add_and_fail() -> None:
        with store.begin() as work:
            work.orders.add(order_of((soap, 1), at=work.now, key="k-1"))
            second.append(start(add))
            second[0].must_wait()
            raise ZeroDivisionError

    second: list[Rival[Order]] = []
    with rivals() as start:
        with pytest.raises(ZeroDivisionError):
            add_and_fail()
        order = second[0].result()

    with store.begin() as work:
        assert work.orders.find_by_key("k-1") == order


# Names that belong to one order


def test_no_two_orders_share_a_token_or_an_id(bench: Bench, soap: Variant, order: Order) -> None:
    with bench.store.begin() as work:
        twin = order_of((soap, 1), at=work.now)

    for impossible in (replace(twin, id=order.id), replace(twin, token=order.token)):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.orders.add(impossible)


@pytest.mark.parametrize(
    "steal",
    [
        lambda order: replace(order, session_id="cs_1"),
        lambda order: replace(order, intent_id="pi_1"),
        lambda order: replace(order, number=1001),
    ],
)
def test_a_session_an_intent_and_a_number_belong_to_one_order(
    bench: Bench, soap: Variant, order: Order, steal: Callable[[Order], Order]
) -> None:
    change(bench.store, order, paid(1001))
    with bench.store.begin() as work:
        other = place(work, (soap, 1))

    with pytest.raises(bench.broken_rule):
        change(bench.store, other, steal)


def test_a_paid_order_has_a_number_and_was_captured_in_full(bench: Bench, order: Order) -> None:
    for impossible in (
        lambda order: replace(paid(1001)(order), number=None),
        lambda order: replace(paid(1001)(order), captured=usd("0.01")),
    ):
        with pytest.raises(bench.broken_rule):
            change(bench.store, order, impossible)


# Numbers


def test_numbers_rise_and_are_given_once(store: Store) -> None:
    with store.begin() as work:
        numbers = [work.orders.next_number() for _ in range(3)]
    with store.begin() as work:
        numbers.append(work.orders.next_number())

    assert numbers == sorted(set(numbers))


def test_a_number_drawn_in_a_work_that_failed_is_not_given_again(store: Store) -> None:
    drawn = []

    def draw_and_fail() -> None:
        with store.begin() as work:
            drawn.append(work.orders.next_number())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw_and_fail()

    with store.begin() as work:
        assert work.orders.next_number() > drawn[0]


# Overdue


def test_overdue_are_those_past_their_deadline_the_longest_waiting_first(
    bench: Bench, soap: Variant
) -> None:
    with bench.store.begin() as work:
        later, sooner, never = (
            place(work, (soap, 1), pay_by=work.now + timedelta(minutes=minutes))
            for minutes in (20, 10, 60)
        )
    bench.advance(timedelta(minutes=31))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == [sooner.id, later.id]
        assert list(work.orders.overdue(work.now, most=1)) == [sooner.id]
        assert never.state is OrderState.AWAITING


def test_nothing_is_overdue_before_its_time(bench: Bench, order: Order) -> None:
    bench.advance(timedelta(minutes=30, seconds=30))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == []


@pytest.mark.parametrize(
    "end", [Order.expire, Order.fail, paid(1001), lambda order: order.await_funds("cs_1")]
)
def test_only_orders_that_await_their_buyer_are_overdue(
    bench: Bench, order: Order, end: Callable[[Order], Order]
) -> None:
    change(bench.store, order, end)
    bench.advance(timedelta(days=1))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == []


# Unsettled


def test_unsettled_are_those_that_hold_pieces_for_a_buyer_the_oldest_first(
    bench: Bench, soap: Variant
) -> None:
    with bench.store.begin() as work:
        older = place(work, (soap, 1))
    bench.advance(timedelta(minutes=5))
    with bench.store.begin() as work:
        newer = place(work, (soap, 1))
    change(bench.store, newer, lambda order: order.await_funds("cs_1"))
    bench.advance(timedelta(minutes=5))

    with bench.store.begin() as work:
        unsettled = work.orders.unsettled
        assert list(unsettled(work.now, most=10)) == [older.id, newer.id]
        assert list(unsettled(work.now, most=1)) == [older.id]
        assert list(unsettled(work.now - timedelta(minutes=8), most=10)) == [older.id]
        assert list(unsettled(work.now - timedelta(minutes=20), most=10)) == []


@pytest.mark.parametrize("end", [Order.expire, Order.fail, paid(1001)])
def test_an_order_that_was_decided_is_settled(
    bench: Bench, order: Order, end: Callable[[Order], Order]
) -> None:
    change(bench.store, order, end)
    bench.advance(timedelta(days=1))

    with bench.store.begin() as work:
        assert list(work.orders.unsettled(work.now, most=10)) == []


# Open checkouts of one client


def test_open_checkouts_are_counted_with_their_pieces(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        place(work, (soap, 2), (other, 3))
        place(work, (soap, 1))
        place(work, (soap, 4), client="198.51.100.1")

    with store.begin() as work:
        assert work.orders.open_of(CLIENT) == OpenCheckouts(orders=2, units=6)
        assert work.orders.open_of("198.51.100.1") == OpenCheckouts(orders=1, units=4)
        assert work.orders.open_of("nobody") == OpenCheckouts(orders=0, units=0)


def test_money_on_its_way_still_holds_pieces_and_everything_decided_does_not(
    store: Store, soap: Variant
) -> None:
    ends: list[Callable[[Order], Order]] = [
        lambda order: order.await_funds("cs_9"),
        Order.expire,
        Order.fail,
        paid(1001),
        lambda order: order.question(
            a_payment(order, session_id="cs_2", intent_id="pi_2"), ReviewReason.STOCK_GONE
        ),
    ]
    for end in ends:
        with store.begin() as work:
            order = place(work, (soap, 1))
        change(store, order, end)

    with store.begin() as work:
        assert work.orders.open_of(CLIENT) == OpenCheckouts(orders=1, units=1)


def test_a_client_who_asks_twice_at_once_is_answered_one_after_the_other(
    store: Store, soap: Variant
) -> None:
    def count() -> OpenCheckouts:
        with store.begin() as work:
            return work.orders.open_of(CLIENT)

    with rivals() as start:
        with store.begin() as work:
            assert work.orders.open_of(CLIENT).orders == 0
            rival = start(count)
            rival.must_wait()
            place(work, (soap, 2))

        assert rival.result() == OpenCheckouts(orders=1, units=2)


# The money ledger


def captured(order: Order, amount: Money) -> LedgerEntry:
    return LedgerEntry(
        order_id=order.id,
        amount=amount,
        reference="pi_1",
        at=order.created_at,
        kind=Entry.REFUND if amount.minor < 0 else Entry.CAPTURE,
    )


def test_an_order_is_captured_once(bench: Bench, order: Order) -> None:
    with bench.store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))

    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.orders.record(captured(order, usd("0.01")))


def test_an_order_may_be_refunded_in_several_parts(store: Store, order: Order) -> None:
    with store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))
        work.orders.record(captured(order, usd("-5.00")))
        work.orders.record(captured(order, usd("-5.00")))


def test_money_that_came_back_is_entered_without_being_captured_again(
    store: Store, order: Order
) -> None:
    with store.begin() as work:
        work.orders.record(captured(order, usd("17.98")))
        work.orders.record(captured(order, usd("-5.00")))
        work.orders.record(replace(captured(order, usd("5.00")), kind=Entry.RETURN))


@pytest.mark.parametrize(
    ("amount", "kind"),
    [("-1", Entry.CAPTURE), ("1", Entry.REFUND), ("-1", Entry.RETURN)],
)
def test_each_kind_of_entry_has_its_direction(
    bench: Bench, order: Order, amount: str, kind: Entry
) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.orders.record(replace(captured(order, usd(amount)), kind=kind))


def test_money_moves_for_an_order_that_exists_and_an_entry_moves_money(
    bench: Bench, order: Order
) -> None:
    unknown = replace(order, id=uuid4())
    for impossible in (captured(unknown, usd("17.98")), captured(order, usd("0"))):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.orders.record(impossible)
