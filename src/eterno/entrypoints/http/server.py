"""Running the application under uvicorn; see docs/decisions/0018."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import uvicorn
from litestar.concurrency import set_asyncio_executor

from eterno.entrypoints.container import Shop
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.http.protocol import BoundedHttp, BoundedHttps
from eterno.entrypoints.leaving import DRAIN_SECONDS
from eterno.entrypoints.logs import Access, AccessLines, AccessLog
from eterno.entrypoints.management import metrics_at
from eterno.entrypoints.metrics import Meters
from eterno.entrypoints.spans import spans_to

BACKLOG = 2048


class AddressTaken(Exception):
    """Somebody else listens there, or nobody may."""


def serve_http(
    shop: Shop,
    *,
    here: socket.socket | None = None,
    when_ready: Callable[[], None] = lambda: None,
    when_leaving: Callable[[], None] = lambda: None,
) -> None:
    """Answer requests until a signal says stop; then let those under way finish.

    They come to HOST and PORT, or to `here`, where somebody listens already. `when_ready` is called
    once, when requests are answered; `when_leaving` after the signal, while they finish. Raises
    `AddressTaken`.
    """
    settings = shop.settings()
    with (
        here or listening(settings.host, settings.port) as entrance,
        ThreadPoolExecutor(settings.threads, thread_name_prefix="request") as threads,
        ExitStack() as doors,
    ):
        set_asyncio_executor(threads)
        lines, meters = AccessLines(sys.stderr.buffer), Meters()
        doors.callback(lines.flush)  # uvicorn passes the signal on when it is done: we end there
        access = _reported(lines, settings.otel_endpoint, doors)
        _open_side_door(shop, meters, doors)
        config = uvicorn.Config(
            create_app(shop, access=access, meters=meters),
            http=BoundedHttps if settings.is_production else BoundedHttp,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        _Server(config, when_ready, when_leaving).run(sockets=[entrance])


def _reported(lines: AccessLog, endpoint: str | None, doors: ExitStack) -> AccessLog:
    """The log; and the same as spans, if somebody collects them. Raises `NoTelemetry`."""
    if endpoint is None:
        return lines
    spans = doors.enter_context(spans_to(endpoint))

    def both(access: Access) -> None:
        lines(access)
        spans(access)

    return both


def _open_side_door(shop: Shop, meters: Meters, doors: ExitStack) -> None:
    """Metrics, if a port for them is set. Raises `AddressTaken`."""
    settings = shop.settings()
    if settings.metrics_port is None:
        return
    try:
        doors.enter_context(
            metrics_at(settings.host, settings.metrics_port, meters, shop.shop_pulse())
        )
    except OSError as error:
        raise AddressTaken(
            f"cannot listen on {settings.host}:{settings.metrics_port} ({error.strerror});"
            " choose another METRICS_PORT"
        ) from error


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
    def __init__(
        self,
        config: uvicorn.Config,
        when_ready: Callable[[], None],
        when_leaving: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_leaving = when_leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._when_leaving()
        await super().shutdown(sockets)
