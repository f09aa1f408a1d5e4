"""Every letter, word for word, as it was last looked at and found good.

`ETERNO_GOLDEN=write` writes them anew, to be looked at and committed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from eterno.adapters.jinja.stationery import JinjaStationery
from eterno.application.analytics.weekly import TopSeller, WeeklyFigures
from eterno.application.letters.message_letter import LETTER as CONTACT
from eterno.application.letters.owner_letters import LOW_STOCK_LETTER, WEEKLY_LETTER
from eterno.application.letters.reactions import LETTERS
from eterno.application.ports.mail import Written
from eterno.application.ports.views import StockLine
from eterno.domain.catalog import Variant
from eterno.domain.contact import Message
from eterno.domain.orders import Order, OrderState, ReviewReason
from tests.adapters.jinja.test_stationery import NEWS, SAM, SHOP, a_paid_order
from tests.builders import USD, usd
from tests.support.clock import NOON

GOLDEN = Path(__file__).parent / "golden"
TOKEN = "an-unguessable-token"  # of a public page of nobody
IN_STATES: Mapping[str, dict[str, object]] = {
    "order_in_review": {"state": OrderState.REVIEW, "review": ReviewReason.STOCK_GONE},
    "needs_attention": {"state": OrderState.REVIEW, "review": ReviewReason.AMOUNT_MISMATCH},
    "cancelled": {"state": OrderState.CANCELLED},
    "shipped": {"state": OrderState.SHIPPED},
    "payment_pending": {"state": OrderState.PENDING, "number": None, "paid_at": None},
    "payment_failed": {"state": OrderState.FAILED, "number": None, "paid_at": None},
}
"""Letters about orders that are not just paid."""


def stock(number: int, name: str, on_hand: int, held: int) -> StockLine:
    variant = Variant.offered(id=number, product_id=number, size="100 g", price=usd("8.99"))
    return StockLine(variant=variant, product_name=name, on_hand=on_hand, held=held)


WEEK = WeeklyFigures(
    first_day=date(2026, 2, 23),
    last_day=date(2026, 3, 1),
    currency=USD,
    orders=12,
    orders_before=9,
    units_sold=31,
    net_sales=27_869,
    net_sales_before=19_050,
    refunds=899,
    average_order=2_322,
    started=20,
    conversion=0.632,
    late=1,
    top_sellers=(
        TopSeller(name="Oat & Honey", units=14, net_sales=12_586),
        TopSeller(name="Rose <Clay>", units=9, net_sales=8_091),
    ),
    to_make=(("Oat & Honey, 100 g", 24), ("Rose <Clay>, 100 g", 10)),
)
OTHERS: Mapping[str, Mapping[str, object]] = {
    CONTACT: {
        "message": Message(
            id=UUID(int=7),
            name="Sam Rivera",
            email="sam@example.com",
            text="Is the oat soap vegan?\n\nThank you,\nSam",
            at=NOON,
        )
    },
    LOW_STOCK_LETTER: {
        "lines": [stock(1, "Oat & Honey", 0, 0), stock(2, "Rose <Clay>", 4, 2)],
        "most": 100,
        "threshold": 5,
        "day": date(2026, 3, 2),
    },
    WEEKLY_LETTER: {"week": WEEK},
}
"""Letters that are not about one order."""
NAMES = sorted({name for name, _ in LETTERS.values()} | set(OTHERS))


def the_order(name: str) -> Order:
    return replace(a_paid_order(), token=TOKEN, **IN_STATES.get(name, {}))  # type: ignore[arg-type]


def written(name: str) -> Written:
    facts = OTHERS.get(name, {"order": the_order(name), "news": NEWS})
    return JinjaStationery().write(name, {**facts, "shop": SHOP})


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_as_it_was_found_good(name: str) -> None:
    letter = written(name)
    files = {
        GOLDEN / f"{name}.txt": f"Subject: {letter.subject}\n\n{letter.text}",
        GOLDEN / f"{name}.html": letter.html,
    }
    if os.environ.get("ETERNO_GOLDEN") == "write":
        for path, content in files.items():
            path.write_text(content, encoding="utf-8")

    for path, content in files.items():
        assert content == path.read_text(encoding="utf-8"), path.name


def test_there_is_no_golden_letter_that_nobody_writes() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(NAMES)


@pytest.mark.parametrize(
    "name",
    [name for name, to in LETTERS.values() if to == "buyer" and name != "payment_failed"],
)
def test_a_buyer_finds_the_way_to_her_order(name: str) -> None:
    letter = written(name)

    assert SHOP.page_of(the_order(name)) in letter.text
    assert f'href="{SHOP.page_of(the_order(name))}"' in letter.html


@pytest.mark.parametrize("name", ["order_confirmation", "new_order"])
def test_the_total_and_the_address_are_those_of_the_order(name: str) -> None:
    order, letter = the_order(name), written(name)
    assert SAM.ship_to is not None

    for text in (letter.text, letter.html):
        assert f"${order.total.amount}" in text
        assert SAM.ship_to.line1 in text
        assert f"{SAM.ship_to.city}, {SAM.ship_to.state} {SAM.ship_to.postal_code}" in text


@pytest.mark.parametrize("name", [LOW_STOCK_LETTER, WEEKLY_LETTER])
def test_the_owners_letters_fit_into_72_columns_and_show_names_as_text(name: str) -> None:
    letter = written(name)

    assert all(len(line) <= 72 for line in letter.text.splitlines())
    assert "Rose <Clay>" in letter.text
    assert "Rose &lt;Clay&gt;" in letter.html


def test_a_long_list_ends_and_says_so() -> None:
    lines = [stock(n, "Oat", n, 0) for n in range(1, 4)]
    facts = {**OTHERS[LOW_STOCK_LETTER], "lines": lines, "most": 2, "shop": SHOP}
    letter = JinjaStationery().write(LOW_STOCK_LETTER, facts)

    assert letter.subject == "3 articles low on 2 March 2026"
    assert "And 1 more." in letter.text
    assert "And 1 more." in letter.html


def test_a_quiet_week_has_no_averages() -> None:
    quiet = replace(WEEK, orders=1, average_order=None, conversion=None, top_sellers=(), to_make=())
    letter = JinjaStationery().write(WEEKLY_LETTER, {"week": quiet, "shop": SHOP})

    assert letter.subject == "The week from 23 February 2026: 1 order, $278.69"
    for word in ("average", "decided", "WHAT"):
        assert word not in letter.text
