"""Something is ordered, and waits for its payment."""

from __future__ import annotations

import pytest

from eterno.domain.catalog import Variant
from tests.application.shop import Shop


@pytest.fixture(autouse=True)
def ordered(shop: Shop, soap: Variant) -> None:
    """Two of ten soaps are ordered, and held."""
    shop.checkout((soap, 2), key="k-1")
