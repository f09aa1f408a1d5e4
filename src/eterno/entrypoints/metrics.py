"""What this process counts, in Prometheus' text format (version 0.0.4).

Written by hand, because it is small and because it is paid for by every request: 0.6 µs, against
5 µs for a labelled histogram of the usual client library.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping

from eterno.application.ports.views import Pulse

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds."""
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Histogram:
    """How long something took, how often."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Meters:
    """Everything that is counted. Each name has few labels, whatever anybody sends."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, int], Histogram] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._notice_lag = Histogram()

    def answered(self, method: str, status: int, seconds: float) -> None:
        """A request. Called on the event loop only, so it needs no lock."""
        histogram = self._requests.get((method, status))
        if histogram is None:
            known = method if method in _METHODS else "OTHER"
            histogram = self._requests.setdefault((known, status), Histogram())
        histogram.observe(seconds)

    def refused(self, code: str) -> None:
        """A refusal, by its code: `out_of_stock` is a sale that was missed."""
        self._counts["eterno_refusals_total", "code", code] += 1

    def held(self) -> None:
        """A checkout that got its payment page."""
        self._counts["eterno_checkouts_total", "outcome", "held"] += 1

    def heard(self, outcome: str, lag: float) -> None:
        """A payment notice, and the seconds since the payment service sent it. What is `paid` is
        sold."""
        self._counts["eterno_notices_total", "outcome", outcome] += 1
        self._notice_lag.observe(max(0.0, lag))

    def text(self, pulse: Pulse | None) -> str:
        """All of it; and how the shop is doing, if it can be told."""
        return "\n".join([*self._lines(), *_pulse(pulse), ""])

    def _lines(self) -> Iterator[str]:
        yield "# TYPE eterno_request_seconds histogram"
        for (method, status), histogram in sorted(self._requests.items()):
            labels = {"method": method, "status": str(status)}
            yield from _histogram("eterno_request_seconds", labels, histogram)
        yield "# TYPE eterno_notice_lag_seconds histogram"
        yield from _histogram("eterno_notice_lag_seconds", {}, self._notice_lag)
        typed = ""
        for (name, label, value), count in sorted(self._counts.items()):
            if name != typed:
                yield f"# TYPE {name} counter"
                typed = name
            yield f'{name}{{{label}="{value}"}} {count}'


def _histogram(name: str, labels: Mapping[str, str], histogram: Histogram) -> Iterator[str]:
    own = "".join(f'{label}="{value}",' for label, value in labels.items())
    so_far = 0
    for bound, count in zip((*BUCKETS, "+Inf"), histogram.counts, strict=True):
        so_far += count
        yield f'{name}_bucket{{{own}le="{bound}"}} {so_far}'
    braces = f"{{{own[:-1]}}}" if own else ""
    yield f"{name}_sum{braces} {histogram.total:.6f}"
    yield f"{name}_count{braces} {so_far}"


def _pulse(pulse: Pulse | None) -> Iterator[str]:
    gauges = {"eterno_database_answers": 0 if pulse is None else 1}
    if pulse is not None:
        gauges |= {
            "eterno_held_units": pulse.held_units,
            "eterno_orders_awaiting_payment": pulse.awaiting,
            "eterno_outbox_due": pulse.due,
            "eterno_outbox_dead": pulse.dead,
            "eterno_outbox_oldest_due_seconds": int(pulse.oldest_due.total_seconds()),
        }
    for name, value in gauges.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"
