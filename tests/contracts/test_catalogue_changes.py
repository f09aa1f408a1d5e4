"""The catalogue as it changes, told to one listener."""

from __future__ import annotations

import pytest

from eterno.application.ports.views import CatalogueNews, ShownProduct
from eterno.domain.catalog import Variant
from tests.builders import add_category, add_product, place, put_on_sale
from tests.contracts.conftest import Bench


def everything(bench: Bench) -> tuple[list[ShownProduct], list[object]]:
    return list(bench.window.products()), list(bench.window.categories())


def test_the_first_look_tells_everything(bench: Bench) -> None:
    product = add_product(bench.store, categories=(add_category(bench.store),))
    put_on_sale(bench.store, product)
    add_product(bench.store, archived=True)

    news = bench.changes.look()

    assert news.anew
    assert (list(news.shown), list(news.categories or ())) == everything(bench)


def test_an_empty_shop_is_told_as_empty(bench: Bench) -> None:
    news = bench.changes.look()

    assert (news.anew, list(news.shown), list(news.categories or ())) == (True, [], [])


def test_where_nothing_has_changed_there_is_nothing_to_tell(bench: Bench, soap: Variant) -> None:
    bench.changes.look()

    assert bench.changes.look() == CatalogueNews()


def test_a_new_product_is_told(bench: Bench, soap: Variant) -> None:
    bench.changes.look()
    variant = put_on_sale(bench.store)

    news = bench.changes.look()

    assert bench.window.product(variant.product_id) in list(news.shown)
    assert bench.changes.look() == CatalogueNews()


def test_a_sale_is_told(bench: Bench, soap: Variant) -> None:
    bench.changes.look()
    with bench.store.begin() as work:
        place(work, (soap, 3))

    news = bench.changes.look()

    told = {each.variant.id: each.available for shown in news.shown for each in shown.variants}
    assert {**news.stock, **told} == {soap.id: 7}


def test_a_new_category_is_told_with_all_the_others(bench: Bench) -> None:
    first = add_category(bench.store, "Gifts")
    bench.changes.look()
    second = add_category(bench.store, "Unscented")

    assert list(bench.changes.look().categories or ()) == [first, second]


def test_of_a_product_taken_out_of_a_category_only_that_one_is_told(bench: Bench) -> None:
    gifts = add_category(bench.store)
    product, _ = (add_product(bench.store, name, categories=(gifts,)) for name in ("Oat", "Rose"))
    bench.changes.look()
    with bench.store.begin() as work:
        work.products.hold(product.id)
        work.products.unassign(product.id, [gifts.id])

    assert bench.changes.look() == CatalogueNews(shown=(bench.window.product(product.id),))
    assert bench.changes.look() == CatalogueNews()


def test_a_category_that_was_erased_is_told_with_those_that_were_in_it(bench: Bench) -> None:
    gifts, others = add_category(bench.store, "Gifts"), add_category(bench.store, "Others")
    product = add_product(bench.store, categories=(gifts, others))
    add_product(bench.store, categories=(others,))
    bench.changes.look()
    with bench.store.begin() as work:
        work.categories.hold([gifts.id])
        work.categories.remove(gifts.id)

    news = bench.changes.look()

    assert list(news.shown) == [bench.window.product(product.id)]
    assert (news.anew, news.gone, list(news.categories or ())) == (False, frozenset(), [others])


def test_a_product_that_was_erased_is_told_as_gone_and_nothing_else(
    bench: Bench, soap: Variant
) -> None:
    product = add_product(bench.store, categories=(add_category(bench.store),))
    bench.changes.look()
    with bench.store.begin() as work:
        work.products.hold(product.id)
        assert work.products.remove(product.id)

    assert bench.changes.look() == CatalogueNews(gone=frozenset({product.id}))
    assert bench.changes.look() == CatalogueNews()


def test_a_variant_that_was_erased_leaves_its_product_told(bench: Bench, soap: Variant) -> None:
    variant = put_on_sale(bench.store, pieces=0)
    bench.changes.look()
    with bench.store.begin() as work:
        work.variants.hold(variant.id)
        assert work.variants.remove(variant.id)

    news = bench.changes.look()

    assert list(news.shown) == [bench.window.product(variant.product_id)]
    assert (news.anew, news.gone, news.shown[0].variants) == (False, frozenset(), ())


def test_whoever_changes_something_here_is_noticed_at_once(bench: Bench, soap: Variant) -> None:
    before = bench.changes.stirs

    add_product(bench.store)

    assert bench.changes.stirs > before


def test_a_sale_of_this_process_is_noticed_at_once(bench: Bench, soap: Variant) -> None:
    bench.changes.look()
    before = bench.changes.stirs
    with bench.store.begin() as work:
        place(work, (soap, 3))

    assert bench.changes.stirs > before or bench.changes.own_stock() == {soap.id: 7}
    assert bench.changes.own_stock() == {}


def test_what_was_not_committed_is_not_news(bench: Bench, soap: Variant) -> None:
    bench.changes.look()

    def change_her_mind() -> None:
        with bench.store.begin() as work:
            place(work, (soap, 3))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_her_mind()

    assert bench.changes.own_stock() == {}
    assert bench.changes.look() == CatalogueNews()
