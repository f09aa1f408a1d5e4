from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.memory.views import MemoryShopWindow
from eterno.application.catalog.open_shop import (
    Assortment,
    FirstProduct,
    FirstVariant,
    OpenShop,
    Picture,
)
from eterno.domain.errors import Invalid, Unavailable
from eterno.domain.inventory import Reason
from tests.application.shop import Shop
from tests.builders import add_category, add_product, usd

OAT = Picture(key="products/oat.jpg", data=b"oat")
HEART = Picture(key="products/heart.jpg", data=b"heart")
OAT_AND_HONEY = FirstProduct(
    name="Oat & Honey",
    description="Gentle",
    long_description="Once upon a time",
    ingredients=("oats", "honey"),
    categories=("Gifts", "Unscented"),
    picture=OAT,
    variants=(
        FirstVariant(size="100 g", shape=None, price=usd("8.99"), stock=12, picture=OAT),
        FirstVariant(size="50 g", shape="heart", price=usd("5.00"), stock=0, picture=HEART),
    ),
)
ASSORTMENT = Assortment(
    categories=(("Gifts", "To give"), ("Unscented", ""), ("For men", "")),
    products=(OAT_AND_HONEY,),
)


@pytest.fixture
def media(shop: Shop) -> MemoryMedia:
    return shop.media


@pytest.fixture
def open_shop(shop: Shop, media: MemoryMedia) -> OpenShop:
    return OpenShop(shop.store, media)


def test_an_empty_shop_is_filled(shop: Shop, open_shop: OpenShop) -> None:
    assert open_shop(ASSORTMENT)

    window = MemoryShopWindow(shop.store)
    (shown,) = window.products()
    assert shown.product.name == "Oat & Honey"
    assert shown.product.long_description == "Once upon a time"
    assert [category.name for category in shown.categories] == ["Gifts", "Unscented"]
    assert [(v.variant.label, v.variant.price, v.available) for v in shown.variants] == [
        ("100 g", usd("8.99"), 12),
        ("50 g, heart", usd("5.00"), 0),
    ]
    assert [category.name for category in window.categories()] == ["Gifts", "Unscented", "For men"]


def test_the_first_pieces_came_with_a_delivery(shop: Shop, open_shop: OpenShop) -> None:
    open_shop(ASSORTMENT)

    (movement,) = shop.store.tables.movements
    assert (movement.change, movement.reason, movement.note) == (
        12,
        Reason.DELIVERY,
        "opening stock",
    )


def test_every_picture_that_is_shown_exists(
    shop: Shop, open_shop: OpenShop, media: MemoryMedia
) -> None:
    open_shop(ASSORTMENT)

    (shown,) = MemoryShopWindow(shop.store).products()
    assert [shown.product.img_key, *(v.variant.img_key for v in shown.variants)] == [
        OAT.key,
        OAT.key,
        HEART.key,
    ]
    assert media.pictures == {OAT.key: b"oat", HEART.key: b"heart"}


def test_opening_twice_is_harmless(shop: Shop, open_shop: OpenShop) -> None:
    open_shop(ASSORTMENT)
    before = shop.store.tables.copy()

    assert not open_shop(ASSORTMENT)
    assert shop.store.tables == before


def test_a_shop_with_anything_of_its_own_is_left_alone(
    shop: Shop, open_shop: OpenShop, media: MemoryMedia
) -> None:
    add_category(shop.store)
    assert not open_shop(ASSORTMENT)

    add_product(shop.store)
    assert not open_shop(ASSORTMENT)
    assert media.pictures == {}


def test_without_its_pictures_the_shop_stays_closed(
    shop: Shop, open_shop: OpenShop, media: MemoryMedia
) -> None:
    media.silent = True

    with pytest.raises(Unavailable):
        open_shop(ASSORTMENT)

    assert MemoryShopWindow(shop.store).products() == []


def test_goods_against_the_rules_leave_the_shop_empty(shop: Shop, open_shop: OpenShop) -> None:
    nameless = replace(OAT_AND_HONEY, name=" ")

    with pytest.raises(Invalid, match="name"):
        open_shop(replace(ASSORTMENT, products=(OAT_AND_HONEY, nameless)))

    assert MemoryShopWindow(shop.store).products() == []
    assert open_shop(ASSORTMENT)


def test_of_two_who_open_at_once_one_is_first(
    shop: Shop, media: MemoryMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both see empty shelves; the other one fills them while this one is putting up pictures."""
    put = media.put

    def put_slowly(key: str, data: bytes) -> None:
        monkeypatch.undo()
        assert OpenShop(shop.store, media)(ASSORTMENT)
        put(key, data)

    monkeypatch.setattr(media, "put", put_slowly)

    assert not OpenShop(shop.store, media)(ASSORTMENT)
    assert len(MemoryShopWindow(shop.store).products()) == 1
