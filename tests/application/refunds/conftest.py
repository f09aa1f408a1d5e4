"""A shop in which something was sold, and an admin who can give the money back."""

from __future__ import annotations

import pytest

from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from tests.application.shop import Shop
from tests.builders import add_admin


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


@pytest.fixture(autouse=True)
def sold(shop: Shop, soap: Variant) -> None:
    """Three of ten soaps are paid: 26.97."""
    shop.checkout((soap, 3))
    shop.hear(shop.payments.pay(shop.session))
