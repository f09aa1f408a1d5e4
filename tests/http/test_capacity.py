"""More visitors than the shop can serve: they are told at once, and those inside are served."""

from __future__ import annotations

import asyncio
from typing import Any

from eterno.entrypoints.http.edge import Edge
from eterno.entrypoints.metrics import Meters


class Patience:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def visit(edge: Edge, path: str = "/products") -> tuple[int, dict[bytes, bytes]]:
    start: dict[str, Any] = {}

    async def send(message: Any) -> None:
        start.update(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope: Any = {"type": "http", "method": "GET", "path": path, "headers": []}
    await edge(scope, receive, send)
    return start["status"], dict(start["headers"])


def test_beyond_its_capacity_the_shop_says_so_at_once_and_serves_those_inside() -> None:
    async def crowd() -> None:
        shop = Patience()
        edge = Edge(shop, origins=(), hsts=False, meters=Meters(), most=3)
        inside = [asyncio.create_task(visit(edge)) for _ in range(3)]
        await asyncio.sleep(0)

        status, headers = await visit(edge)

        assert (status, headers[b"retry-after"]) == (503, b"1")
        assert headers[b"content-type"] == b"application/problem+json"
        assert b"x-request-id" in headers

        notice = asyncio.create_task(visit(edge, "/webhooks/stripe"))
        health = asyncio.create_task(visit(edge, "/health/live"))
        await asyncio.sleep(0)
        shop.go.set()
        assert {(await each)[0] for each in (*inside, notice, health)} == {200}
        assert (await visit(edge))[0] == 200

    asyncio.run(crowd())
