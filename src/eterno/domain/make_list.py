"""What has to be made and sent, and by when: pieces that are sold and have not left the house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from eterno.domain.fulfilment import to_send
from eterno.domain.orders import Order, OrderLine, OrderState
from eterno.domain.refunds import Refund

TO_SEND = frozenset({OrderState.PAID, OrderState.IN_PRODUCTION})
"""States in which pieces of an order may still have to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order of which something may still have to be sent, with its refunds as they were asked
    for."""

    order: Order
    refunds: Sequence[Refund] = ()

    @property
    def lines(self) -> Sequence[tuple[OrderLine, int]]:
        """The lines of which pieces are to be sent, and how many of each; nobody makes what was
        paid back."""
        if self.order.state not in TO_SEND:
            return ()
        left = to_send(self.order, self.refunds)
        return [
            (line, left[line.variant_id]) for line in self.order.lines if line.variant_id in left
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many pieces of one variant, and for whom."""

    due: date | None
    """When the first of them are promised, by the shop's calendar; None when none are."""
    variant_id: int
    sku: str
    product_name: str
    variant_label: str
    """As the newest of the orders calls it."""
    orders: Mapping[int, int]
    """Pieces by the number of the order that they are for."""

    @property
    def pieces(self) -> int:
        return sum(self.orders.values())


def make_list(orders: Iterable[OpenOrder], zone: tzinfo) -> Sequence[Wanted]:
    """What to make for these orders, by variant and promised day: what is due first comes first,
    what was not promised for any day last, and within a day by SKU."""
    return _together(orders, zone, lambda line, day: (day or date.max, line.sku, line.variant_id))


def pick_list(orders: Iterable[OpenOrder], zone: tzinfo) -> Sequence[Wanted]:
    """What to fetch for these orders, all of a variant at once, by SKU."""
    return _together(orders, zone, lambda line, _: (line.sku, line.variant_id))


def due_by(orders: Iterable[OpenOrder], day: date, zone: tzinfo) -> Sequence[OpenOrder]:
    """Those promised for this day or an earlier one."""
    return [one for one in orders if (due := day_of(one.order.promised_by, zone)) and due <= day]


def day_of(at: datetime | None, zone: tzinfo) -> date | None:
    """The day by the shop's calendar."""
    return at.astimezone(zone).date() if at else None


def _together(
    orders: Iterable[OpenOrder], zone: tzinfo, key: Callable[[OrderLine, date | None], Any]
) -> Sequence[Wanted]:
    """The open lines that have the same key, together, in the order of their keys."""
    groups: dict[Any, list[_Line]] = defaultdict(list)
    for one in orders:
        day = day_of(one.order.promised_by, zone)
        for line, pieces in one.lines:
            groups[key(line, day)].append((one.order.number or 0, day, line, pieces))
    return [_wanted(sorted(groups[key], key=lambda line: line[0])) for key in sorted(groups)]


def _wanted(lines: Sequence[_Line]) -> Wanted:
    _, _, line, _ = lines[-1]
    return Wanted(
        due=min((day for _, day, _, _ in lines if day), default=None),
        variant_id=line.variant_id,
        sku=line.sku,
        product_name=line.product_name,
        variant_label=line.variant_label,
        orders={number: pieces for number, _, _, pieces in lines},
    )


_Line = tuple[int, date | None, OrderLine, int]
"""The order's number, the day it is promised for, what, and how many of it."""
