import pytest

from app.security import HEADERS, SafeHeaders
from tests.envelope import application, client, sent_on_starting

pytestmark = pytest.mark.anyio


def stumble(_: str) -> None:
    raise RuntimeError


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/metrics", "/openapi.json", "/v1/model"])
async def test_every_answer_is_safe_to_show(path: str) -> None:
    async with client(application()) as http:
        headers = (await http.get(path)).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


async def test_errors_too() -> None:
    async with client(application(stumble)) as http:
        answered = await http.post("/v1/label", content="x", headers={"content-type": "text/html"})
    assert answered.status_code == 500
    assert {name: answered.headers[name] for name in HEADERS} == HEADERS


async def test_a_page_may_say_more_about_itself() -> None:
    async with client(application()) as http:
        headers = (await http.get("/docs")).headers
    assert headers.get_list("content-security-policy") == [headers["content-security-policy"]]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


async def test_no_answer_names_the_software() -> None:
    async with client(application()) as http:
        assert not {"server", "x-powered-by"} & set((await http.get("/healthz")).headers)


async def test_other_protocols_pass() -> None:
    sent = await sent_on_starting(SafeHeaders)
    assert sent == [{"type": "lifespan.startup.complete"}]
