"""Running the application under uvicorn."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from litestar.concurrency import set_asyncio_executor

from eterno.entrypoints.container import Shop
from eterno.entrypoints.http.app import create_app

DRAIN_SECONDS = 10
"""How long requests under way may take after a signal to stop."""
BACKLOG = 2048


class AddressTaken(Exception):
    """Somebody else listens there, or nobody may."""


def serve_http(shop: Shop, *, when_ready: Callable[[], None] = lambda: None) -> None:
    """Answer requests until a signal says stop; then let those under way finish.

    `when_ready` is called once, when requests are answered. Raises `AddressTaken`.
    """
    settings = shop.settings()
    with (
        listening(settings.host, settings.port) as here,
        ThreadPoolExecutor(settings.threads, thread_name_prefix="request") as threads,
    ):
        set_asyncio_executor(threads)
        config = uvicorn.Config(
            create_app(shop),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        _Server(config, when_ready).run(sockets=[here])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises `AddressTaken`."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise AddressTaken(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
        ) from error


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()
