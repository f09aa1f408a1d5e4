"""Requests as spans: what a collector receives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from eterno.entrypoints.logs import Access
from eterno.entrypoints.spans import NoTelemetry, spans_to

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@contextmanager
def collector() -> Iterator[tuple[str, list[Span]]]:
    """Its address, and what it was told."""
    received: list[Span] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = ExportTraceServiceRequest.FromString(body)
            received.extend(
                span
                for resource in told.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            )
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", received
        server.shutdown()


def access(status: int = 200, **trace: Any) -> Access:
    return Access(
        at=datetime(2026, 3, 1, tzinfo=UTC),
        request="the-one-request",
        method="GET",
        path="/orders/{token}",
        status=status,
        ms=12.5,
        **trace,
    )


def reported(*requests: Access) -> list[Span]:
    with collector() as (address, received):
        with spans_to(address) as report:
            for request in requests:
                report(request)
        return received


def test_a_request_is_a_span_of_the_trace_that_it_belongs_to() -> None:
    [span] = reported(access(trace=TRACE, parent=PARENT, sampled=True))

    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert (span.name, span.kind) == ("GET", Span.SPAN_KIND_SERVER)
    assert span.end_time_unix_nano - span.start_time_unix_nano == 12_500_000
    said = {each.key: each.value for each in span.attributes}
    assert said["url.path"].string_value == "/orders/{token}"
    assert said["http.response.status_code"].int_value == 200


def test_a_request_without_a_trace_begins_one() -> None:
    [one, other] = reported(access(), access(status=503))

    assert one.trace_id != other.trace_id
    assert not one.parent_span_id
    assert (one.status.code, other.status.code) == (
        Status.STATUS_CODE_UNSET,
        Status.STATUS_CODE_ERROR,
    )


def test_what_whoever_asked_does_not_keep_is_not_reported() -> None:
    assert reported(access(trace=TRACE, parent=PARENT, sampled=False)) == []


def test_without_the_extra_the_refusal_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with (
        pytest.raises(NoTelemetry, match=r"install the project's extra `otel`"),
        spans_to("http://127.0.0.1:9"),
    ):
        pass
