from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.catalog import Category, Product, Variant, optional, slug
from eterno.domain.errors import Invalid
from tests.builders import usd


def a_product(**changes: object) -> Product:
    described: dict[str, object] = {
        "id": 12,
        "name": "Oat & Honey",
        "description": "Gentle",
        "ingredients": ("oats",),
    }
    return Product.described(**(described | changes))  # type: ignore[arg-type]


def a_variant(**changes: object) -> Variant:
    offered: dict[str, object] = {"id": 7, "product_id": 12, "size": "100 g", "price": usd("8.99")}
    return Variant.offered(**(offered | changes))  # type: ignore[arg-type]


def test_a_category_is_written_cleanly() -> None:
    category = Category.named(id=1, name=" Gifts ", description=" For her.\nFor him. ")

    assert (category.name, category.description) == ("Gifts", "For her.\nFor him.")


def test_a_category_needs_a_name_but_no_description() -> None:
    assert Category.named(id=1, name="Gifts", description="").description == ""
    with pytest.raises(Invalid, match="name: must not be empty"):
        Category.named(id=1, name=" ", description="")


def test_a_product_is_written_cleanly() -> None:
    product = a_product(name=" Oat & Honey ", ingredients=(" oats ", "honey"))

    assert product.name == "Oat & Honey"
    assert product.ingredients == ("oats", "honey")


def test_a_product_may_have_a_long_story_or_none() -> None:
    assert a_product(long_description="Once\nupon a time").long_description == "Once\nupon a time"
    assert a_product(long_description="  ").long_description is None
    assert a_product(long_description=None).long_description is None


def test_no_picture_and_an_empty_name_of_one_are_the_same() -> None:
    assert a_product(img_key="").img_key is None
    assert a_variant(img_key="").img_key is None
    assert a_product(img_key="products/oat.jpg").img_key == "products/oat.jpg"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"description": "x" * 4_001}, "description"),
        ({"long_description": "x" * 4_001}, "long_description"),
        ({"ingredients": ("oats", "")}, "ingredients[1]"),
        ({"ingredients": ("x" * 81,)}, "ingredients[0]"),
        ({"ingredients": ("oats",) * 61}, "ingredients"),
    ],
)
def test_a_product_is_not_described_like_that(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_product(**changes)

    assert [fault.field for fault in refusal.value.faults] == [field]


def test_a_product_has_an_address_in_plain_letters() -> None:
    assert a_product(name="Crème à l'Avoine & Miel!").slug == "creme-a-l-avoine-miel-12"


def test_a_name_without_plain_letters_still_has_an_address() -> None:
    assert slug("石鹸", 12) == "12"


@given(st.text(), st.text(), st.integers(1, 10**6), st.integers(1, 10**6))
def test_no_two_products_share_an_address(one: str, other: str, id: int, other_id: int) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(one, id))
    assert id == other_id or slug(one, id) != slug(other, other_id)


def test_a_product_in_other_words_keeps_its_address() -> None:
    before = a_product(name="Oat")

    after = before.rewrite(a_product(name="Milk", ingredients=("milk",)))

    assert (after.name, after.ingredients, after.slug) == ("Milk", ("milk",), "oat-12")


def test_a_picture_must_be_one() -> None:
    for described in (a_product, a_variant):
        with pytest.raises(Invalid, match="img_key"):
            described(img_key="letters/oat.jpg")


def test_an_archived_product_is_the_same_but_archived() -> None:
    assert a_product().archive().archived
    assert not a_product().archived


def test_a_variant_gets_a_sku_made_of_its_ids() -> None:
    assert a_variant().sku == "S0012-0007"


def test_a_variant_keeps_the_sku_the_owner_gives_it() -> None:
    assert a_variant(sku="OAT-100").sku == "OAT-100"


@pytest.mark.parametrize("sku", ["", "oat", "-OAT", "OAT 1", "X" * 41, "OAT\n"])
def test_no_sku_looks_like_that(sku: str) -> None:
    with pytest.raises(Invalid, match="sku"):
        a_variant(sku=sku)


def test_a_sku_of_the_shops_own_form_is_only_its_owners() -> None:
    assert a_variant(sku="S0012-0007").sku == "S0012-0007"
    for sku in ("S0012-0008", "S0013-0007", "S99999-12345"):
        with pytest.raises(Invalid, match="the shop itself"):
            a_variant(sku=sku)


def test_variants_are_told_apart_by_size_and_shape() -> None:
    assert a_variant(shape="heart").label == "100 g, heart"
    assert a_variant(shape="").label == "100 g"


def test_an_archived_variant_is_the_same_but_archived() -> None:
    assert a_variant().archive().archived
    assert not a_variant().archived


def test_nothing_and_blank_are_both_nothing() -> None:
    assert optional(None, "shape", most=60) is None
    assert optional("", "shape", most=60) is None
    assert optional("   ", "shape", most=60) is None
    assert optional(" heart ", "shape", most=60) == "heart"
