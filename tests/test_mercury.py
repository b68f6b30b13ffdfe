from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.errors import PageTooComplex
from app.problems import Saturated
from tests.envelope import application, client
from tests.pages import load
from tests.posting import service

FIELDS = [
    "title", "author", "date_published", "dek", "lead_image_url", "content", "next_page_url", "url", "domain",
    "excerpt", "word_count", "direction", "total_pages", "rendered_pages",
]  # fmt: skip
WANTED = {"error": True, "messages": "Post a JSON object with the strings url and html."}
PAGE = {"url": "https://paper.test/a", "html": "<p>The river rose in the night.</p>"}

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(mercury=True, max_body_bytes=5_000)) as http:
        yield http


async def test_a_page_is_answered_with_mercurys_object(http: httpx.AsyncClient) -> None:
    answered = await http.post("/parse-html", json=PAGE | {"headers": {}})
    assert answered.status_code == 200
    assert list(answered.json()) == FIELDS
    assert answered.json()["url"] == PAGE["url"]
    assert answered.json()["content"] == "<div><p>The river rose in the night.</p></div>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"html": "<p>x"}', {"message": "No URL was provided"}),
        (b'{"url": "", "html": "<p>x"}', {"message": "No URL was provided"}),
        (
            b'{"url": "https://paper.test/"}',
            WANTED,
        ),
        (b"<p>secret", WANTED),
        (b"[]", WANTED),
    ],
)
async def test_errors_have_status_200_and_their_shape(
    http: httpx.AsyncClient, body: bytes, told: dict[str, Any]
) -> None:
    answered = await http.post("/parse-html", content=body)
    assert (answered.status_code, answered.json()) == (200, told)


async def test_a_page_beyond_the_limits_is_told_in_their_shape(http: httpx.AsyncClient) -> None:
    answered = await http.post("/parse-html", json=PAGE | {"html": "x" * 6_000})
    assert answered.status_code == 200
    assert answered.json()["error"] is True
    assert "larger than the limit" in answered.json()["messages"]


@pytest.mark.parametrize(
    ("error", "status", "after"), [(Saturated("All taken."), 503, "1"), (PageTooComplex("max_depth", 5), 200, None)]
)
async def test_only_the_services_own_troubles_keep_their_status(
    error: Exception, status: int, after: str | None
) -> None:
    def fail(_: str) -> None:
        raise error

    async with client(application(fail, mercury=True)) as http:
        answered = await http.post("/parse-html", json=PAGE)
        metrics = (await http.get("/metrics")).text
    assert answered.status_code == status
    assert answered.headers.get("retry-after") == after
    assert answered.json()["error"] is True
    reason = "saturated" if status == 503 else "page-too-complex"
    assert f'begone_refusals_total{{reason="{reason}"}} 1.0' in metrics


async def test_the_routes_are_off_unless_they_are_switched_on() -> None:
    async with client(application()) as http:
        for path in ("/parse-html", "/parser/ann/00"):
            answered = await http.post(path, json=PAGE)
            assert answered.status_code == 404
            assert answered.json()["type"] == "/problems/not-found"
        assert "/parse-html" not in (await http.get("/openapi.json")).json()["paths"]


async def test_a_route_that_is_on_is_documented(http: httpx.AsyncClient) -> None:
    assert "post" in (await http.get("/openapi.json")).json()["paths"]["/parse-html"]
    assert (await http.get("/parse-html?url=https://paper.test/")).status_code == 405


async def test_a_real_page_has_its_story_in_the_object() -> None:
    page = next(page for page in load() if page.name == "s01_en_newsletter_midtext")
    async with service(mercury=True) as http:
        answered = await http.post("/parse-html", json={"url": "https://paper.test/a/b", "html": page.html})
    told = answered.json()
    assert told["title"]
    assert "<p>" in told["content"]
    assert 'href="https://paper.test/' in told["content"]
    assert told["word_count"] > 100
