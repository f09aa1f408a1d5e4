from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from eterno.application.ports.queues import Task
from eterno.application.ports.views import Glance, Page, Pulse
from eterno.domain.basket import MOST_ID
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from eterno.domain.orders import OrderState
from tests.builders import add_category, add_product, place, put_on_sale
from tests.contracts.conftest import Bench

# The shop window


def test_an_empty_shop_shows_nothing(bench: Bench) -> None:
    assert list(bench.window.products()) == []
    assert list(bench.window.categories()) == []


def test_products_are_shown_by_id_with_their_variants_and_categories_by_id(bench: Bench) -> None:
    store = bench.store
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    oat = add_product(store, "Oat", categories=(unscented, gifts))
    rose = add_product(store, "Rose")
    small, other, large = (
        put_on_sale(store, product, size=size)
        for product, size in ((oat, "50 g"), (rose, "80 g"), (oat, "100 g"))
    )

    shown_oat, shown_rose = bench.window.products()

    assert shown_oat.product == oat
    assert [shown.variant for shown in shown_oat.variants] == [small, large]
    assert shown_oat.categories == (gifts, unscented)
    assert shown_rose.product == rose
    assert [shown.variant for shown in shown_rose.variants] == [other]
    assert shown_rose.categories == ()


def test_a_product_without_variants_is_shown_without(bench: Bench) -> None:
    product = add_product(bench.store)

    assert bench.window.product(product.id).variants == ()


def test_what_is_available_is_what_is_not_held(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))

    (shown,) = bench.window.product(soap.product_id).variants

    assert shown.available == 7


def test_one_product_is_shown_as_among_all(bench: Bench) -> None:
    product = add_product(bench.store, categories=(add_category(bench.store),))
    put_on_sale(bench.store, product)
    put_on_sale(bench.store)

    assert bench.window.product(product.id) == bench.window.products()[0]


def test_what_is_archived_is_not_shown(bench: Bench) -> None:
    gifts = add_category(bench.store)
    gone = add_product(bench.store, "Old", categories=(gifts,), archived=True)
    product = add_product(bench.store, "New", categories=(gifts,))
    put_on_sale(bench.store, product, archived=True)

    assert [shown.product for shown in bench.window.products()] == [product]
    assert bench.window.product(product.id).variants == ()
    assert [shown.product for shown in bench.window.category(gifts.id)[1].products] == [product]
    with pytest.raises(NotFound, match=f"Product {gone.id} not found"):
        bench.window.product(gone.id)


def test_categories_are_shown_by_id(bench: Bench) -> None:
    categories = [add_category(bench.store, name) for name in ("Gifts", "Unscented", "Alpine")]

    assert list(bench.window.categories()) == categories


def test_a_category_is_shown_with_its_products_by_id_as_among_all(bench: Bench) -> None:
    store = bench.store
    gifts, unscented = add_category(store, "Gifts"), add_category(store, "Unscented")
    both = add_product(store, "Oat", categories=(unscented, gifts))
    add_product(store, "Rose", categories=(unscented,))
    one = add_product(store, "Mint", categories=(gifts,))
    put_on_sale(store, both)

    category, page = bench.window.category(gifts.id)

    assert (category, page.more) == (gifts, False)
    assert list(page.products) == [bench.window.product(both.id), bench.window.product(one.id)]


def test_of_a_large_category_the_first_products_are_shown(bench: Bench) -> None:
    gifts = add_category(bench.store)
    products = [add_product(bench.store, name, categories=(gifts,)) for name in ("Oat", "Rose")]

    for most, more in ((1, True), (2, False)):
        _, page = bench.window.category(gifts.id, most=most)
        assert [shown.product for shown in page.products] == products[:most]
        assert page.more == more


def test_at_a_glance_what_is_shown_is_counted_and_something_can_be_bought(bench: Bench) -> None:
    assert bench.window.glance() == Glance(products=0, variants=0, example=None)
    gone = add_product(bench.store, "Old", archived=True)
    put_on_sale(bench.store, gone)
    put_on_sale(bench.store, archived=True)
    put_on_sale(bench.store, pieces=1)
    soap, _ = (put_on_sale(bench.store) for _ in range(2))

    assert bench.window.glance() == Glance(
        products=4, variants=3, example=bench.window.variant(soap.id, of=soap.product_id)
    )


def test_a_category_may_be_empty(bench: Bench) -> None:
    gifts = add_category(bench.store)

    assert bench.window.category(gifts.id) == (gifts, Page(products=[], more=False))


@pytest.mark.parametrize("unknown", [0, -1, 999, 2**31, MOST_ID])
def test_what_does_not_exist_is_not_found_whatever_its_id(bench: Bench, unknown: int) -> None:
    with pytest.raises(NotFound, match=f"Product {unknown} not found"):
        bench.window.product(unknown)
    with pytest.raises(NotFound, match=f"Category {unknown} not found"):
        bench.window.category(unknown)


def test_one_variant_is_shown_as_in_its_product(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))

    shown = bench.window.variant(soap.id, of=soap.product_id)

    assert (shown.variant, shown.available) == (soap, 7)
    assert (shown,) == bench.window.product(soap.product_id).variants


def test_a_variant_is_shown_only_under_its_own_product_and_not_when_archived(
    bench: Bench, soap: Variant
) -> None:
    other = put_on_sale(bench.store)
    gone = put_on_sale(bench.store, archived=True)
    of_a_gone_product = put_on_sale(bench.store, add_product(bench.store, archived=True))

    for id, of in (
        (soap.id, other.product_id),
        (soap.id, 999),
        (999, soap.product_id),
        (MOST_ID, MOST_ID),
        (gone.id, gone.product_id),
        (of_a_gone_product.id, of_a_gone_product.product_id),
    ):
        with pytest.raises(NotFound, match=f"ProductVariant {id} not found"):
            bench.window.variant(id, of=of)


# Looked at twice


def test_a_view_that_is_looked_at_twice_shows_what_has_changed(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 1))
    before = bench.orders.find(order.token)
    with bench.store.begin() as work:
        work.orders.save(work.orders.hold(order.id).expire())

    assert before == order
    assert bench.orders.find(order.token) == replace(order, state=OrderState.EXPIRED)


# Pictures


def test_the_pictures_shown_are_listed_in_order_and_once(bench: Bench) -> None:
    store = bench.store
    oat = add_product(store, img_key="products/b.jpg")
    put_on_sale(store, oat, img_key="products/a.jpg")
    put_on_sale(store, oat, img_key="products/b.jpg")
    put_on_sale(store, oat, img_key="products/B.jpg")
    put_on_sale(store, oat)

    def listed(prefix: str, most: int = 10) -> list[str]:
        return list(bench.window.pictures(prefix, most=most))

    assert listed("products/") == ["products/B.jpg", "products/a.jpg", "products/b.jpg"]
    assert listed("products/", most=2) == ["products/B.jpg", "products/a.jpg"]
    assert listed("products/a") == ["products/a.jpg"]
    assert listed("products/%") == listed("products/_") == listed("\0") == []
    assert listed("") == listed("products/")


def test_pictures_of_what_is_archived_are_not_listed(bench: Bench) -> None:
    store = bench.store
    gone = add_product(store, img_key="products/a.jpg", archived=True)
    put_on_sale(store, gone, img_key="products/b.jpg")
    put_on_sale(store, img_key="products/c.jpg", archived=True)

    assert list(bench.window.pictures("products/", most=10)) == []


def test_an_archived_variant_is_only_shown_to_whoever_asks_for_it(bench: Bench) -> None:
    gone = put_on_sale(bench.store, pieces=3, archived=True)
    orphan = put_on_sale(bench.store, add_product(bench.store, archived=True))

    for variant in (gone, orphan):
        with pytest.raises(NotFound):
            bench.window.variant(variant.id, of=variant.product_id)
        shown = bench.window.variant(variant.id, of=variant.product_id, even_archived=True)
        assert shown.variant == variant
        with pytest.raises(NotFound):
            bench.window.variant(variant.id, of=variant.product_id + 9, even_archived=True)


# The pulse


def test_an_empty_shop_has_a_quiet_pulse(bench: Bench) -> None:
    assert bench.pulse.feel() == Pulse(
        held_units=0, awaiting=0, due=0, dead=0, oldest_due=timedelta(0)
    )


def test_the_pulse_tells_what_is_held_awaited_due_and_dead(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        place(work, (soap, 3))
        work.orders.save(place(work, (soap, 2)).expire())
        past = work.now - timedelta(seconds=90)
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 5)]
        work.outbox.add(tasks, past)
        claimed = work.outbox.claim(work.now, lease=timedelta(hours=1), most=3, attempts=5)
        finished, buried, _ = sorted(claimed, key=lambda task: task.id)
        work.outbox.done(finished, work.now)
        work.outbox.bury(buried, work.now, "no such mailbox")
        work.outbox.add([Task(id=UUID(int=9), reaction="wave", facts={})], work.now + timedelta(1))

    pulse = bench.pulse.feel()

    assert (pulse.held_units, pulse.awaiting, pulse.due, pulse.dead) == (5, 1, 1, 1)
    assert timedelta(seconds=90) <= pulse.oldest_due < timedelta(seconds=120)
