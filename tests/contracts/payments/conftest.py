"""An order, and the page on which it can be paid."""

from __future__ import annotations

import pytest

from eterno.domain.orders import Order
from tests.builders import a_line, an_order
from tests.contracts.tills import Till


@pytest.fixture
def order(till: Till) -> Order:
    return an_order(a_line(1, 2, "8.99"), a_line(2, 1, "5.00"), at=till.clock.now())


@pytest.fixture
def session(till: Till, order: Order) -> str:
    return till.payments.open_session(order).id
