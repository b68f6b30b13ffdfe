import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app import logs
from app.logs import JsonFormatter
from app.observe import STAGES, Metrics, Observer, Record, request_id
from tests.envelope import application, client

HTML = {"content-type": "text/html"}
AUNT = "Aunt Petunia"


class Lines(logging.Handler):
    """Keeps what is logged, as the JSON lines that would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("http"):  # the client's own logs
            self.written.append(self.format(record))

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in map(orjson.loads, self.written) if line["message"] == "request"]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def stumble(html: str) -> None:
    if "stumble" in html:
        html.encode("ascii")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(stumble, max_body_bytes=1000)) as http:
        yield http


async def samples(http: httpx.AsyncClient) -> dict[str, float]:
    text = (await http.get("/metrics")).text
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


@pytest.mark.anyio
async def test_a_request_is_one_line_of_figures(http: httpx.AsyncClient, lines: Lines) -> None:
    page = "<p>Hello</p><p>Please donate</p>"
    answered = await http.post("/v1/label", content=page, headers=HTML | {"x-request-id": "r-1"})
    (line,) = lines.requests()
    assert list(line["stages_ms"]) == list(STAGES)
    assert (line["stages_ms"]["parse"], line["stages_ms"]["features"], line["stages_ms"]["predict"]) == (0.123, 1, 2)
    assert {name: line[name] for name in line if name not in ("time", "ms", "stages_ms")} == {
        "level": "info",
        "logger": "begone",
        "message": "request",
        "method": "POST",
        "route": "/v1/label",
        "request_id": "r-1",
        "status": 200,
        "input": "text/html",
        "bytes_sent": len(page),
        "bytes_held": len(page),
        "blocks": 2,
        "counts": {"content": 1, "appeal": 1, "advert": 0, "navigation": 0},
        "bytes_answered": len(answered.content),
    }


@pytest.mark.anyio
async def test_nothing_of_a_page_is_logged_or_counted(http: httpx.AsyncClient, lines: Lines) -> None:
    secret = f"<p>{AUNT} stümbles: stumble"
    posts: list[tuple[str, str | bytes]] = [
        ("text/html", f"<p>{AUNT}"),
        ("text/html", secret),  # an encoder's message quotes the text that it could not encode
        ("text/plain", f"{AUNT}"),
        ("application/json", orjson.dumps({"html": AUNT, "url": f"https://{AUNT}.example"})),
        ("application/json", orjson.dumps({"html": AUNT, AUNT: 1})),
        ("application/json", f'{{"html": "{AUNT}'),
        ("application/json", orjson.dumps({"html": {"a": AUNT}, "language": AUNT})),
        (f"text/{AUNT}", "x"),
        ("text/html", f"<p>{AUNT}" * 100),
    ]
    told = []
    for kind, body in posts:
        answered = await http.post("/v1/label", content=body, headers={"content-type": kind})
        if answered.status_code != 200:
            told.append(answered.text)
    await http.get(f"/{AUNT}?q={AUNT}")
    await http.get(f"/healthz?{AUNT}")
    await http.request(AUNT.split()[0], "/healthz")
    counted = (await http.get("/metrics")).text
    assert {line["status"] for line in lines.requests()} == {200, 404, 405, 413, 415, 422, 500}
    assert len(told) == 6
    for word in AUNT.split():
        assert word not in "\n".join(lines.written + told) + counted


@pytest.mark.anyio
async def test_an_unforeseen_error_is_logged_by_type_and_place(http: httpx.AsyncClient, lines: Lines) -> None:
    answered = await http.post("/v1/label", content="<p>stümble stumble", headers=HTML)
    line = next(line for line in map(orjson.loads, lines.written) if line["level"] == "error")
    assert line["request_id"] == answered.headers["x-request-id"]
    assert line["error"] == "UnicodeEncodeError"
    assert line["frames"][-1].endswith(" stumble")
    assert "stümble" not in "".join(lines.written)


@pytest.mark.anyio
async def test_request_ids_are_echoed_if_harmless(http: httpx.AsyncClient) -> None:
    given = await http.get("/healthz", headers={"x-request-id": "abc-1.2_3"})
    made = await http.get("/healthz")
    refused = await http.get("/healthz", headers={"x-request-id": "a b"})
    assert given.headers["x-request-id"] == "abc-1.2_3"
    assert len(made.headers["x-request-id"]) == 32
    assert refused.headers["x-request-id"] not in ("a b", made.headers["x-request-id"])


@pytest.mark.parametrize("given", [None, "", "x" * 65, "a\nb", "a\n", 'a"b', "é"])
def test_other_request_ids_are_replaced(given: str | None) -> None:
    assert request_id(given) != given


@pytest.mark.anyio
async def test_requests_refusals_labels_and_stages_are_counted(http: httpx.AsyncClient) -> None:
    before = await samples(http)
    for _ in range(2):
        await http.post("/v1/label", content="<p>Hello</p><p>Please donate", headers=HTML)
    await http.post("/v1/label", content="x" * 1001, headers=HTML)
    await http.get("/nowhere")
    after = await samples(http)
    gained = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    expected = {
        "begone_requests_total['/v1/label', '200', 'POST']": 2,
        "begone_requests_total['/v1/label', '413', 'POST']": 1,
        "begone_requests_total['404', 'GET', 'none']": 1,
        "begone_refusals_total['body-too-large']": 1,
        "begone_refusals_total['not-found']": 1,
        "begone_labels_total['content']": 2,
        "begone_labels_total['appeal']": 2,
        "begone_request_seconds_count['/v1/label']": 3,
        **{f"begone_stage_seconds_count['{stage}']": 2 for stage in STAGES},
    }
    assert {name: gained.get(name) for name in expected} == expected
    assert after["begone_labels_total['advert']"] == 0  # there from the start
    assert after["begone_refusals_total['saturated']"] == 0
    assert after["begone_in_flight[]"] == 0
    assert after["begone_model_info['0.0.1', 'fake']"] == 1
    assert after["process_resident_memory_bytes[]"] > 1e6


async def run(observer: Observer, scope: Scope) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await observer(scope, receive, send)
    return sent


SCOPE = {"type": "http", "method": "POST", "headers": []}


@pytest.mark.anyio
async def test_a_client_that_goes_away_is_no_error(lines: Lines) -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ClientDisconnect

    assert await run(Observer(app, Metrics()), dict(SCOPE)) == []
    assert [line["status"] for line in lines.requests()] == [499]
    assert len(lines.written) == 1


@pytest.mark.anyio
async def test_an_answer_that_breaks_off_is_left_to_the_server(lines: Lines) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(AUNT)

    with pytest.raises(ValueError, match=AUNT):
        await run(Observer(app, Metrics()), dict(SCOPE))
    assert [line["refusal"] for line in lines.requests()] == ["internal-error"]


@pytest.mark.anyio
async def test_other_protocols_pass() -> None:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": scope["type"]})

    assert await run(Observer(app, Metrics()), {"type": "lifespan"}) == [{"type": "lifespan"}]


def test_a_record_starts_empty() -> None:
    assert Record("r").fields() == {"request_id": "r", "status": 0, "bytes_answered": 0}


def test_a_log_line_is_json_with_a_time() -> None:
    record = logging.LogRecord("some.library", logging.WARNING, "file.py", 1, "%d of %d", (1, 2), None)
    record.created = 0
    assert orjson.loads(JsonFormatter().format(record)) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "warning",
        "logger": "some.library",
        "message": "1 of 2",
    }


def test_other_libraries_logs_are_json_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    for name in ("uvicorn", "uvicorn.error", "asyncio"):  # a server that another test started has set up its own
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    before = root.level, root.handlers[:]
    try:
        logs.configure("warning")
        logging.getLogger("uvicorn.error").warning("careful")
        logging.getLogger("uvicorn.error").info("by the way")
        try:
            raise KeyError(AUNT)
        except KeyError:
            logging.getLogger("asyncio").exception("it broke")
    finally:
        root.handlers[:] = before[1]
        root.setLevel(before[0])
    written = capsys.readouterr().err
    first, second = map(orjson.loads, written.splitlines())
    assert first["message"] == "careful"
    assert (second["message"], second["error"]) == ("it broke", "KeyError")
    assert AUNT not in written
