from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain.basket import MOST_ID
from eterno.domain.catalog import Category, Product, Variant
from tests.builders import add_category, add_product, place, put_on_sale
from tests.contracts.conftest import Bench

# Categories


def test_categories_are_listed_by_id(store: Store) -> None:
    with store.begin() as work:
        first, second = work.categories.next_id(), work.categories.next_id()
        later = Category(id=second, name="Gifts", description="To give,\nto keep")
        earlier = Category(id=first, name="Unscented", description="")
        work.categories.add(later)
        work.categories.add(earlier)

    with store.begin() as work:
        assert list(work.categories.all()) == [earlier, later]


def test_ids_are_new_even_when_those_before_were_never_used(store: Store) -> None:
    with store.begin() as work:
        categories = [work.categories.next_id() for _ in range(3)]
        products = [work.products.next_id() for _ in range(3)]
        variants = [work.variants.next_id() for _ in range(3)]
    with store.begin() as work:
        categories.append(work.categories.next_id())
        products.append(work.products.next_id())
        variants.append(work.variants.next_id())

    for ids in (categories, products, variants):
        assert len(set(ids)) == 4
        assert min(ids) >= 1


# Products


def test_a_product_is_kept_as_it_is(store: Store) -> None:
    with store.begin() as work:
        product = Product.described(
            id=work.products.next_id(),
            name="Crème à l'Avoine \N{BAR OF SOAP}",
            description="Gentle\nand mild",
            long_description="Once upon a time",
            ingredients=("oats", "honey", 'sodium "lye"', "a, b", "{}"),
            img_key="products/oat.jpg",
        )
        work.products.add(product)

    with store.begin() as work:
        assert list(work.products.all()) == [product]


def test_a_product_may_lack_all_that_is_optional(store: Store) -> None:
    with store.begin() as work:
        plain = Product.described(
            id=work.products.next_id(), name="Soap", description="", ingredients=()
        )
        work.products.add(plain)

    with store.begin() as work:
        assert list(work.products.all()) == [plain]


def test_products_are_listed_by_id_without_those_archived(store: Store) -> None:
    with store.begin() as work:
        ids = [work.products.next_id() for _ in range(3)]
        first, second, third = (
            Product.described(id=id, name="Soap", description="", ingredients=()) for id in ids
        )
        for product in (third, second.archive(), first):
            work.products.add(product)

    with store.begin() as work:
        assert list(work.products.all()) == [first, third]


def test_a_product_is_put_into_categories_that_exist(bench: Bench) -> None:
    unknown = Category(id=999, name="Gifts", description="")

    with pytest.raises(bench.broken_rule):
        add_product(bench.store, categories=(unknown,))


def test_no_two_products_share_an_id_or_an_address(bench: Bench) -> None:
    product = add_product(bench.store)

    for twin in (replace(product, slug="other"), replace(product, id=product.id + 100)):
        with pytest.raises(bench.broken_rule), bench.store.begin() as work:
            work.products.add(twin)


# Variants


def test_a_sku_belongs_to_one_variant(store: Store) -> None:
    put_on_sale(store, sku="OAT-100")
    other = add_product(store, "Rose")

    with pytest.raises(AlreadyThere) as refusal:
        put_on_sale(store, other, sku="OAT-100")

    assert refusal.value.name == "SKU"


def test_the_sku_of_an_archived_variant_stays_its_own(store: Store) -> None:
    put_on_sale(store, sku="OAT-100", archived=True)

    with pytest.raises(AlreadyThere):
        put_on_sale(store, add_product(store, "Rose"), sku="OAT-100")


def test_a_variant_is_of_a_product_that_exists(bench: Bench, soap: Variant) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.variants.add(
            replace(soap, id=work.variants.next_id(), sku="X", product_id=soap.product_id + 100)
        )


# Offers


def test_what_can_be_bought_is_offered_with_all_that_an_order_must_remember(store: Store) -> None:
    product = add_product(store, "Oat & Honey")
    soap = put_on_sale(store, product, pieces=7)

    with store.begin() as work:
        offer = work.variants.offers([soap.id])[soap.id]

    assert (offer.variant, offer.product_name, offer.available) == (soap, "Oat & Honey", 7)


def test_only_what_was_asked_for_is_offered(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)

    with store.begin() as work:
        assert set(work.variants.offers([soap.id])) == {soap.id}
        assert set(work.variants.offers([other.id, soap.id, soap.id])) == {soap.id, other.id}
        assert work.variants.offers([]) == {}


def test_what_is_held_is_not_available(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        place(work, (soap, 3))

    with store.begin() as work:
        assert work.variants.offers([soap.id])[soap.id].available == 7


def test_archived_variants_are_missing(store: Store) -> None:
    gone = put_on_sale(store, archived=True)
    of_a_gone_product = put_on_sale(store, add_product(store, "Old", archived=True))

    with store.begin() as work:
        assert work.variants.offers([gone.id, of_a_gone_product.id]) == {}


@pytest.mark.parametrize("unknown", [0, -1, 999, 2**31, MOST_ID])
def test_unknown_variants_are_missing_whatever_their_id(
    store: Store, soap: Variant, unknown: int
) -> None:
    with store.begin() as work:
        assert set(work.variants.offers([soap.id, unknown])) == {soap.id}


def test_a_look_at_the_offers_keeps_nobody_away(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        before = work.variants.offers(iter([soap.id]))

    with store.begin() as work:
        place(work, (soap, 1))
        assert work.variants.offers([soap.id])[soap.id].available == 9
    assert before[soap.id].available == 10


def test_a_category_added_in_one_work_can_be_used_in_the_next(bench: Bench) -> None:
    gifts = add_category(bench.store)

    product = add_product(bench.store, categories=(gifts,))

    assert bench.window.product(product.id).categories == (gifts,)
