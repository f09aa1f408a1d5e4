from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.basket import MOST_ID, MOST_LINES, Basket, PriceChanged
from eterno.domain.errors import Invalid
from eterno.domain.money import MOST_MINOR_UNITS
from tests.builders import USD, a_basket, usd

wishes = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.integers(1, 9),
        st.integers(1, MOST_MINOR_UNITS).map(lambda cents: Decimal(cents) / 100),
    ),
    min_size=1,
    max_size=10,
)


def test_lines_of_one_variant_are_merged_at_the_lowest_price_shown() -> None:
    basket = a_basket((7, 2, "9.00"), (3, 1, "5.00"), (7, 1, "8.99"), (7, 1, "9.50"))

    assert [(line.variant_id, line.quantity, line.shown) for line in basket.lines] == [
        (3, 1, usd("5.00")),
        (7, 4, usd("8.99")),
    ]


@given(wishes)
def test_merging_loses_no_piece_and_repeats_no_variant(
    wanted: list[tuple[int, int, Decimal]],
) -> None:
    basket = Basket.of(wanted, USD)

    pieces: Counter[int] = Counter()
    for variant_id, quantity, _ in wanted:
        pieces[variant_id] += quantity
    assert {line.variant_id: line.quantity for line in basket.lines} == pieces
    assert [line.variant_id for line in basket.lines] == sorted(pieces)
    for line in basket.lines:
        assert line.shown.amount == min(price for id, _, price in wanted if id == line.variant_id)


@given(wishes.flatmap(lambda wanted: st.tuples(st.just(wanted), st.permutations(wanted))))
def test_the_same_wishes_in_another_order_are_the_same_basket(
    both: tuple[list[tuple[int, int, Decimal]], list[tuple[int, int, Decimal]]],
) -> None:
    one, other = (Basket.of(wanted, USD) for wanted in both)

    assert one == other
    assert one.fingerprint == other.fingerprint


def test_other_wishes_have_another_fingerprint() -> None:
    baskets = [
        a_basket((1, 1, "8.99")),
        a_basket((1, 2, "8.99")),
        a_basket((2, 1, "8.99")),
        a_basket((1, 1, "8.98")),
        a_basket((1, 1, "8.99"), (2, 1, "8.99")),
        a_basket((11, 1, "8.99")),
    ]

    assert len({basket.fingerprint for basket in baskets}) == len(baskets)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ([], "items"),
        ([(id, 1, "1") for id in range(1, MOST_LINES + 2)], "items"),
        ([(0, 1, "1")], "items[0].id"),
        ([(1, 1, "1"), (-5, 1, "1")], "items[1].id"),
        ([(MOST_ID + 1, 1, "1")], "items[0].id"),
        ([(1, 0, "1")], "items[0].quantity"),
        ([(1, 100, "1")], "items[0].quantity"),
        ([(1, 60, "1"), (1, 40, "1")], "items[1].quantity"),
        ([(1, 1, "NaN")], "items[0].price"),
        ([(1, 1, "-1")], "items[0].price"),
    ],
)
def test_nobody_can_mean(wanted: list[tuple[int, int, str]], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_basket(*wanted)

    assert [fault.field for fault in refusal.value.faults] == [field]


def test_a_hundred_lines_of_ninety_nine_pieces_can_be_meant() -> None:
    basket = a_basket(*((id, 99, "1") for id in range(1, MOST_LINES + 1)))

    assert len(basket.lines) == MOST_LINES


def test_an_endless_basket_is_not_read_to_its_end() -> None:
    with pytest.raises(Invalid, match="at most 100"):
        Basket.of(((variant_id, 1, Decimal(1)) for variant_id in count(1)), USD)


def test_paying_less_than_was_shown_is_fine() -> None:
    a_basket((1, 1, "9.00"), (2, 1, "5.00")).compare({1: usd("8.99"), 2: usd("5.00")})


def test_paying_more_than_was_shown_needs_a_yes() -> None:
    basket = a_basket((1, 1, "8.00"), (2, 1, "5.00"), (3, 1, "1.00"))

    with pytest.raises(PriceChanged) as refusal:
        basket.compare({1: usd("8.99"), 2: usd("4.00"), 3: usd("1.01")})

    assert refusal.value.facts == {
        "lines": [
            {"variant_id": 1, "shown": 8.0, "price": 8.99},
            {"variant_id": 3, "shown": 1.0, "price": 1.01},
        ]
    }
