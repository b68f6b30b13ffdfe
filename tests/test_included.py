import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.schemas import LabelAnswer
from tests import pages
from tests.envelope import application, client
from tests.posting import service

PAGE = "<p>The river rose in the night.</p><template>More</template><p>Please donate to this paper.</p>"
STORY = next(page for page in pages.load() if page.name == "s01_en_newsletter_midtext")
ALL = ["scores", "reasons", "text", "markdown", "html", "hidden_text_chars"]

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application()) as http:
        yield http


async def ask(http: httpx.AsyncClient, *include: str, **more: Any) -> dict[str, Any]:
    answered = await http.post("/v1/label", json={"html": PAGE, "include": list(include), **more})
    assert answered.status_code == 200, answered.text
    LabelAnswer.model_validate_json(answered.content, strict=True)
    answer: dict[str, Any] = answered.json()
    return answer


async def test_nothing_more_is_told_than_is_asked_for(http: httpx.AsyncClient) -> None:
    plain = await ask(http)
    assert await ask(http, "text") == plain | {"text": "The river rose in the night."}
    assert list(await ask(http, "text", "html")) == [*list(plain)[:-1], "text", "html", "timings_ms"]


@pytest.mark.parametrize("media_type", ["text/html", "text/plain"])
async def test_a_page_posted_as_it_is_asks_in_its_query(http: httpx.AsyncClient, media_type: str) -> None:
    path = "/v1/label?include=text,%20markdown&include=html&include="
    answered = await http.post(path, content=PAGE, headers={"content-type": media_type})
    assert answered.status_code == 200
    assert {"text", "markdown", "html"} <= set(answered.json())


@pytest.mark.parametrize("how", ["json", "query"])
async def test_what_cannot_be_included_is_refused(http: httpx.AsyncClient, how: str) -> None:
    if how == "json":
        answered = await http.post("/v1/label", json={"html": PAGE, "include": ["text", "secrets"]})
    else:
        headers = {"content-type": "text/html"}
        answered = await http.post("/v1/label?include=text,secrets", content=PAGE, headers=headers)
    assert answered.status_code == 422
    problem = answered.json()
    assert problem["type"] == "/problems/invalid-request"
    assert problem["errors"][0]["field"] == ("include.1" if how == "json" else "include")
    assert "'scores', 'reasons', 'text', 'markdown', 'html'" in problem["detail"]
    assert "secrets" not in answered.text


async def test_an_answer_with_everything() -> None:
    async with service() as http:
        request = {"html": STORY.html, "url": "https://paper.test/a/b", "include": ALL}
        answered = await http.post("/v1/label", json=request)
        bare = await http.post("/v1/label", json={**request, "include": []})
    answer = answered.json()
    LabelAnswer.model_validate_json(answered.content, strict=True)
    content = [block["text"] for block in answer["blocks"] if block["label"] == "content" and block["text"]]
    assert answer["text"] == "\n\n".join(content)
    assert answer["markdown"].count("\n\n") >= len(content) - 1
    assert answer["html"].startswith("<")
    assert answer["page"]["hidden_text_chars"] >= 0
    for block, plain in zip(answer["blocks"], bare.json()["blocks"], strict=True):
        assert block["scores"][block["label"]] == block["score"]
        assert sum(block["scores"].values()) == pytest.approx(1, abs=0.001)
        assert block["reasons"]
        assert {name: value for name, value in block.items() if name not in {"scores", "reasons"}} == plain


async def test_a_text_can_be_explained_and_read_too() -> None:
    async with service() as http:
        request = {"text": "The river rose.\nPlease donate to this paper today.", "include": ALL}
        answer = (await http.post("/v1/label", json=request)).json()
    assert answer["page"]["hidden_text_chars"] == 0
    assert all(block["scores"] and block["reasons"] is not None for block in answer["blocks"])
    assert json.dumps(answer["text"])
