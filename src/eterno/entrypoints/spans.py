"""Requests as OpenTelemetry spans, where somebody collects them: an optional extra, `eterno[otel]`.

A span is made of what the access log says, after the answer is sent, and leaves in batches from a
thread of its own. It costs 40 µs, so it is off unless asked for. Everything beyond the address
(headers, sampling, names) is set by OpenTelemetry's own variables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eterno.entrypoints.logs import Access, AccessLog


class NoTelemetry(Exception):
    """OpenTelemetry is asked for, and not installed."""

    def __init__(self) -> None:
        super().__init__(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed:"
            " install the project's extra `otel`, or unset it"
        )


@contextmanager
def spans_to(endpoint: str) -> Iterator[AccessLog]:
    """Reports each request to the collector there; what is left goes when this ends. A collector
    that is silent costs spans, and no request. Raises `NoTelemetry`."""
    try:
        from opentelemetry import trace
        from opentelemetry.context import Context
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTelemetry from error

    provider = TracerProvider(resource=Resource.create({"service.name": "eterno"}))
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("eterno")

    def report(access: Access) -> None:
        ended = int(access.at.timestamp() * 1e9)
        span = tracer.start_span(
            access.method,
            context_of(access),
            trace.SpanKind.SERVER,
            start_time=ended - int(access.ms * 1e6),
            attributes={
                "http.request.method": access.method,
                "http.response.status_code": access.status,
                "url.path": access.path,
                "eterno.request_id": access.request,
            },
        )
        if access.status >= 500:
            span.set_status(trace.StatusCode.ERROR)
        span.end(ended)

    def context_of(access: Access) -> Context | None:
        if not isinstance(access.trace, str) or not isinstance(access.parent, str):
            return None
        parent = trace.SpanContext(
            trace_id=int(access.trace, 16),
            span_id=int(access.parent, 16),
            is_remote=True,
            trace_flags=trace.TraceFlags(access.sampled is True),
        )
        return trace.set_span_in_context(trace.NonRecordingSpan(parent))

    try:
        yield report
    finally:
        provider.shutdown()
