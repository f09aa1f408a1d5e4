"""Rows of the table, and what is kept of a run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measurement of one thing."""

    rate: float
    """In a second."""
    cpu: float | None = None
    """Microseconds of the server's CPU for each: steadier than the rate where others use the
    machine, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what was measured against which floor, and whether the goal is met."""

    goal: str
    what: str
    ours: str
    floor: str = "-"
    ratio: float | None = None
    """Ours to the floor, the median of the rounds."""
    spread: tuple[float, float] | None = None
    """The least and the greatest ratio of any round."""
    target: str
    met: bool
    numbers: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """What the words above were made of: of every round, or of every try."""


def against_floor(
    goal: str, what: str, floors: Sequence[Measured], ours: Sequence[Measured], *, least: float
) -> Row:
    """A row about rates: round by round, the ratio of ours to the floor measured just before it."""
    ratios = [mine.rate / floor.rate for mine, floor in zip(ours, floors, strict=True)]
    ratio = statistics.median(ratios)
    return Row(
        goal=goal,
        what=what,
        floor=middle(floors),
        ours=middle(ours),
        ratio=ratio,
        spread=(min(ratios), max(ratios)),
        target=f"≥ {least:.2f}",
        met=ratio >= least,
        numbers=_numbers(floors, ours, ratios),
    )


def cpu_against(
    goal: str, what: str, few: Sequence[Measured], many: Sequence[Measured], *, most: float
) -> Row:
    """A row about CPU: round by round, that of ours to that of what it is compared with."""
    ratios = [(mine.cpu or 0) / (one.cpu or 1) for mine, one in zip(many, few, strict=True)]
    ratio = statistics.median(ratios)
    return Row(
        goal=goal,
        what=f"{what}: CPU against one",
        floor=middle(few),
        ours=middle(many),
        ratio=ratio,
        spread=(min(ratios), max(ratios)),
        target=f"≤ {most:.2f}",
        met=ratio <= most,
        numbers=_numbers(few, many, ratios),
    )


def beside(what: str, theirs: Sequence[Measured], ours: Sequence[Measured]) -> Row:
    """A row for scale, without a goal."""
    ratios = [mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True)]
    return Row(
        goal="-",
        what=what,
        floor=middle(theirs),
        ours=middle(ours),
        ratio=statistics.median(ratios),
        spread=(min(ratios), max(ratios)),
        target="-",
        met=True,
        numbers=_numbers(theirs, ours, ratios),
    )


def middle(measured: Sequence[Measured]) -> str:
    """Their medians, in words."""
    rate = f"{statistics.median(each.rate for each in measured):,.0f}/s"
    cpu = [each.cpu for each in measured if each.cpu is not None]
    return f"{rate}, {statistics.median(cpu):,.0f} µs CPU" if cpu else rate


def at_most(
    goal: str,
    what: str,
    measured: Sequence[float],
    limit: float,
    unit: str,
    *,
    figure: Callable[[Sequence[float]], float] = statistics.median,
) -> Row:
    """A row about something that should be small: its median, or what else `figure` makes of all
    that was measured."""
    found = figure(measured)
    return Row(
        goal=goal,
        what=what,
        ours=f"{found:,.1f} {unit}".rstrip(),
        target=f"≤ {limit:,.0f} {unit}".rstrip(),
        met=found <= limit,
        numbers={"ours": list(measured)},
    )


def p95(measured: Sequence[float]) -> float:
    """What 95 of 100 do not exceed."""
    return statistics.quantiles(measured, n=20)[-1]


def table(rows: Sequence[Row]) -> str:
    """In Markdown, so that it can be quoted as it is."""
    head = ("goal", "what", "floor", "ours", "ratio (min to max)", "target", "met")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    padded = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([padded[0], rule, *padded[1:]])


def write(rows: Sequence[Row], tools: Sequence[str], command: str) -> Path:
    """The run as JSON; where it is."""
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y%m%d-%H%M%S}.json"
    document = {
        "at": now.isoformat(timespec="seconds"),
        "command": command,
        "machine": machine(),
        "tools": list(tools),
        "rows": [{**asdict(row), "numbers": _summed_up(row.numbers)} for row in rows],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def _numbers(
    floors: Sequence[Measured], ours: Sequence[Measured], ratios: Sequence[float]
) -> dict[str, list[float]]:
    numbers = {"ratio": list(ratios)}
    for whose, measured in (("floor", floors), ("ours", ours)):
        numbers[f"{whose} rate"] = [each.rate for each in measured]
        if cpu := [each.cpu for each in measured if each.cpu is not None]:
            numbers[f"{whose} cpu"] = cpu
    return numbers


def _summed_up(numbers: Mapping[str, Sequence[float]]) -> dict[str, object]:
    return {
        name: {
            "min": min(all_of_them),
            "median": statistics.median(all_of_them),
            "max": max(all_of_them),
            "all": list(all_of_them),
        }
        for name, all_of_them in numbers.items()
    }


def _cells(row: Row) -> tuple[str, ...]:
    spread = f" ({row.spread[0]:.2f} to {row.spread[1]:.2f})" if row.spread else ""
    ratio = f"{row.ratio:.2f}{spread}" if row.ratio is not None else "-"
    met = "yes" if row.met else "NO"
    return (row.goal, row.what, row.floor, row.ours, ratio, row.target, met)
