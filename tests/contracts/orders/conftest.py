"""An order to do things with."""

from __future__ import annotations

import pytest

from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order
from tests.builders import place


@pytest.fixture
def order(store: Store, soap: Variant) -> Order:
    """Of two soaps, with the key k-1."""
    with store.begin() as work:
        return place(work, (soap, 2), key="k-1")
