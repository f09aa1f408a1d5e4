"""Orders as a table for spreadsheet programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from litestar import get
from litestar.response import Stream

from eterno.application.ports.views import OrderDesk, OrderQuery
from eterno.domain.money import Money
from eterno.domain.orders import Address, Buyer, Order
from eterno.entrypoints.http.orders import Before, Desk, Since, State, Words, query_of
from eterno.entrypoints.spreadsheet import csv_text

PAGE = 500
"""Orders read at once; no connection is held while the client takes them."""

COLUMNS = (
    "number", "state", "placed_at", "paid_at", "promised_by", "pieces", "items",
    "currency", "subtotal", "discount", "shipping", "tax", "total", "captured", "refunded",
    "email", "name", "phone", "address", "city", "region", "postal_code", "country",
    "tracking", "id",
)  # fmt: skip
_HEADER = csv_text(COLUMNS, ())


@get(
    "/orders.csv",
    summary="Orders, for a spreadsheet",
    tags=["Orders"],
    media_type="text/csv",
    sync_to_thread=True,
)
def export_orders(
    order_desk: Desk, standing: State = "", text: Words = "", since: Since = "", until: Before = ""
) -> Stream:
    """Every order that fits, the newest first, one on each line: the terms are those of the list.
    Moments are in UTC, amounts in units of the currency. Text that a spreadsheet program would take
    for a formula has an apostrophe in front."""
    query = replace(query_of(standing, text, since, until), most=PAGE)
    first = order_desk.search(query)  # what the store refuses is refused before anything is sent
    return Stream(
        _sheet(order_desk, query, first),
        media_type="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="orders.csv"',
            "Cache-Control": "no-store",
        },
    )


def _sheet(desk: OrderDesk, query: OrderQuery, orders: Sequence[Order]) -> Iterator[str]:
    yield csv_text(COLUMNS, map(_row, orders))
    while len(orders) == PAGE:
        query = replace(query, after=orders[-1].id)
        orders = desk.search(query)
        yield csv_text(COLUMNS, map(_row, orders)).removeprefix(_HEADER)


def _row(order: Order) -> Sequence[str]:
    buyer = order.buyer or Buyer(email=None)
    cells = (
        order.number,
        order.state.value,
        order.created_at.isoformat(timespec="seconds"),
        order.paid_at.isoformat(timespec="seconds") if order.paid_at else None,
        order.promised_by.isoformat(timespec="seconds") if order.promised_by else None,
        order.units,
        "; ".join(
            f"{line.quantity} x {line.product_name}, {line.variant_label} [{line.sku}]"
            for line in order.lines
        ),
        order.currency.code,
        *_amounts(order),
        buyer.email,
        buyer.name,
        buyer.phone,
        *_address(buyer.ship_to),
        "; ".join(parcel.tracking for parcel in order.parcels if parcel.tracking),
        order.id,
    )
    return ["" if cell is None else str(cell) for cell in cells]


def _amounts(order: Order) -> Iterator[object]:
    sums: tuple[Money, ...] = (
        order.subtotal, order.discount, order.shipping, order.tax, order.total,
        order.captured, order.refunded,
    )  # fmt: skip
    return (money.amount for money in sums)


def _address(address: Address | None) -> Sequence[str | None]:
    if address is None:
        return (None,) * 5
    street = ", ".join(filter(None, (address.line1, address.line2)))
    return (street, address.city, address.state, address.postal_code, address.country)


ORDER_SHEET = [export_orders]
