"""A day is summed up whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from eterno.adapters.postgres import figures as module
from eterno.adapters.postgres.figures import PostgresFigures
from eterno.adapters.postgres.store import PostgresStore
from tests.builders import place, put_on_sale

DENVER = ZoneInfo("America/Denver")


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    """Three days after somebody has checked out."""
    ahead = [timedelta(0)]
    store = PostgresStore(database_uri, connections=2, ahead=lambda: ahead[0])
    soap = put_on_sale(store, pieces=3)
    with store.begin() as work:
        place(work, (soap, 1))
    ahead[0] = timedelta(days=3)
    yield store
    store.close()


def kept(store: PostgresStore) -> list[int]:
    with store.look() as connection:
        return [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in ("figures_daily", "figures_state")
        ]


def test_a_day_whose_sums_could_not_all_be_written_is_not_closed(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = module._CLOSE
    with monkeypatch.context() as broken:
        broken.setattr(module, "_CLOSE", (first, text("SELECT 1 / 0")))
        with pytest.raises(Exception, match="division by zero"):
            PostgresFigures(store, DENVER).summarise()
    assert kept(store) == [0, 0]

    assert PostgresFigures(store, DENVER).summarise() > 0
    assert kept(store)[1] == 1
