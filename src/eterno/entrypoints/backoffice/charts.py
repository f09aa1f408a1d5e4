"""Charts as SVG, drawn here: pure functions from figures to a picture, no script needed to look.

Colours and fonts are the style sheet's, by class; every mark carries its own figure in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 360, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 4, 10, 24
_STEPS = (1, 2, 5)
_LINES = 4
"""About how many lines there are behind the columns."""
_MOST_LABELS = 12

Say = Callable[[int], str]
"""How a figure is written for people."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing and its figure."""

    label: str
    value: int


def columns(marks: Sequence[Mark], *, title: str, say: Say = "{:,}".format) -> Markup:
    """A column for each mark, side by side; below zero they hang down."""
    ticks = scale([mark.value for mark in marks])
    low, high = ticks[0], ticks[-1]
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(marks), 1)
    every = -(-len(marks) // _MOST_LABELS)

    def y(value: int) -> float:
        return _TOP + (HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low)

    parts = [_rule(y(tick), say(tick), is_base=tick == 0) for tick in ticks]
    for place, mark in enumerate(marks):
        left = _LEFT + slot * place
        top, bottom = sorted((y(mark.value), y(0)))
        parts.append(
            Markup(
                '<g class="column"><title>{}: {}</title>'
                '<rect class="reach" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>'
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>'
                "</g>"
            ).format(
                mark.label,
                say(mark.value),
                left,
                _TOP,
                slot,
                HEIGHT - _TOP - _BOTTOM,
                left + slot * 0.16,
                top,
                slot * 0.68,
                max(bottom - top, 1 if mark.value else 0),
            )
        )
        if place % every == 0:
            parts.append(
                Markup(
                    '<text class="label" x="{:.1f}" y="{}" text-anchor="middle">{}</text>'
                ).format(left + slot / 2, HEIGHT - 7, mark.label)
            )
    return _drawing(parts, title=title)


def bar(value: int, most: int) -> Markup:
    """How large `value` is beside `most`, as a bar that stretches to the room it is given. It says
    nothing to those who cannot see it: the figure must stand beside it."""
    share = 100 * max(value, 0) / most if most > 0 else 0
    return Markup(
        '<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="6"/>'
        '<rect class="bar" width="{:.2f}" height="6"/></svg>'
    ).format(min(share, 100.0))


def scale(values: Sequence[int]) -> Sequence[int]:
    """Round figures, evenly apart, from at most the lowest value to at least the highest; zero is
    always one of them, and there are at least two."""
    low, high = min([0, *values]), max([0, *values])
    step = _step(max(high - low, 1))
    return [step * place for place in range(low // step, max(-(-high // step), 1) + 1)]


def _step(reach: int) -> int:
    power = 1
    while True:
        for factor in _STEPS:
            if power * factor * _LINES >= reach:
                return power * factor
        power *= 10


def _rule(y: float, words: str, *, is_base: bool) -> Markup:
    return Markup(
        '<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text class="label" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
    ).format("base" if is_base else "rule", _LEFT, WIDTH - _RIGHT, y, y, _LEFT - 6, y + 3.5, words)


def _drawing(parts: Sequence[Markup], *, title: str) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup().join(parts))
