"""Looking after products, variants and categories."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.views import MemoryShopWindow
from eterno.application.catalog.add_categories import MOST_AT_ONCE, AddCategories
from eterno.application.catalog.add_product import AddProduct
from eterno.application.catalog.add_variant import AddVariant
from eterno.application.catalog.as_seen import Outdated
from eterno.application.catalog.drafts import CategoryDraft, ProductDraft, VariantDraft
from eterno.application.catalog.edit_category import EditCategory
from eterno.application.catalog.edit_product import EditProduct
from eterno.application.catalog.edit_variant import EditVariant
from eterno.application.catalog.remove_category import RemoveCategory
from eterno.application.catalog.remove_product import RemoveProduct
from eterno.application.catalog.remove_variant import RemoveVariant
from eterno.application.catalog.sort_product import SortProduct
from eterno.application.ports.store import AlreadyThere
from eterno.application.ports.views import ShownVariant
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.inventory import Reason
from eterno.domain.orders import OrderState
from tests.application.shop import Shop
from tests.application.staff import rosa_in, trail
from tests.builders import add_category, add_product, put_on_sale, usd
from tests.support.pictures import JPEG

OAT = ProductDraft(name="Oat", description="Gentle", ingredients=("oats",))
BAR = VariantDraft(size="100 g", price=usd("8.99"), stock=12)
GIFTS = CategoryDraft(name="Gifts", description="To give")


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return rosa_in(shop.store)


@pytest.fixture
def window(shop: Shop) -> MemoryShopWindow:
    return MemoryShopWindow(shop.store)


# Products


def test_a_new_product_is_in_the_window(shop: Shop, rosa: Actor, window: MemoryShopWindow) -> None:
    product = AddProduct(shop.store, shop.pictures)(rosa, OAT)

    assert window.product(product.id).product == product
    (entry,) = shop.store.tables.audit
    assert (entry.actor, entry.action, entry.before) == (rosa, "add product", None)
    assert entry.after is not None
    assert (entry.after["name"], entry.after["ingredients"]) == ("Oat", ["oats"])


def test_an_edited_product_keeps_its_address_and_the_trail_has_what_changed(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    product = add_product(shop.store, "Oat & Honey")
    milk = ProductDraft(name="Milk", description="Gentle", ingredients=("oats", "honey"))

    edited = EditProduct(shop.store, shop.pictures, shop.ids)(rosa, product.id, milk)

    assert edited == window.product(product.id).product == replace(product, name="Milk")
    (entry,) = shop.store.tables.audit
    assert (entry.before, entry.after) == ({"name": "Oat & Honey"}, {"name": "Milk"})


def test_what_was_ordered_keeps_the_name_it_was_bought_under(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    shop.checkout((soap, 1))

    EditProduct(shop.store, shop.pictures, shop.ids)(rosa, soap.product_id, OAT)

    assert shop.order.lines[0].product_name == "Oat & Honey"


def test_a_product_that_was_only_words_is_erased(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    product = add_product(shop.store, categories=(add_category(shop.store),))
    empty = put_on_sale(shop.store, product, pieces=0)

    RemoveProduct(shop.store, shop.ids)(rosa, product.id)

    assert window.products() == []
    assert not shop.store.tables.products
    assert not shop.store.tables.shelves
    assert trail(shop.store) == [
        ("erase variant", f"variant {empty.id}"),
        ("erase product", f"product {product.id}"),
    ]


def test_a_product_that_was_sold_is_archived_with_what_the_books_name(
    shop: Shop, rosa: Actor, soap: Variant, window: MemoryShopWindow
) -> None:
    product = window.product(soap.product_id).product
    empty = put_on_sale(shop.store, product, size="50 g", pieces=0)
    shop.checkout((soap, 2))

    RemoveProduct(shop.store, shop.ids)(rosa, product.id)

    assert window.products() == []
    assert shop.store.tables.products == {product.id: product.archive()}
    assert shop.store.tables.variants == {soap.id: soap.archive()}
    assert trail(shop.store) == [
        ("archive variant", f"variant {soap.id}"),
        ("erase variant", f"variant {empty.id}"),
        ("archive product", f"product {product.id}"),
    ]
    with pytest.raises(NotFound, match=f"ProductVariant {soap.id} not found"):
        shop.checkout((soap, 1))


def test_a_buyer_who_is_paying_may_go_on(shop: Shop, rosa: Actor, soap: Variant) -> None:
    shop.checkout((soap, 2))
    RemoveProduct(shop.store, shop.ids)(rosa, soap.product_id)

    shop.hear(shop.payments.pay(shop.session))

    assert shop.order.state is OrderState.PAID
    assert shop.on_shelf(soap) == (8, 0)


def test_a_product_whose_last_variant_is_archived_is_archived_too(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id)

    RemoveProduct(shop.store, shop.ids)(rosa, soap.product_id)

    assert shop.store.tables.products[soap.product_id].archived


# Variants


def test_a_new_variant_comes_with_a_delivery(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    product = add_product(shop.store)

    shown = AddVariant(shop.store, shop.pictures)(rosa, product.id, BAR)

    assert window.product(product.id).variants == (shown,)
    assert shown.available == 12
    (movement,) = shop.store.tables.movements
    assert (movement.change, movement.reason, movement.actor) == (12, Reason.DELIVERY, "rosa")
    assert trail(shop.store) == [
        ("add variant", f"variant {shown.variant.id}"),
        ("move stock", f"variant {shown.variant.id}"),
    ]


def test_a_variant_without_pieces_needs_no_delivery(shop: Shop, rosa: Actor) -> None:
    product = add_product(shop.store)

    shown = AddVariant(shop.store, shop.pictures)(rosa, product.id, replace(BAR, stock=0))

    assert shop.on_shelf(shown.variant) == (0, 0)
    assert shop.store.tables.movements == []


def test_a_variant_that_cannot_be_leaves_nothing_behind(shop: Shop, rosa: Actor) -> None:
    product = add_product(shop.store)
    add_variant = AddVariant(shop.store, shop.pictures)

    for draft in (replace(BAR, stock=-1), replace(BAR, stock=1_000_001), replace(BAR, size="")):
        with pytest.raises(Invalid):
            add_variant(rosa, product.id, draft)
    for unknown in (999, add_product(shop.store, archived=True).id):
        with pytest.raises(NotFound, match=f"Product {unknown} not found"):
            add_variant(rosa, unknown, BAR)

    assert not shop.store.tables.variants
    assert trail(shop.store) == []


def test_an_edited_variant_is_counted(shop: Shop, rosa: Actor, soap: Variant) -> None:
    shop.checkout((soap, 3))

    shown = EditVariant(shop.store, shop.pictures, shop.ids)(
        rosa, soap.product_id, soap.id, replace(BAR, shape="heart", stock=5)
    )

    assert shown == ShownVariant(variant=replace(soap, shape="heart"), available=5)
    assert shop.on_shelf(soap) == (8, 3)
    movement = shop.store.tables.movements[-1]
    assert (movement.change, movement.reason, movement.actor) == (-2, Reason.COUNT, "rosa")
    assert shop.order.lines[0].variant_label == "100 g"


def test_a_variant_keeps_its_sku_unless_the_owner_writes_another(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    edit_variant = EditVariant(shop.store, shop.pictures, shop.ids)
    put_on_sale(shop.store, sku="TAKEN")

    for draft, sku in ((replace(BAR, sku="OAT"), "OAT"), (BAR, "OAT")):
        assert edit_variant(rosa, soap.product_id, soap.id, draft).variant.sku == sku
    with pytest.raises(AlreadyThere):
        edit_variant(rosa, soap.product_id, soap.id, replace(BAR, sku="TAKEN"))


def test_a_variant_is_its_products_whatever_is_asked(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    other = add_product(shop.store, "Rose")

    with pytest.raises(NotFound):
        EditVariant(shop.store, shop.pictures, shop.ids)(rosa, other.id, soap.id, BAR)
    with pytest.raises(NotFound):
        RemoveVariant(shop.store, shop.ids)(rosa, other.id, soap.id)

    assert shop.store.tables.variants == {soap.id: soap}


def test_a_variant_is_changed_only_if_it_is_as_it_was_seen(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    asked: list[ShownVariant] = []

    def never(shown: ShownVariant) -> bool:
        asked.append(shown)
        return False

    with pytest.raises(Outdated):
        EditVariant(shop.store, shop.pictures, shop.ids)(
            rosa, soap.product_id, soap.id, BAR, as_seen=never
        )
    with pytest.raises(Outdated):
        RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id, as_seen=never)

    assert asked == [ShownVariant(variant=soap, available=10)] * 2
    assert trail(shop.store) == []
    RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id, as_seen=lambda _: True)
    assert shop.store.tables.variants[soap.id].archived


def test_a_variant_that_was_in_stock_is_archived_and_what_is_held_stays_held(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    shop.checkout((soap, 2))

    RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id)

    assert shop.on_shelf(soap) == (10, 2)
    (entry,) = shop.store.tables.audit
    assert (entry.before, entry.after) == ({"archived": False}, {"archived": True})
    with pytest.raises(NotFound):
        RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id)


# Categories


def test_categories_are_made_all_or_none(shop: Shop, rosa: Actor, window: MemoryShopWindow) -> None:
    add_categories = AddCategories(shop.store)

    with pytest.raises(Invalid) as refusal:
        add_categories(rosa, [GIFTS, replace(GIFTS, name="")])
    assert [fault.field for fault in refusal.value.faults] == ["[1].name"]
    with pytest.raises(Invalid, match="at most 100"):
        add_categories(rosa, [GIFTS] * (MOST_AT_ONCE + 1))
    assert window.categories() == ()

    made = add_categories(rosa, [GIFTS, replace(GIFTS, name="Unscented")])
    assert [category.name for category in made] == ["Gifts", "Unscented"]
    assert list(window.categories()) == list(made)
    assert [action for action, _ in trail(shop.store)] == ["add category"] * 2


def test_a_category_is_named_differently_and_given_up(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    category = add_category(shop.store, "Presents")
    product = add_product(shop.store, categories=(category,))

    edited = EditCategory(shop.store)(rosa, category.id, GIFTS)
    assert window.product(product.id).categories == (edited,)
    assert (edited.name, edited.description) == ("Gifts", "To give")

    RemoveCategory(shop.store)(rosa, category.id)
    assert window.product(product.id).categories == ()
    assert [action for action, _ in trail(shop.store)] == ["edit category", "erase category"]


def test_a_product_is_sorted_and_doing_it_again_leaves_no_trace(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    gifts, unscented = add_category(shop.store, "Gifts"), add_category(shop.store, "Unscented")
    product = add_product(shop.store, categories=(gifts,))
    sort_product = SortProduct(shop.store)

    for _ in range(2):
        named = sort_product(rosa, product.id, into=[unscented.id], out_of=iter([gifts.id]))
        assert list(named) == [gifts, unscented]
        assert window.product(product.id).categories == (unscented,)

    (entry,) = shop.store.tables.audit
    assert (entry.before, entry.after) == (
        {"categories": ["Gifts"]},
        {"categories": ["Unscented"]},
    )


def test_sorting_names_what_does_not_exist(shop: Shop, rosa: Actor) -> None:
    product = add_product(shop.store)
    sort_product = SortProduct(shop.store)

    with pytest.raises(NotFound, match="Product 999 not found"):
        sort_product(rosa, 999)
    for wish in ({"into": [998]}, {"out_of": [998]}):
        with pytest.raises(NotFound, match="Category 998 not found"):
            sort_product(rosa, product.id, **wish)


# Whatever is done


def test_a_collision_is_done_over_and_a_refusal_leaves_no_trace(
    shop: Shop, rosa: Actor, soap: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    gifts = add_category(shop.store)
    for story in (
        lambda: EditCategory(shop.store)(rosa, gifts.id, GIFTS),
        lambda: EditProduct(shop.store, shop.pictures, shop.ids)(rosa, soap.product_id, OAT),
        lambda: SortProduct(shop.store)(rosa, soap.product_id, into=[gifts.id]),
        lambda: EditVariant(shop.store, shop.pictures, shop.ids)(
            rosa, soap.product_id, soap.id, BAR
        ),
        lambda: AddVariant(shop.store, shop.pictures)(rosa, soap.product_id, BAR),
        lambda: RemoveVariant(shop.store, shop.ids)(rosa, soap.product_id, soap.id),
        lambda: RemoveCategory(shop.store)(rosa, gifts.id),
        lambda: RemoveProduct(shop.store, shop.ids)(rosa, soap.product_id),
    ):
        shop.store.collisions = 2
        story()
        assert shop.store.collisions == 0

    before = trail(shop.store)
    for story in (
        lambda: EditProduct(shop.store, shop.pictures, shop.ids)(rosa, 999, OAT),
        lambda: EditCategory(shop.store)(rosa, 999, GIFTS),
        lambda: RemoveCategory(shop.store)(rosa, 999),
        lambda: RemoveProduct(shop.store, shop.ids)(rosa, 999),
    ):
        with pytest.raises(NotFound):
            story()
    assert trail(shop.store) == before


# Pictures


def test_what_is_shown_was_uploaded_first(
    shop: Shop, rosa: Actor, window: MemoryShopWindow
) -> None:
    unseen = replace(OAT, img_key="products/nobody-brought.jpg")
    soap = put_on_sale(shop.store)

    with pytest.raises(Invalid, match="uploaded first"):
        AddProduct(shop.store, shop.pictures)(rosa, unseen)
    with pytest.raises(Invalid, match="uploaded first"):
        EditProduct(shop.store, shop.pictures, shop.ids)(rosa, soap.product_id, unseen)
    hidden = replace(BAR, img_key=unseen.img_key)
    with pytest.raises(Invalid, match="uploaded first"):
        AddVariant(shop.store, shop.pictures)(rosa, soap.product_id, hidden)
    with pytest.raises(Invalid, match="uploaded first"):
        EditVariant(shop.store, shop.pictures, shop.ids)(rosa, soap.product_id, soap.id, hidden)

    [shown] = window.products()
    assert shown.product.img_key is None


def test_a_picture_that_is_replaced_or_erased_with_its_thing_is_dropped(
    shop: Shop, rosa: Actor
) -> None:
    for key in ("products/old.jpg", "products/new.jpg", "products/heart.jpg"):
        shop.media.put(key, JPEG)
    add = AddProduct(shop.store, shop.pictures)
    edit = EditProduct(shop.store, shop.pictures, shop.ids)
    oat = add(rosa, replace(OAT, img_key="products/old.jpg"))
    heart = replace(BAR, img_key="products/heart.jpg", stock=0)
    AddVariant(shop.store, shop.pictures)(rosa, oat.id, heart)

    edit(rosa, oat.id, replace(OAT, img_key="products/new.jpg"))
    edit(rosa, oat.id, replace(OAT, img_key="products/new.jpg", name="Oats"))
    RemoveProduct(shop.store, shop.ids)(rosa, oat.id)

    dropped = [
        filed.task.facts["key"]
        for filed in shop.store.tables.outbox.values()
        if filed.task.reaction == "remove_picture"
    ]
    assert sorted(dropped) == ["products/heart.jpg", "products/new.jpg", "products/old.jpg"]
