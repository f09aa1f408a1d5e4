"""Counting, receiving and correcting stock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eterno.application.catalog.as_seen import Outdated
from eterno.application.idempotency import KeyReused
from eterno.application.inventory.correct_stock import CorrectStock
from eterno.application.inventory.count_stock import CountStock
from eterno.application.inventory.receive_delivery import ReceiveDelivery
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.inventory import OutOfStock, Reason, Shelf
from tests.application.shop import Shop
from tests.application.staff import rosa_in, trail
from tests.builders import add_product, put_on_sale


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return rosa_in(shop.store)


@pytest.fixture
def count_stock(shop: Shop) -> CountStock:
    return CountStock(shop.store)


@pytest.fixture
def receive(shop: Shop) -> ReceiveDelivery:
    return ReceiveDelivery(shop.store)


@pytest.fixture
def correct(shop: Shop) -> CorrectStock:
    return CorrectStock(shop.store)


def newest(shop: Shop) -> tuple[int, Reason, str, str | None]:
    movement = shop.store.tables.movements[-1]
    return movement.change, movement.reason, movement.note, movement.actor


def test_a_count_leaves_what_is_held_standing(
    shop: Shop, rosa: Actor, soap: Variant, count_stock: CountStock
) -> None:
    shop.checkout((soap, 3))

    shown = count_stock(rosa, soap.product_id, soap.id, 5, note=" spring ")

    assert (shown.variant, shown.available) == (soap, 5)
    assert shop.on_shelf(soap) == (8, 3)
    assert newest(shop) == (-2, Reason.COUNT, "spring", "rosa")
    (entry,) = shop.store.tables.audit
    assert (entry.action, entry.before, entry.after) == (
        "move stock",
        {"on_hand": 10},
        {"on_hand": 8},
    )


def test_counting_twice_is_counting_once(
    shop: Shop, rosa: Actor, soap: Variant, count_stock: CountStock
) -> None:
    for _ in range(2):
        count_stock(rosa, soap.product_id, soap.id, 4)

    assert len(shop.store.tables.movements) == 2
    assert trail(shop.store) == [("move stock", f"variant {soap.id}")]


def test_a_count_is_refused_for_what_is_no_longer_as_it_was_seen(
    shop: Shop, rosa: Actor, soap: Variant, count_stock: CountStock
) -> None:
    def seen(available: int) -> bool:
        return available == 10

    def count() -> None:
        count_stock(rosa, soap.product_id, soap.id, 4, as_seen=lambda shown: seen(shown.available))

    count()
    with pytest.raises(Outdated):
        count()

    assert shop.on_shelf(soap) == (4, 0)


def test_only_what_can_be_is_counted(
    shop: Shop, rosa: Actor, soap: Variant, count_stock: CountStock
) -> None:
    for available, note in ((-1, ""), (1_000_001, ""), (5, "a\0b")):
        with pytest.raises(Invalid):
            count_stock(rosa, soap.product_id, soap.id, available, note=note)
    other = add_product(shop.store, "Rose")
    for product_id, variant_id in ((other.id, soap.id), (soap.product_id, 999)):
        with pytest.raises(NotFound, match=f"ProductVariant {variant_id} not found"):
            count_stock(rosa, product_id, variant_id, 5)

    assert shop.on_shelf(soap) == (10, 0)


def test_a_delivery_is_added(
    shop: Shop, rosa: Actor, soap: Variant, receive: ReceiveDelivery
) -> None:
    shop.checkout((soap, 3))

    assert receive(rosa, soap.id, 5, note="home") == Shelf(
        variant_id=soap.id, on_hand=15, reserved=3
    )

    assert shop.on_shelf(soap) == (15, 3)
    assert newest(shop) == (5, Reason.DELIVERY, "home", "rosa")
    assert trail(shop.store) == [("move stock", f"variant {soap.id}")]


def test_a_correction_is_made_and_explained(
    shop: Shop, rosa: Actor, soap: Variant, correct: CorrectStock
) -> None:
    shop.checkout((soap, 3))

    assert correct(rosa, soap.id, -7, note="broken").available == 0
    assert newest(shop) == (-7, Reason.COUNT, "broken", "rosa")
    with pytest.raises(OutOfStock):
        correct(rosa, soap.id, -1, note="broken")
    with pytest.raises(Invalid, match="note"):
        correct(rosa, soap.id, 1, note=" ")

    assert shop.on_shelf(soap) == (3, 3)


def test_under_one_key_a_movement_is_made_once(
    shop: Shop, rosa: Actor, soap: Variant, receive: ReceiveDelivery, correct: CorrectStock
) -> None:
    for _ in range(2):
        assert receive(rosa, soap.id, 5, key="k-1").on_hand == 15
    for _ in range(2):
        assert correct(rosa, soap.id, 5, note="found", key="k-2").on_hand == 20

    assert len(shop.store.tables.movements) == 3


def test_a_key_belongs_to_one_movement(
    shop: Shop, rosa: Actor, soap: Variant, receive: ReceiveDelivery, correct: CorrectStock
) -> None:
    other = put_on_sale(shop.store)
    receive(rosa, soap.id, 5, key="k-1")

    asks: list[Callable[[], Shelf]] = [
        lambda: receive(rosa, soap.id, 6, key="k-1"),
        lambda: receive(rosa, other.id, 5, key="k-1"),
        lambda: correct(rosa, soap.id, 5, note="found", key="k-1"),
    ]
    for ask in asks:
        with pytest.raises(KeyReused):
            ask()

    assert shop.on_shelf(soap) == (15, 0)
    assert shop.on_shelf(other) == (10, 0)


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "a\nb"])
def test_a_key_is_short_and_printable(
    rosa: Actor, soap: Variant, receive: ReceiveDelivery, correct: CorrectStock, key: str
) -> None:
    asks: list[Callable[[], Shelf]] = [
        lambda: receive(rosa, soap.id, 5, key=key),
        lambda: correct(rosa, soap.id, 5, note="found", key=key),
    ]
    for ask in asks:
        with pytest.raises(Invalid, match="Idempotency-Key"):
            ask()


def test_what_has_left_the_shop_is_not_moved(
    shop: Shop, rosa: Actor, receive: ReceiveDelivery, correct: CorrectStock
) -> None:
    gone = put_on_sale(shop.store, archived=True)

    for id in (gone.id, 999):
        with pytest.raises(NotFound, match=f"ProductVariant {id} not found"):
            receive(rosa, id, 1)
        with pytest.raises(NotFound, match=f"ProductVariant {id} not found"):
            correct(rosa, id, 1, note="found")


def test_a_collision_is_done_over(
    shop: Shop,
    rosa: Actor,
    soap: Variant,
    count_stock: CountStock,
    receive: ReceiveDelivery,
    correct: CorrectStock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    stories: list[Callable[[], object]] = [
        lambda: count_stock(rosa, soap.product_id, soap.id, 20),
        lambda: receive(rosa, soap.id, 5),
        lambda: correct(rosa, soap.id, -1, note="broken"),
    ]
    for story in stories:
        shop.store.collisions = 2
        story()

    assert shop.on_shelf(soap) == (24, 0)
    assert len(shop.store.tables.movements) == 4
