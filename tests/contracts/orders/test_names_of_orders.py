"""Keys, names and numbers belong to one order each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order
from tests.builders import order_of, place, put_on_sale, usd
from tests.contracts.conftest import Bench
from tests.contracts.orders.deeds import change, paid
from tests.contracts.race import Rival, rivals

# Keys


def test_an_order_is_found_by_its_key(store: Store, order: Order) -> None:
    with store.begin() as work:
        assert work.orders.find_by_keys(["k-1", "k-2", "K-1"]) == {"k-1": order}
        assert work.orders.find_by_keys(["k-2"]) == {}


def test_orders_are_found_by_several_keys_at_once(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        first = place(work, (soap, 2), (other, 1), key="first")
        second = place(work, (soap, 1), (other, 3), key="second")

    with store.begin() as work:
        found = work.orders.find_by_keys(["second", "first"])

    assert found == {"first": first, "second": second}


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
        assert work.orders.find_by_keys(["k-1"]) == {"k-1": first}


def test_of_orders_added_together_all_are_there_or_none(
    store: Store, soap: Variant, order: Order
) -> None:
    with store.begin() as work:
        keyless = order_of((soap, 2), at=work.now)
        other = order_of((soap, 1), at=work.now, key="k-2")
        work.orders.add(keyless, other)
        assert work.orders.get(keyless.id) == keyless
        assert work.orders.find_by_keys(["k-2"]) == {"k-2": other}

    with pytest.raises(AlreadyThere), store.begin() as work:
        work.orders.add(
            order_of((soap, 1), at=work.now, key="k-3"), order_of((soap, 1), at=work.now, key="k-1")
        )
    with store.begin() as work:
        assert work.orders.find_by_keys(["k-1", "k-3"]) == {"k-1": order}


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
        assert work.orders.find_by_keys(["k-1"]) == {"k-1": order}


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
