from __future__ import annotations

import pytest

from eterno.adapters.memory.views import MemoryOrderDesk
from eterno.application.orders.show_to_buyer import MOST_LOOKS, ShowToBuyer
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound, TooMany
from tests.application.shop import Shop


@pytest.fixture
def show(shop: Shop, soap: Variant) -> ShowToBuyer:
    shop.checkout((soap, 2))
    return ShowToBuyer(shop.store, MemoryOrderDesk(shop.store))


def test_a_buyer_sees_her_order_by_what_only_she_knows(shop: Shop, show: ShowToBuyer) -> None:
    assert show.by_token(shop.order.token, client="ada") == shop.order
    assert show.by_session(shop.session, client="ada") == shop.order


def test_nothing_else_shows_it(shop: Shop, show: ShowToBuyer) -> None:
    for look in (show.by_token, show.by_session):
        with pytest.raises(NotFound):
            look(str(shop.order.id), client="mallory")


def test_nobody_looks_any_number_of_times(shop: Shop, show: ShowToBuyer) -> None:
    for _ in range(MOST_LOOKS // 2):
        show.by_token(shop.order.token, client="mallory")
        with pytest.raises(NotFound):
            show.by_session("guessed", client="mallory")

    with pytest.raises(TooMany) as refusal:
        show.by_token(shop.order.token, client="mallory")
    assert refusal.value.retry_after == 60
    show.by_token(shop.order.token, client="ada")
    shop.wait(minutes=1)
    show.by_token(shop.order.token, client="mallory")


def test_while_nothing_can_be_written_a_buyer_sees_her_order(shop: Shop, show: ShowToBuyer) -> None:
    shop.store.silent = True

    assert show.by_token(shop.order.token, client="ada") == shop.order
