"""What watching costs: the layer that gives each answer its id, headers, line in the log and place
in the metrics, beside the same answer sent bare. In this process, without a server."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from bench.report import Row, at_most
from bench.rig import Rig
from bench.terms import Terms
from eterno.entrypoints.http.answers import Answer
from eterno.entrypoints.http.edge import Edge
from eterno.entrypoints.logs import AccessLines
from eterno.entrypoints.metrics import Meters

ANSWERS = 20_000
_SCOPE: Any = {
    "type": "http",
    "method": "GET",
    "path": "/products",
    "query_string": b"",
    "headers": [
        (b"host", b"shop.example"),
        (b"origin", b"https://shop.example"),
        (b"traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ],
}


def layer(_: Rig, terms: Terms) -> Iterator[Row]:
    """The least of several rounds: whatever else the machine does can only add to it."""
    reply = Answer(b"[]").reply(None, None)
    edge = Edge(
        _nowhere,
        origins=["https://shop.example"],
        hsts=True,
        at_hand=lambda *_: reply,
        access=AccessLines(io.BytesIO()),
        meters=Meters(),
        most=1,
    )

    async def watched() -> None:
        await edge(_SCOPE, _nothing, _unread)

    async def bare() -> None:
        await _unread({"type": "http.response.start", "status": 200, "headers": reply.headers})
        await _unread({"type": "http.response.body", "body": reply.body})

    async def measured() -> list[float]:
        return [await _each(watched) - await _each(bare) for _ in range(terms.rounds)]

    rounds = asyncio.run(measured())
    yield at_most("watching", "id, headers, log, metrics", rounds, 10, "µs", figure=min)


async def _each(answer: Callable[[], Coroutine[Any, Any, None]]) -> float:
    """Microseconds of CPU."""
    began = time.process_time()
    for _ in range(ANSWERS):
        await answer()
    return 1e6 * (time.process_time() - began) / ANSWERS


async def _nowhere(*_: Any) -> None:
    raise RuntimeError("everything is at hand")


async def _nothing() -> Any:
    return {"type": "http.request"}


async def _unread(_: Any) -> None:
    pass
