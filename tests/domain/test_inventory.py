from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eterno.domain.errors import Invalid
from eterno.domain.inventory import MOST_ON_HAND, OutOfStock, Shelf, Shortage, check_note

pieces = st.integers(1, 20)


def test_what_is_promised_cannot_be_promised_again() -> None:
    shelf = Shelf(variant_id=1, on_hand=10).reserve(7)

    assert shelf.available == 3
    with pytest.raises(OutOfStock):
        shelf.reserve(4)


def test_the_last_piece_can_be_promised() -> None:
    assert Shelf(variant_id=1, on_hand=1).reserve(1).available == 0


def test_a_shortage_says_how_many_can_be_had() -> None:
    with pytest.raises(OutOfStock) as refusal:
        Shelf(variant_id=7, on_hand=10, reserved=8).reserve(5)

    assert refusal.value.lines == (Shortage(7, requested=5, available=2),)
    assert refusal.value.facts == {"lines": [{"variant_id": 7, "requested": 5, "available": 2}]}


def test_a_promise_taken_back_can_be_given_to_somebody_else() -> None:
    shelf = Shelf(variant_id=1, on_hand=5)

    assert shelf.reserve(5).release(5) == shelf


def test_what_is_handed_over_leaves_the_shelf_and_keeps_the_promise() -> None:
    shelf = Shelf(variant_id=1, on_hand=5).reserve(3).take(2)

    assert (shelf.on_hand, shelf.reserved) == (3, 1)


def test_a_delivery_can_be_sold_at_once() -> None:
    assert Shelf(variant_id=1, on_hand=0).receive(12).available == 12


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_delivery_of_nothing_is_none(quantity: int) -> None:
    with pytest.raises(Invalid, match="at least 1"):
        Shelf(variant_id=1, on_hand=0).receive(quantity)


def test_a_shelf_carries_a_million_and_not_one_more() -> None:
    shelf = Shelf(variant_id=1, on_hand=0).receive(MOST_ON_HAND)

    with pytest.raises(Invalid, match="at most 1000000 on hand"):
        shelf.receive(1)


def test_a_count_is_of_what_can_be_sold_now() -> None:
    shelf = Shelf(variant_id=1, on_hand=10, reserved=3)

    assert shelf.count(5) == Shelf(variant_id=1, on_hand=8, reserved=3)
    assert shelf.count(0) == Shelf(variant_id=1, on_hand=3, reserved=3)
    assert shelf.count(7) == shelf
    assert shelf.count(MOST_ON_HAND - 3).on_hand == MOST_ON_HAND


@pytest.mark.parametrize("available", [-1, MOST_ON_HAND - 2, 10**30])
def test_nobody_counts_that_many(available: int) -> None:
    with pytest.raises(Invalid, match="stock_quantity"):
        Shelf(variant_id=1, on_hand=10, reserved=3).count(available)


def test_a_correction_goes_up_or_down() -> None:
    shelf = Shelf(variant_id=1, on_hand=10, reserved=3)

    assert shelf.correct(2).on_hand == 12
    assert shelf.correct(-7) == Shelf(variant_id=1, on_hand=3, reserved=3)
    assert shelf.correct(MOST_ON_HAND - 10).on_hand == MOST_ON_HAND


def test_what_is_promised_cannot_be_corrected_away() -> None:
    with pytest.raises(OutOfStock) as refusal:
        Shelf(variant_id=1, on_hand=10, reserved=3).correct(-8)

    assert refusal.value.lines == (Shortage(1, 8, 7),)


@pytest.mark.parametrize("change", [0, MOST_ON_HAND - 9, MOST_ON_HAND + 1, -MOST_ON_HAND - 1])
def test_nothing_is_corrected_by_that(change: int) -> None:
    with pytest.raises(Invalid, match="change"):
        Shelf(variant_id=1, on_hand=10).correct(change)


def test_a_note_is_written_cleanly() -> None:
    assert check_note(" fell\nfrom the shelf ") == "fell\nfrom the shelf"
    assert check_note("") == ""
    for poor in ("x" * 501, "a\0b"):
        with pytest.raises(Invalid, match="note"):
            check_note(poor)
    with pytest.raises(Invalid, match="note"):
        check_note(" ", least=1)


@pytest.mark.parametrize(("on_hand", "reserved"), [(-1, 0), (-1, -1), (5, -1), (5, 6)])
def test_no_shelf_is_like_that(on_hand: int, reserved: int) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        Shelf(variant_id=1, on_hand=on_hand, reserved=reserved)


class ALifeOnTheShelf(RuleBasedStateMachine):
    """Whatever is asked of a shelf: 0 ≤ reserved ≤ on_hand, and no piece is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf(variant_id=1, on_hand=0)
        self.received = self.promised = self.sold = 0

    @rule(quantity=pieces)
    def receive(self, quantity: int) -> None:
        self.shelf = self.shelf.receive(quantity)
        self.received += quantity

    @rule(quantity=pieces)
    def count(self, quantity: int) -> None:
        counted = self.shelf.count(quantity)
        self.received += counted.on_hand - self.shelf.on_hand
        self.shelf = counted

    @rule(change=st.integers(-50, 50).filter(bool))
    def correct(self, change: int) -> None:
        if -change > self.shelf.available:
            with pytest.raises(OutOfStock):
                self.shelf.correct(change)
        else:
            self.shelf = self.shelf.correct(change)
            self.received += change

    @rule(quantity=pieces)
    def reserve(self, quantity: int) -> None:
        if quantity > self.shelf.available:
            with pytest.raises(OutOfStock):
                self.shelf.reserve(quantity)
        else:
            self.shelf = self.shelf.reserve(quantity)
            self.promised += quantity

    @precondition(lambda self: self.promised > 0)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        quantity = data.draw(st.integers(1, self.promised))
        self.shelf = self.shelf.release(quantity)
        self.promised -= quantity

    @precondition(lambda self: self.promised > 0)
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        quantity = data.draw(st.integers(1, self.promised))
        self.shelf = self.shelf.take(quantity)
        self.promised -= quantity
        self.sold += quantity

    @rule(quantity=pieces)
    def take_or_release_what_was_never_promised(self, quantity: int) -> None:
        for wrong in (self.shelf.take, self.shelf.release):
            with pytest.raises(ValueError, match="does not hold"):
                wrong(self.promised + quantity)

    @invariant()
    def nothing_is_promised_twice_and_nothing_is_lost(self) -> None:
        assert 0 <= self.shelf.reserved <= self.shelf.on_hand
        assert self.shelf.reserved == self.promised
        assert self.shelf.on_hand == self.received - self.sold


test_a_life_on_the_shelf = ALifeOnTheShelf.TestCase
