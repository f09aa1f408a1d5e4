from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.errors import Invalid
from eterno.domain.money import MOST_MINOR_UNITS, Currency, Money
from tests.builders import EUR, USD, usd

JPY = Currency("JPY")
amounts = st.integers(-(10**12), 10**12).map(lambda minor: Money(minor, USD))


def test_a_price_is_kept_in_cents() -> None:
    assert Money.price(Decimal("8.99"), USD) == Money(899, USD)


def test_a_price_may_be_written_with_more_or_fewer_zeros() -> None:
    written = [Decimal(9), Decimal("9.0"), Decimal("9.00000"), Decimal("0.9e1")]

    assert {Money.price(amount, USD) for amount in written} == {Money(900, USD)}


def test_yen_have_no_decimals() -> None:
    assert Money.price(Decimal(500), JPY) == Money(500, JPY)
    with pytest.raises(Invalid, match="at most 0 decimals"):
        Money.price(Decimal("500.5"), JPY)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_price(amount: str) -> None:
    with pytest.raises(Invalid, match="must be an amount of money"):
        Money.price(Decimal(amount), USD)


@pytest.mark.parametrize(
    "amount", ["0", "-0", "-0.01", "-8.99", "1000000", "1e999999", "1e-999999"]
)
def test_a_price_is_above_nothing_and_below_a_million(amount: str) -> None:
    with pytest.raises(Invalid, match=r"between 0\.01 and 999999\.99"):
        Money.price(Decimal(amount), USD)


@pytest.mark.parametrize("amount", ["8.999", "0.015", "8.99" + 40 * "0" + "1"])
def test_a_price_has_no_fractions_of_a_cent_not_even_tiny_ones(amount: str) -> None:
    with pytest.raises(Invalid, match="at most 2 decimals"):
        Money.price(Decimal(amount), USD)


def test_a_refused_price_names_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        Money.price(Decimal(0), USD, "items[3].price")

    assert [fault.field for fault in refusal.value.faults] == ["items[3].price"]


@given(st.integers(1, MOST_MINOR_UNITS), st.sampled_from([USD, EUR, JPY]))
def test_every_price_survives_being_written_and_read(minor: int, currency: Currency) -> None:
    money = Money(minor, currency)

    assert Money.price(money.amount, currency) == money


@given(st.decimals())
def test_any_decimal_is_a_price_or_refused(amount: Decimal) -> None:
    try:
        price = Money.price(amount, USD)
    except Invalid:
        return
    assert price.amount == amount
    assert 1 <= price.minor <= MOST_MINOR_UNITS


@given(amounts, amounts, amounts)
def test_money_adds_up_in_any_order(a: Money, b: Money, c: Money) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Money.zero(USD) == a


@given(amounts, amounts)
def test_what_was_added_can_be_taken_away(a: Money, b: Money) -> None:
    assert (a + b) - b == a


@given(amounts, st.integers(0, 50))
def test_times_is_adding_so_often(price: Money, times: int) -> None:
    assert price * times == sum([price] * times, Money.zero(USD))


@given(amounts, amounts)
def test_of_two_amounts_exactly_one_is_less_unless_they_are_the_same(a: Money, b: Money) -> None:
    assert [a < b, b < a, a == b].count(True) == 1


def test_dollars_and_euros_do_not_mix() -> None:
    dollar, euro = Money(1, USD), Money(1, EUR)

    with pytest.raises(ValueError, match="USD and EUR do not add up"):
        dollar + euro
    with pytest.raises(ValueError, match="do not add up"):
        dollar - euro
    with pytest.raises(ValueError, match="do not add up"):
        assert dollar < euro
    assert dollar != euro


def test_money_is_read_by_people() -> None:
    assert str(usd("1234.50")) == "1,234.50 USD"
    assert str(Money(500, JPY)) == "500 JPY"
    assert str(usd("-0.05")) == "-0.05 USD"


@pytest.mark.parametrize("code", ["usd", "US", "USDT", "", "U$D", "USD\n", "ÜSD"])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    with pytest.raises(Invalid, match="three capital letters"):
        Currency(code)
