"""Several processes that answer on one address, and the one that looks after them.

They share the listening socket, so the kernel gives each visitor to whoever is free. Each has its
own connections, its own showcase and its own metrics; what they share is the database.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from multiprocessing.process import BaseProcess

import msgspec

from eterno.entrypoints.container import live
from eterno.entrypoints.http.server import listening, serve_http
from eterno.entrypoints.leaving import DRAIN_SECONDS, join_until
from eterno.entrypoints.logs import log_as_json
from eterno.entrypoints.settings import Settings

GLANCE = 0.2
"""Seconds between two looks at whether somebody told us to stop."""
FAREWELL = 2.0
"""Seconds for a process to end itself, once its requests have had their time."""
BREATH = 1.0
"""Seconds before a process that died is replaced: one that cannot live must not keep us busy."""

log = logging.getLogger(__name__)


def serve_together(
    settings: Settings,
    database_uri: str,
    *,
    processes: int,
    when_leaving: Callable[[], None] = lambda: None,
) -> None:
    """Answer requests with so many processes until a signal says stop; then let those under way
    finish, `when_leaving` having been called. One that dies is replaced. Raises `AddressTaken`."""
    with told_to_stop() as stop, listening(settings.host, settings.port) as here:
        spawn = get_context("spawn")

        def begin(number: int) -> BaseProcess:
            own = _of_its_own(settings, number)
            hand = spawn.Process(target=_serve, args=(own, database_uri, here), name=f"{number}")
            hand.start()
            return hand

        hands = [begin(number) for number in range(processes)]
        try:
            while not stop.is_set():
                connection.wait([hand.sentinel for hand in hands], timeout=GLANCE)
                _replace_the_dead(hands, begin, stop)
        finally:
            when_leaving()
            _end(hands)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Set by SIGTERM and SIGINT, which from here on do nothing else."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _of_its_own(settings: Settings, number: int) -> Settings:
    """The first has its metrics at METRICS_PORT, the others at those after it."""
    if settings.metrics_port is None:
        return settings
    return msgspec.structs.replace(settings, metrics_port=settings.metrics_port + number)


def _replace_the_dead(
    hands: list[BaseProcess], begin: Callable[[int], BaseProcess], stop: threading.Event
) -> None:
    for number, hand in enumerate(hands):
        if not hand.is_alive() and not stop.wait(BREATH):
            log.error("process %s of the server died (%s)", hand.name, hand.exitcode)
            hands[number] = begin(number)


def _end(hands: Sequence[BaseProcess]) -> None:
    for hand in hands:
        hand.terminate()
    join_until(time.monotonic() + DRAIN_SECONDS + FAREWELL, hands)
    for hand in hands:
        if hand.is_alive():
            hand.kill()
            hand.join()


def _serve(settings: Settings, database_uri: str, here: socket.socket) -> None:
    """One of the processes. A terminal's Ctrl-C reaches all of them; only the first heeds it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    log_as_json()
    threading.Thread(target=_follow_parent, name="parent", daemon=True).start()
    with live(settings, database_uri) as shop:
        serve_http(shop, here=here)


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _follow_parent() -> None:
    """Nobody would ever stop us after it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
