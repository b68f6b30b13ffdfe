import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from app import keys
from tests.envelope import application, client, until

KEY = keys.make()
CLOSABLE = ("/docs", "/docs/start.js", "/openapi.json", "/metrics")

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


@asynccontextmanager
async def both(**settings: Any) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    number = free_port()
    async with (
        client(application(admin_port=number, **settings)) as http,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{number}") as other,
    ):
        yield http, other


async def statuses(http: httpx.AsyncClient, *paths: str) -> dict[str, int]:
    return {path: (await http.get(path)).status_code for path in paths}


async def test_documentation_and_metrics_are_there_by_default() -> None:
    async with client(application()) as http:
        assert set((await statuses(http, *CLOSABLE)).values()) == {200}


async def test_each_can_be_closed() -> None:
    async with client(application(docs=False)) as http:
        assert await statuses(http, *CLOSABLE) == dict.fromkeys(CLOSABLE, 404) | {"/metrics": 200}
        assert (await http.get("/problems/saturated")).status_code == 200
    async with client(application(metrics=False)) as http:
        assert await statuses(http, *CLOSABLE) == dict.fromkeys(CLOSABLE, 200) | {"/metrics": 404}
        assert "/metrics" not in (await http.get("/openapi.json")).json()["paths"]


async def test_they_move_to_another_port_and_the_probes_answer_on_both() -> None:
    async with both() as (http, other):
        assert set((await statuses(http, *CLOSABLE)).values()) == {404}
        assert set((await statuses(other, *CLOSABLE)).values()) == {200}
        for one in (http, other):
            assert await statuses(one, "/healthz", "/readyz", "/problems/saturated") == {
                "/healthz": 200,
                "/readyz": 200,
                "/problems/saturated": 200,
            }
        assert (await http.get("/v1/model")).status_code == 200
        assert (await other.get("/v1/model")).status_code == 404
        assert (await other.post("/v1/label", content="x")).json()["type"] == "/problems/not-found"
        assert "/v1/label" in (await other.get("/openapi.json")).json()["paths"]


async def test_closed_is_closed_there_too() -> None:
    async with both(docs=False, metrics=False) as (_, other):
        assert set((await statuses(other, *CLOSABLE)).values()) == {404}


async def test_the_metrics_there_are_the_services_and_want_no_key() -> None:
    async with both(api_keys=keys.entry("reader", KEY), rate="10/day") as (http, other):
        await http.post("/v1/label", content="<p>x", headers={"content-type": "text/html", "x-api-key": KEY})
        answered = await other.get("/metrics")
    assert 'begone_requests_total{method="POST",route="/v1/label",status="200"} 1.0' in answered.text
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answered.headers


async def test_a_head_there_has_its_bounds_too() -> None:
    number = free_port()
    async with client(application(admin_port=number, head_timeout_seconds=0.1)):
        reader, writer = await asyncio.open_connection("127.0.0.1", number)
        writer.write(b"GET / HT")
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await writer.wait_closed()


async def test_the_port_closes_with_the_service() -> None:
    number = free_port()
    async with client(application(admin_port=number)):
        _, writer = await asyncio.open_connection("127.0.0.1", number)  # and stays idle
    writer.close()
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", number)


async def test_a_taken_port_is_said_and_stops_the_start(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with client(application(admin_port=taken.getsockname()[1])):
            raise AssertionError
    assert "the port for operators cannot be opened" in caplog.messages


async def test_several_processes_share_the_port() -> None:
    number = free_port()
    async with (
        client(application(admin_port=number, workers=2)),
        client(application(admin_port=number, workers=2)),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{number}") as other,
    ):
        assert (await other.get("/healthz")).status_code == 200
    await until(lambda: not listens(number))


async def test_it_may_listen_on_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    number = free_port()
    async with (
        client(application(admin_port=number, admin_host="::1")),
        httpx.AsyncClient(base_url=f"http://[::1]:{number}") as other,
    ):
        assert (await other.get("/healthz")).status_code == 200


def listens(number: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", number)) == 0
