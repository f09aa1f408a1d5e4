"""`eterno`, but it dies (`kill -9` by its own hand) right after the commit that CRASH_AFTER names.

Commits are told apart by what they wrote: "held" is the one that placed an order, "session" the one
that remembered its page, "paid" the one that paid it.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from eterno.adapters.postgres.orders import PostgresOrders
from eterno.adapters.postgres.store import PostgresStore, PostgresWork
from eterno.domain.orders import Order, OrderState
from eterno.entrypoints.cli.main import main

_deeds: list[str] = []


def _watch(method: str, deed: Callable[[Any], str]) -> None:
    """`deed` says of the first argument what it came to."""
    original: Any = getattr(PostgresOrders, method)

    def watched(self: PostgresOrders, about: Any, *words: Any) -> Any:
        answer = original(self, about, *words)
        _deeds.append(deed(about))
        return answer

    setattr(PostgresOrders, method, watched)


def _saved(order: Order) -> str:
    if order.state is OrderState.PAID:
        return "paid"
    return "session" if order.session_url else "other"


_begin = PostgresStore.begin


@contextmanager
def _begin_and_perhaps_die(self: PostgresStore) -> Iterator[PostgresWork]:
    _deeds.clear()
    with _begin(self) as work:
        yield work
    if os.environ["CRASH_AFTER"] in _deeds:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _watch("add", lambda _: "held")
    _watch("save", _saved)
    _watch("remember", lambda _: "session")
    PostgresStore.begin = _begin_and_perhaps_die  # type: ignore[method-assign]
    raise SystemExit(main())
