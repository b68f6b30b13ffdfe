import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from pydantic import ValidationError

from app import settings as settings_module
from app import tracing
from app.observe import STAGES
from app.settings import Settings
from tests.conftest import ROOT
from tests.envelope import application, client

HTML = {"content-type": "text/html"}
AUNT = "Aunt Petunia"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "provider", lambda: provider)
    return exporter


@pytest.mark.anyio
async def test_a_request_is_a_span_and_each_stage_one_below_it(exporter: InMemorySpanExporter) -> None:
    async with client(application(otel=True)) as http:
        await http.post("/v1/label", content="<p>Hello</p><p>Please donate", headers=HTML | {"x-request-id": "r-1"})
    *stages, whole = exporter.get_finished_spans()
    assert whole.name == "POST /v1/label"
    assert dict(whole.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/label",
        "http.response.status_code": 200,
        "begone.request_id": "r-1",
        "begone.input": "text/html",
        "begone.bytes_held": 28,
        "begone.bytes_answered": (whole.attributes or {})["begone.bytes_answered"],
        "begone.blocks.content": 1,
        "begone.blocks.appeal": 1,
        "begone.blocks.advert": 0,
        "begone.blocks.navigation": 0,
    }
    assert [span.name for span in stages] == list(STAGES)
    assert {span.parent.span_id for span in stages if span.parent} == {whole.context.span_id}
    assert stages[0].start_time == whole.start_time
    for before, after in pairwise(stages):
        assert before.end_time == after.start_time


@pytest.mark.anyio
async def test_a_refusal_names_its_kind_and_a_failure_is_an_error(exporter: InMemorySpanExporter) -> None:
    app = application(otel=True, max_in_flight=1)
    async with client(app) as http:
        await http.post("/v1/label", content="x", headers={"content-type": "image/png"})
        with app.state.service.place():
            await http.post("/v1/label", content="x", headers=HTML)
    refused, full = exporter.get_finished_spans()
    assert (refused.attributes or {})["error.type"] == "unsupported-media-type"
    assert refused.status.status_code is StatusCode.UNSET
    assert (full.attributes or {})["error.type"] == "saturated"
    assert full.status.status_code is StatusCode.ERROR


@pytest.mark.anyio
async def test_spans_stand_below_the_callers(exporter: InMemorySpanExporter) -> None:
    async with client(application(otel=True)) as http:
        await http.post("/v1/label", content="<p>x", headers=HTML | {"traceparent": CALLER})
        await http.post("/v1/label", content="<p>x", headers=HTML | {"traceparent": CALLER[:-1] + "0"})
    spans = exporter.get_finished_spans()
    assert {f"{span.context.trace_id:x}" for span in spans} == {"af7651916cd43dd8448eb211c80319c"}
    assert spans[-1].parent is not None
    assert f"{spans[-1].parent.span_id:x}" == "b7ad6b7169203331"
    assert len(spans) == len(STAGES) + 1  # of the second the caller wants no record


@pytest.mark.anyio
async def test_probes_make_no_spans(exporter: InMemorySpanExporter) -> None:
    async with client(application(otel=True)) as http:
        for path in ("/healthz", "/readyz", "/metrics"):
            await http.get(path)
    assert not exporter.get_finished_spans()


@pytest.mark.anyio
async def test_nothing_of_a_page_or_its_address_is_in_a_span(exporter: InMemorySpanExporter) -> None:
    async with client(application(otel=True)) as http:
        await http.post("/v1/label", content=f"<p>{AUNT}", headers=HTML)
        await http.post("/v1/label", json={"html": AUNT, "url": "https://petunia.example/aunt"})
        await http.post("/v1/label", json={"html": AUNT, AUNT: 1})
        await http.get(f"/{AUNT}?q={AUNT}")
        await http.request("PETUNIA", "/healthz")
    told = "".join(span.to_json() for span in exporter.get_finished_spans())
    assert "aunt" not in told.lower()
    assert "petunia" not in told.lower()


class Collector(BaseHTTPRequestHandler):
    """Takes spans as an OpenTelemetry collector does."""

    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.got.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class calls it so)
        pass


@pytest.fixture
def collector() -> Iterator[HTTPServer]:
    Collector.got = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.anyio
async def test_what_is_left_is_sent_when_the_process_ends(
    collector: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "")
    monkeypatch.delenv("OTEL_SERVICE_NAME")  # taken back after the test, in which it is set
    async with client(application(otel=True)) as http:
        await http.post("/v1/label", content=f"<p>{AUNT}", headers=HTML)
    ((path, sent),) = Collector.got
    assert path == "/v1/traces"
    assert b"POST /v1/label" in sent
    assert b"begone" in sent
    assert AUNT.encode() not in sent


def test_without_its_libraries_it_cannot_be_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(otel=True).otel
    monkeypatch.setattr(settings_module, "find_spec", lambda _: None)
    assert not Settings().otel
    with pytest.raises(ValidationError, match="begone\\[otel\\]"):
        Settings(otel=True)


def test_switched_off_nothing_of_it_is_loaded() -> None:
    code = "import sys; from app.main import serve; serve(); print('opentelemetry.sdk' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
