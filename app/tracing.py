"""OpenTelemetry: a span of each request and of each of its stages. Imported only where `BEGONE_OTEL` asks for it.

The spans are made of what the request's log line says, when it is over: nothing of a page can get into them that is
not in the log, and labelling costs what it costs without.
"""

import os
import time
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.observe import STAGES, Record, named

_PROBES: Final = frozenset(("/healthz", "/readyz", "/metrics"))  # asked every few seconds, and of no interest


def provider() -> TracerProvider:
    """Return what makes spans and sends them in batches; OpenTelemetry's own variables say where and how many."""
    os.environ.setdefault("OTEL_SERVICE_NAME", "begone")
    made = TracerProvider(resource=Resource.create({"service.version": __version__}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


class Spans:
    """Makes the spans of each request, below the caller's where the header `traceparent` names it."""

    def __init__(self, app: ASGIApp, provider: TracerProvider) -> None:
        self.app = app
        self.tracer = provider.get_tracer("begone", __version__)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; when it is over, tell what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.time_ns()
        try:
            await self.app(scope, receive, send)
        finally:
            self._tell(scope, started, time.time_ns())

    def _tell(self, scope: Scope, started: int, ended: int) -> None:
        method, route = named(scope)
        if route in _PROBES:
            return
        record: Record = scope["begone.record"]
        caller = TraceContextTextMapPropagator().extract(Headers(scope=scope))
        span = self.tracer.start_span(
            f"{method} {route}", caller, SpanKind.SERVER, _attributes(method, route, record), start_time=started
        )
        if record.status >= 500:
            span.set_status(StatusCode.ERROR)
        if span.is_recording():
            # The stages follow one another; what lies between two of them is not measured and stands after the last.
            below, begun = set_span_in_context(span), started
            for name in STAGES:
                if name in record.stages:
                    over = begun + round(record.stages[name] * 1e9)
                    self.tracer.start_span(name, below, start_time=begun).end(over)
                    begun = over
        span.end(ended)


def _attributes(method: str, route: str, record: Record) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": record.status,
        "begone.request_id": record.request_id,
    }
    if record.refusal:
        told["error.type"] = record.refusal
    if record.input:
        told |= {
            "begone.input": record.input,
            "begone.bytes_held": record.bytes_held,
            "begone.bytes_answered": record.bytes_answered,
        }
    return told | {f"begone.blocks.{label}": number for label, number in record.counts.items()}
