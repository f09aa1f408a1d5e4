"""The demo goods as `OpenShop` takes them."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from eterno.application.catalog.open_shop import Assortment, FirstProduct, FirstVariant, Picture
from eterno.domain.money import Currency, Money
from eterno.entrypoints.demo.soaps import CATEGORIES, SOAPS, picture_bytes


def demo_assortment(currency: str) -> Assortment:
    """Every demo soap, priced in `currency`."""
    counted_in = Currency(currency)
    return Assortment(
        categories=tuple((category.name, category.description) for category in CATEGORIES),
        products=tuple(
            FirstProduct(
                name=soap.name,
                description=soap.description,
                long_description=soap.long_description,
                ingredients=soap.ingredients,
                categories=soap.categories,
                picture=_picture(soap.picture),
                variants=tuple(
                    FirstVariant(
                        size=variant.size,
                        shape=variant.shape,
                        price=Money(variant.price, counted_in),
                        stock=variant.stock,
                        picture=_picture(variant.picture),
                    )
                    for variant in soap.variants
                ),
            )
            for soap in SOAPS
        ),
    )


def _picture(name: str) -> Picture:
    """Under a key like any uploaded picture's; the same name always gives the same key."""
    return Picture(key=f"products/{uuid5(NAMESPACE_URL, name)}-{name}", data=picture_bytes(name))
