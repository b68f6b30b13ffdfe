"""What an operator sees of a request: its id, its line in the log, its part in the metrics."""

import logging
import os
import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems
from app.labels import LABELS

logger = logging.getLogger("begone")

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client keeps the figures of several processes; set by `__main__` before it is imported."""

STAGES: Final = ("read", "wait", "decode", "parse", "features", "predict", "judge", "encode")
CLIENT_GONE: Final = 499  # no answer was sent; the number that proxies log for it

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
# A stage takes 0.1 ms to a second; requests wait in line for up to the deadline.
_STAGE_BUCKETS: Final = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_REQUEST_BUCKETS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(slots=True)
class Record:
    """What is known of one request; routes fill it, `Observer` reads it. Nothing of the page goes in."""

    request_id: str
    status: int = 0
    refusal: str | None = None
    key: str | None = None
    """The name of the caller's API key, never the key."""
    bytes_sent: int = 0
    bytes_held: int = 0
    bytes_answered: int = 0
    input: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds by name of `STAGES`."""

    def fields(self) -> dict[str, Any]:
        """Return the record as members of its log line."""
        line: dict[str, Any] = {"request_id": self.request_id, "status": self.status}
        if self.key:
            line["key"] = self.key
        if self.refusal:
            line["refusal"] = self.refusal
        if self.input:
            line |= {"input": self.input, "bytes_sent": self.bytes_sent, "bytes_held": self.bytes_held}
        if self.stages:
            line["stages_ms"] = {name: round(self.stages[name] * 1000, 3) for name in STAGES if name in self.stages}
        if self.counts:
            line |= {"blocks": sum(self.counts.values()), "counts": self.counts}
        return line | {"bytes_answered": self.bytes_answered}


class Metrics:
    """The process' Prometheus metrics, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.requests = Counter(
            "begone_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self.refusals = Counter(
            "begone_refusals", "Requests refused, by kind of problem.", ["reason"], registry=registry
        )
        self.keys = Counter(
            "begone_key_requests", "Requests answered, by API key's name.", ["key", "status"], registry=registry
        )
        self.seconds = Histogram(
            "begone_request_seconds",
            "Time from a request's head to its answer's end.",
            ["route"],
            buckets=_REQUEST_BUCKETS,
            registry=registry,
        )
        self.stages = Histogram(
            "begone_stage_seconds",
            "Time that a labelled page spent in each stage.",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=registry,
        )
        self.labels = Counter("begone_labels", "Blocks labelled, by label.", ["label"], registry=registry)
        self.arriving = Gauge(
            "begone_arriving", "Bodies that are arriving.", registry=registry, multiprocess_mode="livesum"
        )
        self.in_flight = Gauge(
            "begone_in_flight", "Places taken by pages.", registry=registry, multiprocess_mode="livesum"
        )
        self.stuck = Gauge(
            "begone_stuck_threads",
            "Threads held by pages past their deadline.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.model = Gauge(
            "begone_model_info",
            "The model served.",
            ["name", "version"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        ProcessCollector(registry=registry)
        # A series that first appears with its first event hides that event from rate().
        for label in LABELS:
            self.labels.labels(label)
        for stage in STAGES:
            self.stages.labels(stage)
        for kind in problems.KINDS:
            self.refusals.labels(kind.slug)

    def render(self) -> bytes:
        """Return the metrics in Prometheus' text format: of all processes where there are several."""
        if MULTIPROCESS not in os.environ:
            return generate_latest(self.registry)
        from prometheus_client.multiprocess import MultiProcessCollector

        for pid in _gone(Path(os.environ[MULTIPROCESS])):
            _forget(pid)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def close(self) -> None:
        """Take this process' gauges out of the sum when it ends."""
        if MULTIPROCESS in os.environ:
            _forget(os.getpid())

    def count(self, record: Record, *, route: str, method: str, seconds: float) -> None:
        """Count an answered request."""
        self.requests.labels(route, method, str(record.status)).inc()
        self.seconds.labels(route).observe(seconds)
        if record.key:
            self.keys.labels(record.key, str(record.status)).inc()
        if record.refusal:
            self.refusals.labels(record.refusal).inc()
        for stage, spent in record.stages.items():
            self.stages.labels(stage).observe(spent)
        for label, number in record.counts.items():
            self.labels.labels(label).inc(number)


class Observer:
    """Gives each request an id and a record, logs and counts it, and answers what nobody foresaw with a 500."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        record = scope["begone.record"] = Record(request_id(Headers(scope=scope).get("x-request-id")))

        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                headers = [*message.get("headers", ()), (b"x-request-id", record.request_id.encode())]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                record.bytes_answered += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except ClientDisconnect:
            record.status = CLIENT_GONE
        except Exception as error:
            logger.exception("unforeseen error", extra={"fields": {"request_id": record.request_id}})
            record.refusal = problems.INTERNAL.slug
            if record.status:
                raise  # the answer has begun: the server can only cut it off
            await problems.response(error)(scope, receive, send_noting)
        finally:
            self._note(scope, record, time.perf_counter() - started)

    def _note(self, scope: Scope, record: Record, seconds: float) -> None:
        # The route's pattern, never the path itself: a path may hold the address that somebody reads.
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.count(record, route=route, method=method, seconds=seconds)
        logger.info(
            "request",
            extra={"fields": {"method": method, "route": route, "ms": round(seconds * 1000, 3), **record.fields()}},
        )


def _gone(directory: Path) -> set[int]:
    """Return the processes whose gauges are still in `directory` though they were killed."""
    pids = {path.stem.rpartition("_")[2] for path in directory.glob("gauge_live*_*.db")}
    return {int(pid) for pid in pids if Path("/proc/self").exists() and not Path("/proc", pid).exists()}


def _forget(pid: int) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def request_id(given: str | None) -> str:
    """Return the caller's request id if it is a harmless one, else a new one."""
    return given if given and _ID.match(given) else uuid.uuid4().hex
