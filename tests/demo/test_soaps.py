from collections import Counter
from importlib.resources import files

import pytest

from eterno.entrypoints import demo
from eterno.entrypoints.demo.soaps import CATEGORIES, SOAPS, DemoSoap, DemoVariant, picture_bytes

VARIANTS = [variant for soap in SOAPS for variant in soap.variants]
PICTURES = sorted({soap.picture for soap in SOAPS} | {variant.picture for variant in VARIANTS})

each_soap = pytest.mark.parametrize("soap", SOAPS, ids=lambda soap: soap.name)
each_picture = pytest.mark.parametrize("picture", PICTURES)


def test_the_demo_shop_has_seven_categories_and_seventeen_soaps() -> None:
    assert len(CATEGORIES) == 7
    assert len(SOAPS) == 17


def test_there_are_enough_variants_to_turn_pages() -> None:
    assert len(VARIANTS) >= 45


def test_no_two_soaps_share_a_name_nor_two_categories() -> None:
    assert len({soap.name.casefold() for soap in SOAPS}) == len(SOAPS)
    assert len({category.name.casefold() for category in CATEGORIES}) == len(CATEGORIES)


@each_soap
def test_every_soap_keeps_the_limits_of_the_shop(soap: DemoSoap) -> None:
    assert 0 < len(soap.name) <= 120
    assert 0 < len(soap.description) <= 4000
    assert 0 < len(soap.long_description) <= 4000
    assert 5 <= len(soap.ingredients) <= 12
    assert all(0 < len(ingredient) <= 80 for ingredient in soap.ingredients)
    assert len(set(soap.ingredients)) == len(soap.ingredients)


@each_soap
def test_every_long_description_is_two_or_three_paragraphs(soap: DemoSoap) -> None:
    paragraphs = soap.long_description.split("\n\n")
    assert len(paragraphs) in (2, 3)
    assert all(paragraph and "\n" not in paragraph for paragraph in paragraphs)


@each_soap
def test_every_soap_is_sold_in_two_to_four_variants_that_differ(soap: DemoSoap) -> None:
    assert 2 <= len(soap.variants) <= 4
    assert len({(variant.size, variant.shape) for variant in soap.variants}) == len(soap.variants)


@each_soap
def test_every_category_a_soap_names_exists(soap: DemoSoap) -> None:
    assert soap.categories
    assert len(set(soap.categories)) == len(soap.categories)
    assert set(soap.categories) <= {category.name for category in CATEGORIES}


def test_every_category_holds_at_least_two_soaps() -> None:
    filled = Counter(name for soap in SOAPS for name in soap.categories)
    assert all(filled[category.name] >= 2 for category in CATEGORIES)


def test_there_is_something_sold_out_and_something_that_is_the_last_one() -> None:
    assert {0, 1, 2} <= {variant.stock for variant in VARIANTS}


def test_some_variants_have_no_shape() -> None:
    assert any(variant.shape is None for variant in VARIANTS)


@pytest.mark.parametrize("price", [349, 4801])
def test_a_price_no_soap_of_ours_has_is_refused(price: int) -> None:
    with pytest.raises(ValueError, match="costs"):
        DemoVariant(size="100 g", shape="bar", price=price, stock=1, picture="x.webp")


@pytest.mark.parametrize("stock", [-1, 41])
def test_a_stock_that_does_not_fit_on_the_shelf_is_refused(stock: int) -> None:
    with pytest.raises(ValueError, match="shelf"):
        DemoVariant(size="100 g", shape="bar", price=900, stock=stock, picture="x.webp")


@each_picture
def test_every_picture_is_a_small_webp(picture: str) -> None:
    content = picture_bytes(picture)
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    assert len(content) < 40_000


def test_no_picture_lies_about_unused() -> None:
    folder = files(demo).joinpath("pictures")
    assert sorted(entry.name for entry in folder.iterdir()) == PICTURES


def test_a_variant_is_pictured_in_its_own_shape() -> None:
    for soap in SOAPS:
        for variant in soap.variants:
            stem = soap.picture.removesuffix(".webp")
            assert variant.picture == f"{stem}-{variant.shape or 'offcuts'}.webp"
