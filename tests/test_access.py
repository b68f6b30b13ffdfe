import asyncio
import base64
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import keys
from app.access import OPEN, Access, address
from app.rates import Rate
from tests.envelope import application, client, sent_on_starting, serving
from tests.test_observe import Lines, lines  # noqa: F401

KEY, OTHER = keys.make(), keys.make()
BEARER = {"authorization": f"Bearer {KEY}"}
HTML = {"content-type": "text/html"}
PAGE = "<p>Hello</p>"
ENTRIES = f"{keys.entry('reader', KEY)} {keys.entry('other', OTHER, '2/day')}"

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(api_keys=ENTRIES)) as http:
        yield http


async def label(http: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await http.post("/v1/label", content=PAGE, headers=HTML | headers)


async def test_without_keys_everybody_may_ask() -> None:
    async with client(application()) as http:
        answered = await label(http)
    assert answered.status_code == 200
    assert not {"ratelimit", "vary-origin", "access-control-allow-origin"} & set(answered.headers)


@pytest.mark.parametrize(
    "headers",
    [
        BEARER,
        {"authorization": f"bearer   {KEY} "},
        {"x-api-key": KEY},
        {"x-api-key": OTHER},
        {"x-api-key": KEY, "authorization": "Basic dTpw"},
        {"x-api-key": KEY, "authorization": "Bearer meant-for-the-proxy"},
    ],
)
async def test_a_known_key_opens(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await label(http, **headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, 'Bearer realm="begone"'),
        ({"authorization": "Bearer"}, 'Bearer realm="begone"'),
        ({"authorization": f"Basic {KEY}"}, 'Bearer realm="begone"'),
        ({"authorization": KEY}, 'Bearer realm="begone"'),
        ({"authorization": "Bearer " + KEY[:-1]}, 'Bearer realm="begone", error="invalid_token"'),
        ({"x-api-key": ""}, 'Bearer realm="begone", error="invalid_token"'),
        ({"x-api-key": KEY.upper()}, 'Bearer realm="begone", error="invalid_token"'),
        ({"x-api-key": hashlib.sha256(KEY.encode()).hexdigest()}, 'Bearer realm="begone", error="invalid_token"'),
        ({"x-api-key": "wrong", "authorization": f"Bearer {KEY}"}, 'Bearer realm="begone", error="invalid_token"'),
    ],
)
async def test_no_key_or_a_wrong_one_is_refused(
    http: httpx.AsyncClient, headers: dict[str, str], challenge: str
) -> None:
    answered = await label(http, **headers)
    assert (answered.status_code, answered.headers["www-authenticate"]) == (401, challenge)
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["type"] == "/problems/unauthorized"
    assert "x-request-id" in answered.headers


async def test_a_key_of_any_bytes_is_refused_and_no_mistake(http: httpx.AsyncClient) -> None:
    answered = await http.post("/v1/label", content=PAGE, headers=[(b"x-api-key", b"\xff\xfe\x80")])
    assert answered.status_code == 401


async def test_every_path_wants_a_key_but_those_listed() -> None:
    app = application(api_keys=ENTRIES, mercury=True, feedbin_secrets="ann:s3cret")
    paths = {"/v1/label", "/v1/label%0A", "/v1/model", "/metrics", "/parse-html", "/nowhere", "/docs/../v1/label", "/"}
    async with client(app) as http:
        for path in paths:
            for method in ("GET", "POST", "OPTIONS", "PUT"):
                assert (await http.request(method, path)).status_code == 401, (method, path)
        for path in OPEN | {"/docs/start.js", "/problems/unauthorized"}:
            assert (await http.get(path)).status_code == 200, path
        assert (await http.head("/healthz")).status_code == 200
        assert (await http.get("/metrics", headers=BEARER)).status_code == 200


async def test_a_signature_is_the_key_of_the_feed_readers_route() -> None:
    async with client(application(api_keys=ENTRIES)) as http:
        assert (await http.post("/parser/ann/x", json={})).status_code == 401  # there is no such route
    async with client(application(api_keys=ENTRIES, feedbin_secrets="ann:s3cret")) as http:
        assert (await http.post("/parser/ann/x", json={"url": "u", "body": PAGE})).status_code == 400
        assert (await signed(http)).status_code == 200


async def signed(http: httpx.AsyncClient, secret: str = "s3cret", user: str = "ann") -> httpx.Response:  # noqa: S107
    story = "https://paper.test/a"
    encoded = base64.urlsafe_b64encode(story.encode()).decode()
    signature = hmac.new(secret.encode(), story.encode(), "sha1").hexdigest()
    return await http.post(f"/parser/{user}/{signature}?base64_url={encoded}", json={"body": PAGE})


async def test_mercurys_route_wants_a_key_and_counts() -> None:
    async with client(application(api_keys=ENTRIES, mercury=True)) as http:
        posts = [
            await http.post("/parse-html", json={"url": "https://a.test/", "html": PAGE}, headers=headers)
            for headers in ({}, *[{"x-api-key": OTHER}] * 3)
        ]
    assert [answered.status_code for answered in posts] == [401, 200, 200, 429]


async def test_keys_are_changed_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LOOK_SECONDS", 0.0)
    path = tmp_path / "keys"
    path.write_text(keys.entry("reader", KEY))
    async with client(application(api_keys_file=path)) as http:
        assert [(await label(http, **{"x-api-key": key})).status_code for key in (KEY, OTHER)] == [200, 401]
        path.write_text(f"{keys.entry('reader', OTHER)}  # since this morning\n")
        assert [(await label(http, **{"x-api-key": key})).status_code for key in (KEY, OTHER)] == [401, 200]
        path.write_text("reader:")
        assert [(await label(http, **{"x-api-key": key})).status_code for key in (KEY, OTHER)] == [401, 200]


async def test_the_keys_name_is_noted_and_the_key_is_not(
    http: httpx.AsyncClient,
    lines: Lines,  # noqa: F811
) -> None:
    await label(http, **BEARER)
    await label(http)
    await label(http, **{"x-api-key": "begone_nobody"})
    counted = (await http.get("/metrics", headers=BEARER)).text
    assert [line.get("key") for line in lines.requests()] == ["reader", None, None, "reader"]
    assert [line.get("refusal") for line in lines.requests()] == [None, "unauthorized", "unauthorized", None]
    assert 'begone_key_requests_total{key="reader",status="200"} 1.0' in counted
    assert 'begone_refusals_total{reason="unauthorized"} 2.0' in counted
    told = "".join(lines.written) + counted
    for secret in (KEY, KEY[7:], hashlib.sha256(KEY.encode()).hexdigest(), "begone_nobody"):
        assert secret not in told


async def test_a_caller_learns_what_is_left_and_when_to_come_back() -> None:
    async with client(application(rate="2/day")) as http:
        first, second, third = [await label(http) for _ in range(3)]
        model = await http.get("/v1/model")
    assert [answered.status_code for answered in (first, second, third)] == [200, 200, 429]
    assert first.headers["ratelimit-policy"] == '"requests";q=2;w=86400'
    assert first.headers["ratelimit"] == '"requests";r=1;t=43200'
    assert second.headers["ratelimit"].startswith('"requests";r=0;t=')
    assert third.headers["ratelimit"].startswith('"requests";r=0;t=')
    problem = third.json()
    assert problem["type"] == "/problems/too-many-requests"
    assert third.headers["retry-after"] == str(problem["retry_after_seconds"])
    assert 43_190 <= problem["retry_after_seconds"] <= 43_200
    assert (problem["limit"], problem["window_seconds"]) == (2, 86_400)
    assert model.status_code == 200
    assert "ratelimit" not in model.headers


async def test_who_comes_back_when_told_is_let_in() -> None:
    async with client(application(rate="1/second")) as http:
        assert (await label(http)).status_code == 200
        refused = await label(http)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        await asyncio.sleep(1.05)
        assert (await label(http)).status_code == 200


async def test_refused_requests_count_by_reason(lines: Lines) -> None:  # noqa: F811
    async with client(application(rate="1/day")) as http:
        for _ in range(3):
            await label(http)
        counted = (await http.get("/metrics")).text
    assert [line.get("refusal") for line in lines.requests()][:3] == [None, "too-many-requests", "too-many-requests"]
    assert 'begone_refusals_total{reason="too-many-requests"} 2.0' in counted
    assert "127.0.0.1" not in "".join(lines.written)


async def test_each_key_has_its_own_count_and_may_have_its_own_rate() -> None:
    async with client(application(api_keys=ENTRIES, rate="3/day")) as http:
        seen = {key: [(await label(http, **{"x-api-key": key})).status_code for _ in range(4)] for key in (KEY, OTHER)}
        unknown = [(await label(http)).status_code for _ in range(5)]
    assert seen == {KEY: [200, 200, 200, 429], OTHER: [200, 200, 429, 429]}
    assert unknown == [401] * 5


@pytest.mark.parametrize("path", ["/v1/label%0A", "/v1/label/", "/nowhere"])
async def test_no_other_spelling_of_a_path_goes_round_the_count(path: str) -> None:
    async with client(application(rate="1/day")) as http:
        await label(http)
        assert (await http.post(path, content=PAGE, headers=HTML)).status_code == 429


async def test_errors_count_too() -> None:
    async with client(application(rate="2/day")) as http:
        posts = [await http.post("/v1/label", content="{", headers={"content-type": "x/y"}) for _ in range(3)]
    assert [answered.status_code for answered in posts] == [415, 415, 429]
    assert "ratelimit" in posts[0].headers


async def test_a_user_counts_by_signature_and_strangers_use_up_nothing_of_it() -> None:
    async with client(application(feedbin_secrets="ann:s3cret bob:other", rate="2/day")) as http:
        strangers = [(await signed(http, "wrong")).status_code for _ in range(3)]
        ann = [(await signed(http)).status_code for _ in range(3)]
        bob = [(await signed(http, "other", "bob")).status_code for _ in range(3)]
    assert strangers == [400, 400, 429]
    assert ann == bob == [200, 200, 429]


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("_hidden", "unknown"),
    ],
)
def test_addresses_count_by_what_one_caller_has(host: str, counted: str) -> None:
    assert address({"client": (host, 1)}) == counted


def test_a_caller_without_an_address_is_one_of_the_unknown() -> None:
    assert address({"client": None}) == address({}) == "unknown"


FORWARDED = {"x-forwarded-for": "203.0.113.9, 198.51.100.1"}


def posts(port: int, *forwarded: str) -> list[int]:
    labelling = f"http://127.0.0.1:{port}/v1/label"
    return [
        httpx.post(labelling, content=PAGE, headers=HTML | {"x-forwarded-for": one}).status_code for one in forwarded
    ]


def test_only_a_trusted_proxys_word_on_addresses_is_believed() -> None:
    claimed = ("198.51.100.1", "198.51.100.2", "203.0.113.9, 198.51.100.1", "198.51.100.2, 127.0.0.1")
    with serving(application(rate="1/day"), proxy_headers=False) as port:
        assert posts(port, *claimed) == [200, 429, 429, 429]
    with serving(application(rate="1/day"), proxy_headers=True, forwarded_allow_ips=["127.0.0.0/8"]) as port:
        assert posts(port, *claimed) == [200, 200, 429, 429]
    with serving(application(rate="1/day"), proxy_headers=True, forwarded_allow_ips=["10.0.0.1"]) as port:
        assert posts(port, *claimed) == [200, 429, 429, 429]


def answer_to_a_head(port: int, head: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(head)
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        return received


@pytest.mark.parametrize(
    ("settings", "status"), [({"api_keys": ENTRIES}, b"401"), ({"rate": "1/day"}, b"429")], ids=["key", "rate"]
)
def test_a_refusal_waits_for_no_body_and_takes_no_place(settings: dict[str, Any], status: bytes) -> None:
    app = application(**settings, max_in_flight=1)
    head = b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n"
    with serving(app) as port:
        httpx.post(f"http://127.0.0.1:{port}/v1/label", content=PAGE, headers=HTML)
        with app.state.service.place():  # none is left
            answered = answer_to_a_head(port, head)
    assert answered.startswith(b"HTTP/1.1 " + status)
    assert b"connection: close" in answered.lower()


async def test_other_protocols_pass() -> None:
    sent = await sent_on_starting(lambda app: Access(app, None, Rate(1, 1), None))
    assert sent == [{"type": "lifespan.startup.complete"}]


def test_all_keys_are_compared_with(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    same: Callable[[bytes, bytes], bool] = hmac.compare_digest

    def counting(left: bytes, right: bytes) -> bool:
        compared.append(left)
        return same(left, right)

    held = keys.Keys(ENTRIES, None)
    monkeypatch.setattr(hmac, "compare_digest", counting)
    assert held.find(KEY.encode()) is not None
    assert held.find(b"x") is None
    assert len(compared) == 4
