"""A load generator in one small file: keeps `connections` busy, counts answers, times each of them.

It reads just enough HTTP to know where an answer ends (about 10 µs of CPU for each, on uvloop), and
runs on a core of its own while the server has another. Where `wrk` is installed, reading goals use
that instead (see `reading.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

Request = bytes
"""A whole HTTP/1.1 request, as it goes over the wire."""


@dataclass(slots=True)
class Load:
    """What came of a run."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    """Of every answer, in seconds, in the order of arrival."""

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def get(path: str, headers: Mapping[str, str] | None = None) -> Request:
    return _request("GET", path, headers or {}, b"")


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Request:
    sent = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return _request("POST", path, {**sent, **(headers or {})}, body)


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Request:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as it came over the wire."""

    whole: bytes

    @property
    def status(self) -> int:
        return int(self.whole[9:12])

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name."""
        lines = self.whole.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    @property
    def body(self) -> bytes:
        return self.whole.partition(b"\r\n\r\n")[2]


def ask(port: int, request: Request) -> Answer:
    kept: list[bytes] = []
    run(port, lambda: request, connections=1, most=1, keep=kept.append)
    return Answer(kept[0])


def run(
    port: int,
    next_request: Callable[[], Request | None],
    *,
    connections: int,
    seconds: float = 3600.0,
    most: int | None = None,
    keep: Callable[[bytes], object] | None = None,
) -> Load:
    """Ask until the time is over, `most` answers have come or `next_request` has no more."""
    with asyncio.Runner(loop_factory=_loop) as runner:
        return runner.run(
            run_async(port, next_request, connections, seconds=seconds, most=most, keep=keep)
        )


async def run_async(
    port: int,
    next_request: Callable[[], Request | None],
    connections: int,
    *,
    seconds: float = 3600.0,
    most: int | None = None,
    keep: Callable[[bytes], object] | None = None,
) -> Load:
    load = Load()
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    began = time.perf_counter()

    def more() -> Request | None:
        if loop.time() >= until or (most is not None and load.answers >= most):
            return None
        return next_request()

    buyers = [_Visitor(load, more, keep) for _ in range(connections)]
    for buyer in buyers:
        await loop.create_connection(lambda buyer=buyer: buyer, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(buyer.done for buyer in buyers))
    load.seconds = time.perf_counter() - began
    return load


def cycle(requests: Sequence[Request]) -> Callable[[], Request]:
    """Them in turn, for ever."""
    turn = 0

    def following() -> Request:
        nonlocal turn
        turn = (turn + 1) % len(requests)
        return requests[turn]

    return following


def each(requests: Sequence[Request]) -> Callable[[], Request | None]:
    """Each of them once."""
    left = iter(requests)
    return lambda: next(left, None)


class _Visitor(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(
        self, load: Load, more: Callable[[], Request | None], keep: Callable[[bytes], object] | None
    ) -> None:
        self._load = load
        self._more = more
        self._keep = keep
        self._buffer = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods
        self._ask()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if (end := _end_of(buffer)) is None or len(buffer) < end:
            self._buffer = buffer
            return
        self._load.times.append(time.perf_counter() - self._sent_at)
        self._load.statuses[int(buffer[9:12])] += 1
        if self._keep:
            self._keep(buffer)
        self._buffer = b""
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self._load.statuses[0] += 1
            self.done.set_result(None)

    def _ask(self) -> None:
        request = self._more()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _end_of(buffer: bytes) -> int | None:
    """Where the answer ends; None while its head is not complete."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return None
    at = buffer[:head].lower().find(b"content-length: ")
    if at < 0:  # 304 has no body; everything we measure says how long it is
        return head + 4
    return head + 4 + int(buffer[at + 16 : buffer.find(b"\r", at)])


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
