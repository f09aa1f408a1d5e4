"""The side door, for those who run the shop: metrics, on a port of its own that no visitor sees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from eterno.application.ports.views import Pulse, ShopPulse
from eterno.domain.errors import Unavailable
from eterno.entrypoints.metrics import CONTENT_TYPE, Meters


class MetricsServer(ThreadingHTTPServer):
    """Answers `GET /metrics`, and nothing else."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], meters: Meters, pulse: ShopPulse) -> None:
        super().__init__(address, _Handler)
        self._meters = meters
        self._pulse = pulse

    def metrics(self) -> bytes:
        return self._meters.text(self._current_pulse()).encode()

    def _current_pulse(self) -> Pulse | None:
        """None while the database is silent: metrics must tell that, not fall silent as well."""
        try:
            return self._pulse.feel()
        except Unavailable:
            return None


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    timeout = 5

    def do_GET(self) -> None:
        found = self.path.partition("?")[0] == "/metrics"
        body = self.server.metrics() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Whoever scrapes does so every few seconds: that is no news."""


@contextmanager
def metrics_at(host: str, port: int, meters: Meters, pulse: ShopPulse) -> Iterator[MetricsServer]:
    """For as long as this lasts. Raises `OSError` when somebody else listens there."""
    with MetricsServer((host, port), meters, pulse) as server:
        thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
