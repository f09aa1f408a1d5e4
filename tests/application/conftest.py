from __future__ import annotations

from collections.abc import Iterator

import pytest

from eterno.domain.catalog import Variant
from tests.application.doorkeeping import GOOD, Door
from tests.application.shop import Shop
from tests.builders import put_on_sale
from tests.support.audit import faults


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop whose books must balance when the story is over."""
    shop = Shop()
    yield shop
    assert faults(shop.store) == {}


@pytest.fixture
def soap(shop: Shop) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(shop.store)


@pytest.fixture
def door(shop: Shop) -> Door:
    """Of a shop that Rosa and Ada look after."""
    door = Door(shop)
    door.create_admin("rosa", GOOD)
    door.create_admin("ada", GOOD)
    return door
