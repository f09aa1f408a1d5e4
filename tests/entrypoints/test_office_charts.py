"""Charts of the back office: figures become pictures."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.entrypoints.backoffice.charts import HEIGHT, WIDTH, Mark, bar, columns, scale

FIGURES = st.lists(st.integers(-(10**9), 10**12), max_size=60)


def drawn(svg: str) -> ElementTree.Element:
    """It is well formed, and holds nothing that a strict policy would refuse."""
    assert "style=" not in svg
    return ElementTree.fromstring(svg)  # noqa: S314  # our own drawing


@given(FIGURES)
def test_a_scale_is_even_and_round_and_holds_every_figure(values: list[int]) -> None:
    ticks = scale(values)

    steps = {after - before for before, after in pairwise(ticks)}
    (step,) = steps
    assert re.fullmatch("[125]0*", str(step))
    assert 0 in ticks
    assert ticks[0] <= min([0, *values])
    assert max([0, *values]) <= ticks[-1]
    assert 2 <= len(ticks) <= 7


@given(FIGURES)
def test_columns_stay_within_their_drawing_and_each_says_its_figure(values: list[int]) -> None:
    marks = [Mark(f"n{place}", value) for place, value in enumerate(values)]

    picture = drawn(columns(marks, title="Sales"))

    assert picture.get("aria-label") == "Sales"
    bars = [rect for rect in picture.iter("rect") if rect.get("class") == "bar"]
    assert len(bars) == len(values)
    for rect, mark in zip(bars, marks, strict=True):
        x, y, width, height = (float(rect.get(at) or "nan") for at in ("x", "y", "width", "height"))
        assert 0 <= x <= x + width <= WIDTH
        assert -0.1 <= y <= y + height <= HEIGHT + 1
        assert (height > 0) is (mark.value != 0)
    titles = [title.text for title in picture.iter("title")]
    assert titles == [f"{mark.label}: {mark.value:,}" for mark in marks]
    labels = [text for text in picture.iter("text") if text.get("text-anchor") == "middle"]
    assert len(labels) <= 12


def test_a_higher_figure_has_a_higher_column() -> None:
    picture = drawn(columns([Mark("Jan", 10), Mark("Feb", 20)], title="Sales"))

    low, high = (
        float(rect.get("height") or 0)
        for rect in picture.iter("rect")
        if rect.get("class") == "bar"
    )
    assert high == pytest.approx(2 * low, abs=0.2)


def test_a_loss_hangs_below_the_line() -> None:
    picture = drawn(columns([Mark("Jan", -10), Mark("Feb", 10)], title="Sales"))

    (base,) = [line for line in picture.iter("line") if line.get("class") == "base"]
    loss, gain = [rect for rect in picture.iter("rect") if rect.get("class") == "bar"]
    assert float(loss.get("y") or 0) == pytest.approx(float(base.get("y1") or 0))
    assert float(gain.get("y") or 0) < float(base.get("y1") or 0)


def test_what_a_thing_is_called_is_text_and_nothing_else() -> None:
    evil = '</svg><script>alert(1)</script>"'

    picture = drawn(columns([Mark(evil, 1)], title=evil))

    assert picture.get("aria-label") == evil
    assert [element.tag for element in picture.iter("script")] == []


@pytest.mark.parametrize(
    ("value", "most", "width"),
    [(0, 10, 0), (5, 10, 50), (10, 10, 100), (20, 10, 100), (-5, 10, 0), (5, 0, 0)],
)
def test_a_bar_is_as_long_as_its_share(value: int, most: int, width: float) -> None:
    _, inner = drawn(bar(value, most)).iter("rect")
    assert float(inner.get("width") or "nan") == width
