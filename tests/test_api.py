import asyncio
import gzip
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from starlette.datastructures import Headers

from app.api import accepts_gzip, content_type
from app.errors import PageTooComplex
from app.problems import UnsupportedMediaType
from app.schemas import LabelAnswer, Problem
from tests.envelope import application, client, until

pytestmark = pytest.mark.anyio

PAGE = "<p>The river rose in the night.</p><p>Please donate to this paper.</p>"
LINES = "The river rose in the night.\n\nPlease donate to this paper.\n"
LABELS = [("The river rose in the night.", "content", "main"), ("Please donate to this paper.", "appeal", "donation")]

HTML = {"content-type": "text/html"}
TEXT = {"content-type": "text/plain"}
JSON = {"content-type": "application/json"}
GZIP = {"content-encoding": "gzip"}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(max_body_bytes=20_000, body_timeout_seconds=0.1)) as http:
        yield http


async def post(http: httpx.AsyncClient, body: bytes | str, headers: dict[str, str]) -> httpx.Response:
    return await http.post("/v1/label", content=body, headers=headers)


def labels(answered: httpx.Response) -> list[tuple[str, str, str | None]]:
    assert answered.status_code == 200, answered.text
    answer = LabelAnswer.model_validate_json(answered.content, strict=True)
    return [(block.text, block.label, block.kind) for block in answer.blocks]


def problem(answered: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    told = Problem.model_validate_json(answered.content, strict=True)
    assert (told.type, told.status) == (f"/problems/{slug}", status)
    assert told.title
    assert "instance" not in answered.json()
    document: dict[str, Any] = answered.json()
    return document


# What is posted


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HTML, PAGE.encode()),
        (TEXT, LINES.encode()),
        (JSON, orjson.dumps({"html": PAGE})),
        (JSON, orjson.dumps({"text": LINES})),
        ({"content-type": "Application/JSON; charset=utf-8"}, b"\xef\xbb\xbf" + orjson.dumps({"html": PAGE})),
    ],
    ids=["html", "text", "json html", "json text", "json with a mark"],
)
async def test_every_content_type_is_labelled(
    http: httpx.AsyncClient, headers: dict[str, str], body: bytes, *, packed: bool
) -> None:
    sent = gzip.compress(body) if packed else body
    assert labels(await post(http, sent, headers | (GZIP if packed else {}))) == LABELS


async def test_a_body_may_come_in_pieces_without_its_length(http: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(PAGE), 7):
            yield PAGE[at : at + 7].encode()

    answered = await http.post("/v1/label", content=pieces(), headers=HTML)
    assert labels(answered) == LABELS


async def test_the_answer_has_the_contracts_form(http: httpx.AsyncClient) -> None:
    answered = await post(http, orjson.dumps({"html": "<p data-n=a1>Hello", "id_attribute": "data-n"}), JSON)
    assert answered.headers["content-type"] == "application/json"
    assert answered.json() == {
        "model": {"name": "fake", "version": "0.0.1"},
        "language": "en",
        "page": {
            "kind": "other",
            "kind_score": 1.0,
            "gate": {"kind": "none", "score": 1.0, "evidence": []},
            "gated": False,
            "truncated": "unknown",
            "declared_free": None,
            "sponsored": False,
            "language": "en",
            "title": None,
            "byline": None,
            "published": None,
            "lead_image": None,
            "warnings": [],
        },
        "counts": {"content": 1, "appeal": 0, "advert": 0, "navigation": 0},
        "blocks": [
            {
                "index": 0,
                "label": "content",
                "kind": "main",
                "score": 0.75,
                "selector": "p:nth-child(1)",
                "part": None,
                "id": "a1",
                "tag": "p",
                "text": "Hello",
                "hidden": False,
            }
        ],
        "hide": {"appeal": [], "advert": [], "navigation": []},
        "fixes": {"scroll_lock": [], "backdrop": []},
        "timings_ms": {"parse": 0.123, "features": 1.0, "predict": 2.0},
    }
    assert list(answered.json()) == ["model", "language", "page", "counts", "blocks", "hide", "fixes", "timings_ms"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HTML, b""),
        (HTML, b" \n "),
        (TEXT, b""),
        (TEXT, b"\r\n\t\n"),
        (JSON, b'{"html": ""}'),
        (JSON, b'{"text": " "}'),
    ],
)
async def test_an_empty_page_is_no_error(http: httpx.AsyncClient, headers: dict[str, str], body: bytes) -> None:
    answered = await post(http, body, headers)
    assert labels(answered) == []
    assert answered.json()["page"]["warnings"] == ["no_text"]


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        ("text/html; charset=windows-1251", "<p>Река".encode("windows-1251"), "Река"),
        ('text/html; Charset="shift_jis"', "<p>川が増水".encode("shift_jis"), "川が増水"),
        ("text/html", b"<meta charset=windows-1251><p>" + "Река".encode("windows-1251"), "Река"),
        ("text/plain; charset=iso-8859-1", "“Fünf”".encode("windows-1252"), "“Fünf”"),
        ("text/plain", "Река".encode("utf-8-sig"), "Река"),
        ("text/plain", "Река".encode("utf-16"), "Река"),
        ("text/plain", "<meta charset=koi8-r> Река".encode(), "<meta charset=koi8-r> Река"),
        ("text/plain; charset=klingon", "Река".encode(), "Река"),
        ("text/plain;charset=", "Река".encode(), "Река"),
    ],
)
async def test_bytes_are_decoded_by_header_mark_and_meta(
    http: httpx.AsyncClient, header: str, body: bytes, text: str
) -> None:
    assert [found for found, _, _ in labels(await post(http, body, {"content-type": header}))] == [text]


async def test_a_json_string_has_no_encoding(http: httpx.AsyncClient) -> None:
    answered = await post(http, orjson.dumps({"html": "<meta charset=windows-1251><p>Река"}), JSON)
    assert [text for text, _, _ in labels(answered)] == ["Река"]


async def test_the_callers_language_counts(http: httpx.AsyncClient) -> None:
    answered = await post(http, orjson.dumps({"text": "Hallo", "language": "de-AT"}), JSON)
    assert answered.json()["language"] == "de-AT"


async def test_the_pages_address_reaches_the_engine() -> None:
    app = application()
    async with client(app) as http:
        for url in ("https://news.example/a", None):
            assert labels(await post(http, orjson.dumps({"html": PAGE, "url": url}), JSON)) == LABELS
            assert app.state.service.labeller.url == url


async def test_attribute_names_are_lowered_as_a_parser_does(http: httpx.AsyncClient) -> None:
    answered = await post(http, orjson.dumps({"html": "<p DATA-N=7>x", "id_attribute": "Data-N"}), JSON)
    assert answered.json()["blocks"][0]["id"] == "7"


async def test_big_answers_are_packed_for_those_who_take_it(http: httpx.AsyncClient) -> None:
    page = "<p>The river rose in the night.</p>" * 50
    packed = await post(http, page, HTML | {"accept-encoding": "br, gzip;q=0.5"})
    plain = await post(http, page, HTML | {"accept-encoding": "gzip;q=0"})
    small = await post(http, "<p>x", HTML | {"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(packed.content) / 5
    assert packed.json()["blocks"] == plain.json()["blocks"]
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in small.headers
    assert {answered.headers["vary"] for answered in (packed, plain, small)} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("gzip", True),
        ("br, GZIP", True),
        ("*", True),
        ("x-gzip;q=0.1", True),
        ("gzip; q=0.001", True),
        ("gzip;level=9;q=0", False),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=much", False),
        ("gzip;q=nan", False),
    ],
)
async def test_accept_encoding(value: str, *, accepted: bool) -> None:
    assert accepts_gzip(Headers({"accept-encoding": value})) is accepted


async def test_content_type_parameters() -> None:
    assert content_type(Headers({"content-type": 'text/html; boundary=x; charset="UTF-8"'})) == ("text/html", "UTF-8")
    with pytest.raises(UnsupportedMediaType):
        content_type(Headers({}))


# What is refused


@pytest.mark.parametrize("kind", [None, "", "application/xml", "multipart/form-data", "text/htm", "application/jsonp"])
async def test_other_content_types_are_refused(http: httpx.AsyncClient, kind: str | None) -> None:
    answered = await post(http, b"<p>x", {} if kind is None else {"content-type": kind})
    told = problem(answered, 415, "unsupported-media-type")
    for accepted in ("application/json", "text/html", "text/plain"):
        assert accepted in told["detail"]
        assert accepted in answered.headers["accept"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"html": "<p>x"',
        b"<p>x",
        b'{"html": "x"} {"html": "y"}',
        b'{"html": "\xff"}',
        b'{"html": "\xed\xa0\x80"}',
        b'{"html": "\\ud800"}',
        b'{"html": "\\udc00\\ud800"}',
        '{"html": "x"}'.encode("utf-16"),
        b"[" * 10_000,
    ],
)
async def test_what_is_no_json_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    problem(await post(http, body, JSON), 422, "malformed-json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ([], ""),
        ("text", ""),
        (None, ""),
        ({"html": "x", "text": "y"}, ""),
        ({"html": None}, ""),
        ({"url": "https://news.example/"}, ""),
        ({"text": "x", "id_attribute": "data-n"}, ""),
        ({"html": 5}, "html"),
        ({"html": ["x"]}, "html"),
        ({"text": True}, "text"),
        ({"html": "x", "url": 5}, "url"),
        ({"html": "x", "url": "x" * 8193}, "url"),
        ({"html": "x", "language": "not a language"}, "language"),
        ({"html": "x", "id_attribute": "on click"}, "id_attribute"),
        ({"html": "x", "htlm": "y"}, "htlm"),
        ({"html": "x", "include": "text"}, "include"),
        ({"html": "x", "include": ["nonsense", "anchors"]}, "include.0"),
        ({"html": "x", "Aunt Petunia's own words": 1}, "(unknown)"),
    ],
)
async def test_json_of_another_form_is_refused_by_field(http: httpx.AsyncClient, body: Any, field: str) -> None:
    told = problem(await post(http, orjson.dumps(body), JSON), 422, "invalid-request")
    assert [error["field"] for error in told["errors"]] == [field]
    assert all(error["message"].endswith(".") for error in told["errors"])
    assert "Petunia" not in orjson.dumps(told).decode()


async def test_an_unknown_field_is_told_the_known_ones(http: httpx.AsyncClient) -> None:
    told = problem(await post(http, b'{"htlm": "x", "html": "x"}', JSON), 422, "invalid-request")
    assert "html, text, url, language, id_attribute" in told["errors"][0]["message"]


async def test_many_mistakes_are_not_all_listed(http: httpx.AsyncClient) -> None:
    told = problem(await post(http, orjson.dumps({f"f{n}": 1 for n in range(500)}), JSON), 422, "invalid-request")
    assert len(told["errors"]) == 20


@pytest.mark.parametrize("headers", [HTML, HTML | GZIP])
async def test_a_body_over_the_limit_is_refused(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    body = b"a" * 20_001
    told = problem(
        await post(http, gzip.compress(body) if "content-encoding" in headers else body, headers), 413, "body-too-large"
    )
    assert told["limit"] == 20_000
    assert "20,000 bytes" in told["detail"]
    assert labels(await post(http, PAGE, HTML)) == LABELS


async def test_broken_gzip_is_refused(http: httpx.AsyncClient) -> None:
    problem(await post(http, b"<p>x", HTML | GZIP), 400, "broken-gzip")
    problem(await post(http, gzip.compress(PAGE.encode())[:-3], HTML | GZIP), 400, "broken-gzip")
    assert labels(await post(http, PAGE, HTML)) == LABELS


async def test_another_encoding_is_refused(http: httpx.AsyncClient) -> None:
    answered = await post(http, b"x", HTML | {"content-encoding": "br"})
    problem(answered, 415, "unsupported-encoding")
    assert answered.headers["accept-encoding"] == "gzip"


async def test_a_body_that_does_not_come_is_given_up(http: httpx.AsyncClient) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b"<p>"
        await asyncio.sleep(0.3)
        yield b"x"

    problem(await http.post("/v1/label", content=slowly(), headers=HTML), 408, "body-too-slow")


async def test_a_bound_of_the_engine_is_told() -> None:
    def refuse(_: str) -> None:
        raise PageTooComplex("max_elements", 7)

    async with client(application(refuse)) as http:
        told = problem(await post(http, PAGE, HTML), 422, "page-too-complex")
    assert (told["bound"], told["limit"]) == ("max_elements", 7)


async def test_when_all_places_are_taken_the_next_is_refused_unread() -> None:
    held = threading.Event()
    app = application(lambda _: held.wait(), max_in_flight=2, deadline_seconds=5)
    gate = app.state.service.gate
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield b"x"

    async with client(app) as http:
        waiting = [asyncio.create_task(post(http, PAGE, HTML)) for _ in range(2)]
        await until(lambda: gate.taken == 2)
        answered = await http.post("/v1/label", content=body(), headers=HTML)
        problem(answered, 503, "saturated")
        assert answered.headers["retry-after"] == "1"
        assert (await http.get("/healthz")).status_code == 200
        held.set()
        assert [labels(await task) for task in waiting] == [LABELS, LABELS]
        assert gate.taken == 0
        assert labels(await post(http, PAGE, HTML)) == LABELS
    assert b"".join(read) in (b"", b"x")  # drained after the answer, if at all


async def test_a_page_past_its_deadline_is_answered_and_the_next_one_labelled() -> None:
    held = threading.Event()
    app = application(lambda html: held.wait() if "stuck" in html else None, deadline_seconds=0.1)
    async with client(app) as http:
        told = problem(await post(http, "<p>stuck", HTML), 504, "deadline-exceeded")
        assert told["deadline_seconds"] == 0.1
        assert app.state.service.gate.taken == 0
        await until(lambda: app.state.service.worker.stuck == 1)
        assert labels(await post(http, PAGE, HTML)) == LABELS
        held.set()
        await until(lambda: app.state.service.worker.stuck == 0)


async def test_a_mistake_of_ours_is_a_500_that_tells_nothing() -> None:
    def stumble(html: str) -> None:
        if "stumble" in html:
            raise ValueError(html)

    async with client(application(stumble)) as http:
        answered = await post(http, "<p>Aunt Petunia stumbles", HTML)
        told = problem(answered, 500, "internal-error")
        assert "Petunia" not in orjson.dumps(told).decode()
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert labels(await post(http, PAGE, HTML)) == LABELS


async def test_what_is_not_there(http: httpx.AsyncClient) -> None:
    for path in ("/", "/v1", "/v1/label/", "/healthz/", "/V1/label"):
        problem(await http.get(path), 404, "not-found")


async def test_methods(http: httpx.AsyncClient) -> None:
    answered = await http.get("/v1/label")
    problem(answered, 405, "method-not-allowed")
    assert answered.headers["allow"] == "POST"
    problem(await http.post("/healthz"), 405, "method-not-allowed")


# What an operator asks


async def test_alive_and_ready(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    assert (await http.get("/readyz")).json() == {"status": "ready", "model": {"name": "fake", "version": "0.0.1"}}
    assert (await http.head("/healthz")).status_code == 200
    assert (await http.head("/readyz")).status_code == 200


async def test_the_model_is_described(http: httpx.AsyncClient) -> None:
    told = (await http.get("/v1/model")).json()
    assert (told["name"], told["version"]) == ("fake", "0.0.1")
    assert told["labels"]["content"] == ["main", "comment"]
    assert list(told["labels"]) == ["content", "appeal", "advert", "navigation"]
    assert told["manifest"] == {"sha256": "0" * 64}
    assert told["metrics"] == {"macro_f1": 0.5}
