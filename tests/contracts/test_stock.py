from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain.catalog import Variant
from eterno.domain.inventory import HoldState, Reservation, Shelf
from tests.builders import delivery, order_of, place, put_on_sale, sale
from tests.contracts.conftest import Bench
from tests.contracts.race import at_once, rivals

HELD, CONSUMED, RELEASED = HoldState.HELD, HoldState.CONSUMED, HoldState.RELEASED


def look(store: Store, variant: Variant) -> Shelf:
    with store.begin() as work:
        return work.shelves.hold([variant.id])[variant.id]


# Shelves


def test_a_shelf_is_kept_as_it_was_saved(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        shelf = work.shelves.hold([soap.id])[soap.id]
        work.shelves.save([shelf.reserve(3)])

    assert look(store, soap) == Shelf(variant_id=soap.id, on_hand=10, reserved=3)


def test_several_shelves_are_held_and_saved_at_once(store: Store) -> None:
    soaps = [put_on_sale(store) for _ in range(3)]
    with store.begin() as work:
        shelves = work.shelves.hold(soap.id for soap in reversed(soaps))
        assert list(shelves) == [soap.id for soap in soaps]
        work.shelves.save(shelf.reserve(id) for id, shelf in shelves.items())

    assert [look(store, soap).reserved for soap in soaps] == [soap.id for soap in soaps]


def test_the_same_shelf_asked_for_twice_is_one_shelf(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        assert list(work.shelves.hold([soap.id, soap.id])) == [soap.id]


def test_no_shelves_are_no_trouble(store: Store) -> None:
    with store.begin() as work:
        assert work.shelves.hold([]) == {}
        work.shelves.save([])
        work.shelves.record([])


def test_a_shelf_that_is_held_is_kept_from_everybody_else(store: Store, soap: Variant) -> None:
    with rivals() as start:
        with store.begin() as work:
            shelf = work.shelves.hold([soap.id])[soap.id]
            rival = start(lambda: look(store, soap))
            rival.must_wait()
            work.shelves.save([shelf.reserve(9)])

        assert rival.result().reserved == 9


def test_a_shelf_is_let_go_as_it_was_when_the_work_fails(store: Store, soap: Variant) -> None:
    waiting = []

    def reserve_and_fail() -> None:
        with store.begin() as work:
            shelf = work.shelves.hold([soap.id])[soap.id]
            waiting.append(start(lambda: look(store, soap)))
            waiting[0].must_wait()
            work.shelves.save([shelf.reserve(9)])
            raise ZeroDivisionError

    with rivals() as start:
        with pytest.raises(ZeroDivisionError):
            reserve_and_fail()

        assert waiting[0].result().reserved == 0


def test_the_last_soap_is_sold_once_however_many_want_it(store: Store) -> None:
    last = put_on_sale(store, pieces=1)

    def try_to_get_it() -> int:
        with store.begin() as work:
            shelf = work.shelves.hold([last.id])[last.id]
            if shelf.shortage(1):
                return 0
            work.shelves.save([shelf.reserve(1)])
            return 1

    assert sum(at_once(*[try_to_get_it] * 4)) == 1
    assert look(store, last).reserved == 1


def test_shelves_asked_for_in_opposite_orders_never_block_each_other(store: Store) -> None:
    one, other = put_on_sale(store, pieces=100), put_on_sale(store, pieces=100)

    def reserve(*ids: int) -> None:
        for _ in range(25):
            with store.begin() as work:
                shelves = work.shelves.hold(ids)
                work.shelves.save(shelf.reserve(1) for shelf in shelves.values())

    at_once(
        lambda: reserve(one.id, other.id),
        lambda: reserve(other.id, one.id),
        lambda: reserve(one.id, other.id),
        lambda: reserve(other.id, one.id),
    )

    assert look(store, one).reserved == look(store, other).reserved == 100


def test_a_variant_has_one_shelf(bench: Bench, soap: Variant) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.shelves.add(Shelf(variant_id=soap.id, on_hand=5))


def test_a_shelf_is_for_a_variant_that_exists(bench: Bench) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.shelves.add(Shelf(variant_id=999, on_hand=5))


# The stock ledger


def test_deliveries_of_one_soap_may_be_many(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        work.shelves.record([delivery(soap.id, 5, at=work.now), delivery(soap.id, 5, at=work.now)])
    with store.begin() as work:
        work.shelves.record([delivery(soap.id, 5, at=work.now)])


def test_an_orders_line_is_sold_once(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 2))
        work.shelves.record([sale(soap.id, 2, order_id=order.id, at=work.now)])

    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.shelves.record([sale(soap.id, 2, order_id=order.id, at=work.now)])


def test_every_line_of_an_order_is_sold_and_every_order_of_a_soap(
    store: Store, soap: Variant
) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        first, second = place(work, (soap, 1), (other, 1)), place(work, (soap, 1))
        work.shelves.record(
            [
                sale(soap.id, 1, order_id=first.id, at=work.now),
                sale(other.id, 1, order_id=first.id, at=work.now),
                sale(soap.id, 1, order_id=second.id, at=work.now),
            ]
        )


def test_only_what_exists_moves_and_a_movement_moves_something(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        now = work.now
    for impossible in (
        delivery(999, 1, at=now),
        replace(delivery(soap.id, 1, at=now), change=0),
        sale(soap.id, 1, order_id=uuid4(), at=now),
        replace(sale(soap.id, 1, order_id=uuid4(), at=now), order_id=None),
    ):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.shelves.record([impossible])


def test_a_movement_is_found_by_the_key_it_was_asked_for_under(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        movement = replace(
            delivery(soap.id, 5, at=work.now), key="k-1", note="from\nhome", actor="rosa"
        )
        work.shelves.record([movement, delivery(soap.id, 5, at=work.now)])

    with store.begin() as work:
        assert work.shelves.find("k-1") == movement
        for other in ("k-2", "", "k", "k-1\0", "\ud800"):
            assert work.shelves.find(other) is None


def test_a_key_belongs_to_one_movement(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        work.shelves.record([replace(delivery(soap.id, 5, at=work.now), key="k-1")])

    with pytest.raises(AlreadyThere) as refusal, store.begin() as work:
        work.shelves.record([replace(delivery(other.id, 5, at=work.now), key="k-1")])

    assert refusal.value.name == "movement key"


# Reservations


def test_reservations_move_from_state_to_state_and_are_counted(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        order = place(work, (soap, 1), (other, 2))

    with store.begin() as work:
        assert work.reservations.move(order.id, HELD, RELEASED) == 2
        assert work.reservations.move(order.id, HELD, RELEASED) == 0
    with store.begin() as work:
        assert work.reservations.move(order.id, HELD, CONSUMED) == 0
        assert work.reservations.move(order.id, RELEASED, CONSUMED) == 2


def test_reservations_of_other_orders_stay(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        one, other = place(work, (soap, 1)), place(work, (soap, 1))

    with store.begin() as work:
        assert work.reservations.move(one.id, HELD, RELEASED) == 1
        assert work.reservations.move(uuid4(), HELD, RELEASED) == 0
    with store.begin() as work:
        assert work.reservations.move(other.id, HELD, RELEASED) == 1


def test_a_line_is_reserved_once(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 2))

    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.reservations.add([Reservation(order_id=order.id, variant_id=soap.id, quantity=2)])


def test_only_lines_of_an_order_are_reserved_and_with_their_quantity(
    bench: Bench, soap: Variant
) -> None:
    other = put_on_sale(bench.store)
    with bench.store.begin() as work:
        order = order_of((soap, 2), at=work.now)
        work.orders.add(order)

    for impossible in (
        Reservation(order_id=uuid4(), variant_id=soap.id, quantity=2),
        Reservation(order_id=order.id, variant_id=other.id, quantity=2),
        Reservation(order_id=order.id, variant_id=soap.id, quantity=3),
    ):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.reservations.add([impossible])
