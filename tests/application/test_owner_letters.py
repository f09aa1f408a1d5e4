"""What the owner reads by the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from eterno.adapters.memory.mail import MemoryMailer
from eterno.adapters.memory.stationery import PlainStationery
from eterno.adapters.memory.views import MemoryInventoryDesk
from eterno.application.analytics.weekly import WeeklyFigures
from eterno.application.letters.owner_letters import LowStockLetter, OwnerLetters, WeeklyLetter
from eterno.application.ports.queues import Task
from tests.application.shop import FACTS, Shop
from tests.builders import USD, put_on_sale

DUE = {"due": "2026-03-02T07:00:00-07:00"}
TODAY = Task(id=UUID(int=7), reaction="report_low_stock", facts=DUE)
MONDAY = Task(id=UUID(int=8), reaction="report_week", facts=DUE)
QUIET = WeeklyFigures(
    first_day=date(2026, 2, 23),
    last_day=date(2026, 3, 1),
    currency=USD,
    orders=0,
    orders_before=0,
    units_sold=0,
    net_sales=0,
    net_sales_before=0,
    refunds=0,
    average_order=None,
    started=0,
    conversion=None,
    late=0,
    top_sellers=(),
    to_make=(),
)


@pytest.fixture
def letters(shop: Shop) -> OwnerLetters:
    return OwnerLetters(PlainStationery(), shop.mailer, FACTS)


@pytest.fixture
def tell(shop: Shop, letters: OwnerLetters) -> LowStockLetter:
    """Of three or fewer."""
    return LowStockLetter(MemoryInventoryDesk(shop.store), letters, threshold=3)


def only(mailer: MemoryMailer) -> str:
    [letter] = mailer.sent
    assert letter.to == FACTS.owner_email
    assert letter.reply_to is None
    return f"{letter.subject}\n{letter.text}"


def test_the_owner_is_told_what_is_low_the_lowest_first(shop: Shop, tell: LowStockLetter) -> None:
    put_on_sale(shop.store, pieces=3, sku="THREE")
    put_on_sale(shop.store, pieces=4, sku="FOUR")
    put_on_sale(shop.store, pieces=0, sku="NONE")

    tell(TODAY)

    text = only(shop.mailer)
    assert text.startswith("low_stock\n")
    assert text.index("'NONE'") < text.index("'THREE'")
    assert "'FOUR'" not in text
    assert "day: 2026-03-02" in text
    assert shop.mailer.sent[0].id == str(TODAY.id)


def test_a_morning_on_which_nothing_is_low_has_no_letter(shop: Shop, tell: LowStockLetter) -> None:
    put_on_sale(shop.store, pieces=4)

    tell(TODAY)

    assert shop.mailer.sent == []


def test_the_owner_is_told_how_the_week_was(shop: Shop, letters: OwnerLetters) -> None:
    asked: list[datetime] = []

    def figures_at(due: datetime) -> WeeklyFigures:
        asked.append(due)
        return replace(QUIET, orders=1)

    WeeklyLetter(figures_at, letters)(MONDAY)

    assert asked == [datetime(2026, 3, 2, 14, tzinfo=UTC)]
    assert only(shop.mailer).startswith("weekly_figures\n")


@pytest.mark.parametrize(
    "week",
    [
        replace(QUIET, orders_before=1),
        replace(QUIET, refunds=1),
        replace(QUIET, started=1),
        replace(QUIET, late=1),
    ],
)
def test_a_week_has_a_letter_if_anything_happened(
    shop: Shop, letters: OwnerLetters, week: WeeklyFigures
) -> None:
    WeeklyLetter(lambda _: week, letters)(MONDAY)

    assert len(shop.mailer.sent) == 1


def test_a_quiet_week_after_a_quiet_one_has_none(shop: Shop, letters: OwnerLetters) -> None:
    WeeklyLetter(lambda _: QUIET, letters)(MONDAY)

    assert shop.mailer.sent == []
