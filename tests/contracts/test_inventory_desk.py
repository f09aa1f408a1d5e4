"""The stock room, as the owner sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from eterno.adapters.postgres.inventory_desk import PostgresInventoryDesk
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.views import StockLine
from eterno.domain.basket import MOST_ID
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from tests.builders import add_product, delivery, place, put_on_sale, sale
from tests.contracts.conftest import Bench


def test_the_stock_is_listed_by_variant_with_what_is_held(bench: Bench, soap: Variant) -> None:
    other = put_on_sale(bench.store, add_product(bench.store, "Rose"), pieces=0)
    with bench.store.begin() as work:
        place(work, (soap, 3))

    first, second = bench.inventory.stock()

    assert first == StockLine(variant=soap, product_name="Oat & Honey", on_hand=10, held=3)
    assert first.available == 7
    assert second == StockLine(variant=other, product_name="Rose", on_hand=0, held=0)
    assert bench.inventory.line(soap.id) == first


def test_only_what_is_low_can_be_looked_at(bench: Bench, soap: Variant) -> None:
    empty = put_on_sale(bench.store, pieces=0)
    with bench.store.begin() as work:
        place(work, (soap, 3))

    def low(at_most: int | None) -> list[int]:
        return [line.variant.id for line in bench.inventory.stock(at_most=at_most)]

    assert low(None) == low(7) == [soap.id, empty.id]
    assert low(6) == low(0) == [empty.id]


def test_what_is_archived_is_not_in_stock(bench: Bench, soap: Variant) -> None:
    gone = put_on_sale(bench.store, archived=True)
    of_a_gone_product = put_on_sale(bench.store, add_product(bench.store, archived=True))

    assert [line.variant for line in bench.inventory.stock()] == [soap]
    for id in (gone.id, of_a_gone_product.id, 0, 999, MOST_ID):
        with pytest.raises(NotFound, match=f"ProductVariant {id} not found"):
            bench.inventory.line(id)


def test_movements_are_shown_as_they_were_written_the_newest_first(
    bench: Bench, soap: Variant
) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 2))
        sold = sale(soap.id, 2, order_id=order.id, at=work.now)
        work.shelves.record([sold])
    bench.advance(timedelta(seconds=1))
    with bench.store.begin() as work:
        brought = replace(delivery(soap.id, 5, at=work.now), note="home", actor="rosa", key="k")
        work.shelves.record([brought])

    newest, before, _ = bench.inventory.movements()

    assert (newest.movement, before.movement) == (brought, sold)
    assert newest.id > before.id


def test_movements_are_read_page_by_page(bench: Bench, soap: Variant) -> None:
    gone = put_on_sale(bench.store, archived=True)
    with bench.store.begin() as work:
        work.shelves.record(delivery(soap.id, pieces, at=work.now) for pieces in (1, 2, 3))

    everything = list(bench.inventory.movements())
    page = list(bench.inventory.movements(most=2))

    assert [shown.movement.change for shown in everything] == [3, 2, 1, 10, 10]
    assert page == everything[:2]
    assert list(bench.inventory.movements(after=page[-1].id, most=2)) == everything[2:4]
    assert list(bench.inventory.movements(after=everything[-1].id)) == []
    assert list(bench.inventory.movements(variant_id=gone.id)) == [everything[3]]
    assert list(bench.inventory.movements(variant_id=soap.id, after=page[-1].id)) == [
        everything[2],
        everything[4],
    ]
    assert list(bench.inventory.movements(variant_id=MOST_ID, after=MOST_ID)) == []


def test_a_large_stock_room_costs_no_more_questions_than_a_small_one(database_uri: str) -> None:
    store = PostgresStore(database_uri)
    desk = PostgresInventoryDesk(store)
    for _ in range(5):
        put_on_sale(store)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    assert len(desk.stock()) == len(desk.movements()) == 5

    assert len(asked) == 2
    store.close()
