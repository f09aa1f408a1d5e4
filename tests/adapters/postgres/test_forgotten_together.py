"""Two works that forget the last orders of one customer at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from eterno.adapters.postgres.store import PostgresStore
from eterno.domain.orders import Buyer
from tests.builders import place, put_on_sale

KNOWN = text("SELECT count(*) FROM customers WHERE email_hash IS NOT NULL")


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri, connections=3)
    yield store
    store.close()


def known(store: PostgresStore) -> int:
    with store.look() as connection:
        return int(connection.execute(KNOWN).scalar_one())


def forget(store: PostgresStore, id: UUID) -> None:
    with store.begin() as work:
        work.traces.forget_buyer(replace(work.orders.hold(id), buyer=Buyer(email=None)))
        time.sleep(0.3)  # the other one comes in the meantime


def test_leave_nobody_known(store: PostgresStore) -> None:
    soap = put_on_sale(store, pieces=10)
    with store.begin() as work:
        first, second = (place(work, (soap, 1)) for _ in range(2))
        for order in (first, second):
            work.orders.save(replace(order, buyer=Buyer(email="ada@example.org")))
    assert known(store) == 1

    both = [threading.Thread(target=forget, args=(store, order.id)) for order in (first, second)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert known(store) == 0
