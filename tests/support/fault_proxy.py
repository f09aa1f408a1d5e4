"""A line between the shop and somebody it talks to, which a test can cut, slow down or strike dumb.

TCP on loopback; to the other end by TCP or by a Unix socket. It knows nothing of what it carries.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

Address = tuple[str, int] | str
"""Host and port, or the path of a Unix socket."""

_AT_ONCE = 65536
_NO_GOODBYE = struct.pack("ii", 1, 0)  # close() then sends RST


class Link:
    """One connection: the two sockets, and whether its next answer shall be lost."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.loses_answer = False

    def end(self, *, rudely: bool) -> None:
        if rudely:
            with contextlib.suppress(OSError):
                self.near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_GOODBYE)
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RD if rudely else socket.SHUT_RDWR)
            end.close()


class FaultProxy:
    """Carries everything until it is told not to. Get one from `fault_proxy`."""

    def __init__(self, listener: socket.socket) -> None:
        self.port = int(listener.getsockname()[1])
        self.upstream: Address = ("127.0.0.1", 1)
        """The other end; may be set once it is known."""
        self.delay = 0.0
        """Seconds that each piece is late."""
        self._listener = listener
        self._flows = threading.Event()
        self._flows.set()
        self._is_down = False
        self._rudely = False
        self._loses_answer_to: bytes | None = None
        self._links: set[Link] = set()
        self._lock = threading.Lock()

    # What a test does.

    def cut(self, *, rudely: bool = False) -> None:
        """End every connection, and each new one at once, as a dead server does; `rudely` with a
        reset instead of a goodbye."""
        self._is_down, self._rudely = True, rudely
        self.drop(rudely=rudely)

    def drop(self, *, rudely: bool = False) -> None:
        """End every connection; new ones are welcome."""
        with self._lock:
            links, self._links = self._links, set()
        for link in links:
            link.end(rudely=rudely)

    def swallow(self) -> None:
        """A black hole: connections stay open, also new ones, and nothing gets through."""
        self._flows.clear()

    def lose_answer_to(self, words: bytes) -> None:
        """Once: carry the next message with these words, and cut its line instead of bringing the
        answer. What was asked for is done by then."""
        self._loses_answer_to = words

    def heal(self) -> None:
        """All is well again; what was swallowed arrives late."""
        self.delay, self._is_down, self._loses_answer_to = 0.0, False, None
        self._flows.set()

    # What it does.

    def serve(self) -> None:
        """Until the listener is closed."""
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            far = _connected(self.upstream)
        except OSError:
            near.close()
            return
        link = Link(near, far)
        if self._is_down:
            link.end(rudely=self._rudely)
            return
        with self._lock:
            self._links.add(link)
        back = threading.Thread(target=self._pump, args=(link, far, near), daemon=True)
        back.start()
        self._pump(link, near, far)

    def _pump(self, link: Link, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(_AT_ONCE):
                time.sleep(self.delay)
                self._flows.wait()
                if source is link.near:
                    self._mark(link, piece)
                elif link.loses_answer:
                    break
                target.sendall(piece)
        except OSError:
            pass
        with self._lock:
            self._links.discard(link)
        link.end(rudely=False)

    def _mark(self, link: Link, piece: bytes) -> None:
        words = self._loses_answer_to
        if words is not None and words in piece:
            self._loses_answer_to, link.loses_answer = None, True


@contextmanager
def fault_proxy(upstream: Address | None = None) -> Iterator[FaultProxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = FaultProxy(listener)
        if upstream is not None:
            proxy.upstream = upstream
        threading.Thread(target=proxy.serve, daemon=True).start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            proxy.heal()
            proxy.cut()


@contextmanager
def line_to_database(uri: str) -> Iterator[tuple[FaultProxy, str]]:
    """A proxy before the database at `uri`, and the URI that leads through it."""
    url = make_url(uri)
    query = dict(url.query)
    host = str(query.pop("host", url.host or "127.0.0.1"))
    port = int(str(query.pop("port", url.port or 5432)))
    is_folder = host.startswith("/")
    upstream: Address = str(Path(host) / f".s.PGSQL.{port}") if is_folder else (host, port)
    with fault_proxy(upstream) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query=query)
        yield proxy, through.render_as_string(hide_password=False)


def _connected(address: Address) -> socket.socket:
    if isinstance(address, tuple):
        far = socket.create_connection(address)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return far
    far = socket.socket(socket.AF_UNIX)
    try:
        far.connect(address)
    except OSError:
        far.close()
        raise
    return far
