"""What admins do to the catalogue: holding, changing, removing, sorting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.application.ports.views import Page
from eterno.domain.basket import MOST_ID
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.errors import NotFound
from tests.builders import add_category, add_product, order_of, place, put_on_sale
from tests.contracts.conftest import Bench
from tests.contracts.race import rivals

UNKNOWN = [0, -1, 999, 2**31, MOST_ID]

# Categories


def test_categories_are_held_by_id_each_once(store: Store) -> None:
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    add_category(store, "Elsewhere")

    with store.begin() as work:
        held = work.categories.hold([unscented.id, gifts.id, unscented.id])
        assert list(held) == [gifts, unscented]
        assert list(work.categories.hold([])) == []


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_an_unknown_category_cannot_be_held(store: Store, unknown: int) -> None:
    gifts = add_category(store)

    with store.begin() as work, pytest.raises(NotFound, match=f"Category {unknown} not found"):
        work.categories.hold([gifts.id, unknown])


def test_a_category_is_kept_as_it_was_saved(store: Store) -> None:
    gifts, other = add_category(store, "Gifts"), add_category(store, "Other")
    presents = Category(id=gifts.id, name="Presents", description="To\ngive")
    with store.begin() as work:
        work.categories.hold([gifts.id])
        work.categories.save(presents)

    with store.begin() as work:
        assert list(work.categories.all()) == [presents, other]


def test_when_a_category_goes_its_products_stay(bench: Bench) -> None:
    gifts, other = add_category(bench.store, "Gifts"), add_category(bench.store, "Other")
    product = add_product(bench.store, categories=(gifts, other))
    with bench.store.begin() as work:
        work.categories.hold([gifts.id])
        work.categories.remove(gifts.id)

    assert list(bench.window.categories()) == [other]
    assert bench.window.product(product.id).categories == (other,)


def test_a_category_that_is_held_is_kept_from_everybody_else(store: Store) -> None:
    gifts = add_category(store)

    def rename() -> Category:
        with store.begin() as work:
            (held,) = work.categories.hold([gifts.id])
            return held

    with rivals() as start:
        with store.begin() as work:
            work.categories.hold([gifts.id])
            rival = start(rename)
            rival.must_wait()
            work.categories.save(replace(gifts, name="Presents"))

        assert rival.result().name == "Presents"


# Products


def test_a_product_is_kept_as_it_was_saved(store: Store) -> None:
    product, other = add_product(store, "Oat"), add_product(store, "Rose")
    edited = Product(
        id=product.id,
        slug="another",
        name="Milk",
        description="Mild",
        long_description="Once",
        ingredients=("milk",),
        img_key="products/milk.jpg",
    )
    with store.begin() as work:
        assert work.products.hold(product.id) == product
        work.products.save(edited)

    with store.begin() as work:
        assert list(work.products.all()) == [edited, other]
        assert work.products.hold(product.id) == edited


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_an_unknown_product_cannot_be_held(store: Store, unknown: int) -> None:
    add_product(store)

    with store.begin() as work, pytest.raises(NotFound, match=f"Product {unknown} not found"):
        work.products.hold(unknown)


def test_an_archived_product_cannot_be_held(store: Store) -> None:
    gone = add_product(store, archived=True)

    with store.begin() as work, pytest.raises(NotFound, match=f"Product {gone.id} not found"):
        work.products.hold(gone.id)


def test_whoever_waited_for_a_product_that_was_archived_does_not_get_it(store: Store) -> None:
    product = add_product(store)

    def hold() -> Product:
        with store.begin() as work:
            return work.products.hold(product.id)

    with rivals() as start:
        with store.begin() as work:
            held = work.products.hold(product.id)
            rival = start(hold)
            rival.must_wait()
            work.products.save(held.archive())

        with pytest.raises(NotFound):
            rival.result()


def test_a_product_without_variants_can_be_erased(bench: Bench) -> None:
    gifts = add_category(bench.store)
    product = add_product(bench.store, categories=(gifts,))
    with bench.store.begin() as work:
        work.products.hold(product.id)
        assert work.products.remove(product.id)

    assert list(bench.window.products()) == []
    assert bench.window.category(gifts.id) == (gifts, Page(products=[], more=False))


@pytest.mark.parametrize("archived", [False, True])
def test_a_product_with_variants_is_not_erased(bench: Bench, archived: bool) -> None:
    soap = put_on_sale(bench.store, archived=archived)
    with bench.store.begin() as work:
        work.products.hold(soap.product_id)
        assert not work.products.remove(soap.product_id)

    assert bench.window.product(soap.product_id).product.id == soap.product_id


def test_a_product_is_put_into_categories_and_taken_out(store: Store) -> None:
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    product, other = add_product(store, "Oat"), add_product(store, "Rose", categories=(gifts,))
    with store.begin() as work:
        work.products.hold(product.id)
        work.categories.hold([gifts.id, unscented.id])
        work.products.assign(product.id, [unscented.id, gifts.id])
        work.products.assign(product.id, [gifts.id])
        work.products.assign(product.id, [])
        assert list(work.products.categories_of(product.id)) == [gifts, unscented]
    with store.begin() as work:
        work.products.unassign(product.id, [gifts.id, 999])
        work.products.unassign(product.id, [gifts.id])
        work.products.unassign(product.id, [])

    with store.begin() as work:
        assert list(work.products.categories_of(product.id)) == [unscented]
        assert list(work.products.categories_of(other.id)) == [gifts]
        assert list(work.products.categories_of(999)) == []


# Variants


def test_a_variant_is_kept_as_it_was_saved(bench: Bench, soap: Variant) -> None:
    other = put_on_sale(bench.store)
    edited = replace(soap, size="50 g", shape="heart", sku="OAT", price=soap.price * 2)
    with bench.store.begin() as work:
        assert work.variants.hold(soap.id) == soap
        work.variants.save(edited)

    with bench.store.begin() as work:
        assert work.variants.hold(soap.id, of=soap.product_id) == edited
        assert work.variants.hold(other.id) == other


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_an_unknown_variant_cannot_be_held(store: Store, soap: Variant, unknown: int) -> None:
    for of in (None, soap.product_id):
        with store.begin() as work, pytest.raises(NotFound, match=f"ProductVariant {unknown} not"):
            work.variants.hold(unknown, of=of)


def test_another_products_variant_cannot_be_held(store: Store, soap: Variant) -> None:
    other = add_product(store, "Rose")

    for of in (other.id, 999):
        with store.begin() as work, pytest.raises(NotFound, match=f"ProductVariant {soap.id} not"):
            work.variants.hold(soap.id, of=of)


def test_an_archived_variant_cannot_be_held(store: Store) -> None:
    gone = put_on_sale(store, archived=True)

    with store.begin() as work, pytest.raises(NotFound):
        work.variants.hold(gone.id)


def test_all_variants_of_a_product_are_held_by_id_but_those_archived(store: Store) -> None:
    product = add_product(store)
    first, _, third = (
        put_on_sale(store, product, archived=archived) for archived in (False, True, False)
    )
    put_on_sale(store, add_product(store, "Rose"))

    with store.begin() as work:
        assert list(work.variants.hold_all(product.id)) == [first, third]
        assert list(work.variants.hold_all(999)) == []


def test_a_variant_cannot_take_the_sku_of_another(store: Store, soap: Variant) -> None:
    other = put_on_sale(store, sku="OAT")

    with pytest.raises(AlreadyThere) as refusal, store.begin() as work:
        work.variants.save(replace(work.variants.hold(soap.id), sku=other.sku))

    assert refusal.value.name == "SKU"


def test_a_variant_that_is_held_is_kept_from_other_admins(store: Store, soap: Variant) -> None:
    def rename() -> str:
        with store.begin() as work:
            return work.variants.hold(soap.id).size

    with rivals() as start:
        with store.begin() as work:
            held = work.variants.hold(soap.id)
            rival = start(rename)
            rival.must_wait()
            work.variants.save(replace(held, size="50 g"))

        assert rival.result() == "50 g"


def test_a_variant_nobody_knows_of_can_be_erased_with_its_shelf(bench: Bench) -> None:
    empty = put_on_sale(bench.store, pieces=0)
    with bench.store.begin() as work:
        work.variants.hold(empty.id)
        assert work.variants.remove(empty.id)

    assert bench.window.product(empty.product_id).variants == ()
    with bench.store.begin() as work, pytest.raises(NotFound):
        work.variants.hold(empty.id)
    with bench.store.begin() as work:
        work.variants.add(empty)  # neither its id nor its SKU is taken


def test_a_variant_with_a_movement_is_not_erased(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        work.variants.hold(soap.id)
        assert not work.variants.remove(soap.id)

    with store.begin() as work:
        assert work.variants.hold(soap.id) == soap


def test_a_variant_that_was_ordered_is_not_erased(store: Store) -> None:
    never_delivered = put_on_sale(store, pieces=0)
    with store.begin() as work:
        work.orders.add(order_of((never_delivered, 1), at=work.now))

    with store.begin() as work:
        work.variants.hold(never_delivered.id)
        assert not work.variants.remove(never_delivered.id)


def test_what_is_being_bought_is_not_erased_in_between(store: Store) -> None:
    empty = put_on_sale(store, pieces=0)

    def remove() -> bool:
        with store.begin() as work:
            work.variants.hold(empty.id)
            return work.variants.remove(empty.id)

    with rivals() as start:
        with store.begin() as work:
            assert set(work.variants.offers([empty.id])) == {empty.id}
            rival = start(remove)
            rival.must_wait()
            work.orders.add(order_of((empty, 1), at=work.now))

        assert not rival.result()


def test_what_is_being_erased_is_not_offered_any_more(store: Store) -> None:
    empty = put_on_sale(store, pieces=0)

    def look() -> set[int]:
        with store.begin() as work:
            return set(work.variants.offers([empty.id]))

    with rivals() as start:
        with store.begin() as work:
            work.variants.hold(empty.id)
            assert work.variants.remove(empty.id)
            rival = start(look)
            rival.must_wait()

        assert rival.result() == set()


def test_what_is_archived_is_no_longer_offered(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        order = place(work, (soap, 1))
        work.variants.hold(soap.id)
        work.variants.save(soap.archive())

    with store.begin() as work:
        assert work.variants.offers([soap.id]) == {}
        assert work.orders.get(order.id) == order
