from typing import Any

import httpx
import pytest

from app import cors, keys
from tests.envelope import application, client

KEY = keys.make()
READER = "https://reader.example"
CHROME = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"
FIREFOX = "moz-extension://0b1f2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
SET: dict[str, Any] = {
    "api_keys": keys.entry("ext", KEY),
    "cors_origins": f"{READER} {CHROME} moz-extension://*",
    "mercury": True,
}
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-api-key",
}

pytestmark = pytest.mark.anyio


async def preflight(http: httpx.AsyncClient, origin: str, path: str = "/v1/label", **headers: str) -> httpx.Response:
    asked = {"origin": origin, **PREFLIGHT} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.options(path, headers=asked)


async def post(http: httpx.AsyncClient, origin: str, path: str = "/v1/label") -> httpx.Response:
    headers = {"origin": origin, "content-type": "text/html", "x-api-key": KEY}
    return await http.post(path, content="<p>Hello", headers=headers)


def allowed(answered: httpx.Response) -> str | None:
    origin: str | None = answered.headers.get("access-control-allow-origin")
    return origin


async def test_no_origin_may_read_unless_one_is_named() -> None:
    async with client(application()) as http:
        answers = [await preflight(http, READER), await post(http, READER)]
    assert [answered.status_code for answered in answers] == [405, 200]
    for answered in answers:
        assert not [name for name in answered.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("origin", [READER, CHROME, FIREFOX])
async def test_an_origin_named_asks_without_a_key_and_reads_the_answer(origin: str) -> None:
    async with client(application(**SET)) as http:
        asked, answered = await preflight(http, origin), await post(http, origin)
    assert (asked.status_code, answered.status_code) == (204, 200)
    assert asked.content == b""
    assert allowed(asked) == allowed(answered) == origin
    assert "POST" in asked.headers["access-control-allow-methods"]
    named = asked.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "x-api-key", "content-type", "content-encoding"} <= set(named)
    for told in (asked, answered):
        assert "access-control-allow-credentials" not in told.headers
    assert "Retry-After" in answered.headers["access-control-expose-headers"]
    for told in (asked, answered):
        assert "origin" in [name.strip().lower() for name in told.headers["vary"].split(",")]
    assert "Accept-Encoding" in answered.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://reader.example.evil.test",
        "https://reader.example:8443",
        "http://reader.example",
        "https://READER.example",
        "null",
        "",
        CHROME[:-1],
        "moz-extension://",
        "moz-extension://evil.test",
        FIREFOX + ".evil.test",
        FIREFOX + "\n",
        FIREFOX.upper(),
        "https://" + FIREFOX,
    ],
)
async def test_no_other_may(origin: str) -> None:
    async with client(application(**SET)) as http:
        asked = await preflight(http, origin.strip("\n"))
        answers = [asked, await post(http, origin.strip("\n"))] if "\n" not in origin else []
    for answered in answers:
        assert not [name for name in answered.headers if name.startswith("access-control-allow")]
        assert "Origin" in answered.headers["vary"]


async def test_any_extension_only_where_pages_are_labelled() -> None:
    async with client(application(**SET)) as http:
        found = {
            path: (allowed(await preflight(http, FIREFOX, path)), allowed(await preflight(http, READER, path)))
            for path in ("/v1/label", "/parse-html", "/v1/model", "/metrics", "/healthz", "/v1/label%0A")
        }
        model = await http.get("/v1/model", headers={"origin": FIREFOX, "x-api-key": KEY})
    labelling = {"/v1/label", "/parse-html"}
    assert found == {path: (FIREFOX if path in labelling else None, READER) for path in found}
    assert allowed(model) is None


async def test_errors_may_be_read_too() -> None:
    async with client(application(**SET, rate="1/day")) as http:
        keyless = await http.post("/v1/label", content="x", headers={"origin": FIREFOX, "content-type": "text/html"})
        await post(http, FIREFOX)
        late = await post(http, FIREFOX)
    assert [(answered.status_code, allowed(answered)) for answered in (keyless, late)] == [
        (401, FIREFOX),
        (429, FIREFOX),
    ]


@pytest.mark.parametrize(
    "asked", [{"access_control_request_method": "DELETE"}, {"access_control_request_headers": "x-other"}]
)
async def test_a_preflight_for_more_gets_no_permission(asked: dict[str, str]) -> None:
    async with client(application(**SET)) as http:
        answered = await preflight(http, READER, **asked)
    assert answered.status_code == 204
    assert allowed(answered) is None


async def test_a_page_may_reach_the_readers_own_machine() -> None:
    async with client(application(**SET)) as http:
        answered = await preflight(http, READER, access_control_request_private_network="true")
    assert answered.headers["access-control-allow-private-network"] == "true"


async def test_preflights_do_not_count() -> None:
    async with client(application(**SET, rate="1/day")) as http:
        assert [(await preflight(http, READER)).status_code for _ in range(5)] == [204] * 5
        assert (await post(http, READER)).status_code == 200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ((), False)),
        ("http://localhost:3000 http://[::1]:3000", (("http://localhost:3000", "http://[::1]:3000"), False)),
        ("moz-extension://*", ((), True)),
        ("safari-web-extension://0B1F2C3D-4E5F", (("safari-web-extension://0B1F2C3D-4E5F",), False)),
    ],
)
def test_origins_are_read(text: str, found: Any) -> None:
    assert cors.read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "reader.example",
        "https://*.reader.example",
        "https://reader.example/",
        "https://reader.example:443",
        "http://reader.example:80",
        "https://Reader.example",
        "https://",
        "https://me@reader.example",
        "chrome-extension://*",
        "moz-extension://*/",
        f"{READER},{CHROME}",
    ],
)
def test_what_no_browser_sends_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be origins"):
        cors.read(text)
