import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.client import LOST, Answered, Client, get, post

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno"


@contextmanager
def answering(*connections: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that gives each connection its answers, one for each request, and then closes it."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answers in connections:
                connection, _ = listening.accept()
                with connection:
                    for answer in answers:
                        received.append(connection.recv(65536))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], received
        thread.join(5)


async def statuses(port: int, *requests: bytes) -> list[int]:
    client = Client(port)
    answered: list[Answered] = [await client.ask(request) for request in requests]
    client.close()
    assert all(each.milliseconds > 0 for each in answered)
    return [each.status for each in answered]


async def test_a_connection_is_kept_for_the_next_request() -> None:
    with answering([OK, OK]) as (port, received):
        assert await statuses(port, get("/healthz"), post(b"<p>x")) == [200, 200]
    assert received[0].startswith(b"GET /healthz HTTP/1.1\r\n")
    assert received[1].endswith(b"Content-Length: 4\r\n\r\n<p>x")


async def test_a_connection_that_was_closed_is_opened_again() -> None:
    with answering([OK], [OK]) as (port, _):
        client = Client(port)
        assert (await client.ask(get("/"))).status == 200
        await asyncio.sleep(0.05)
        assert (await client.ask(get("/"))).status == 200
        client.close()


async def test_a_server_that_says_so_closes_the_connection() -> None:
    with answering([FULL], [OK]) as (port, _):
        assert await statuses(port, post(b"x"), post(b"x")) == [503, 200]


async def test_a_request_without_an_answer_is_lost() -> None:
    with answering([b"HTTP/1.1 200 OK\r\nContent-Len"]) as (port, _):
        assert await statuses(port, get("/")) == [LOST]
    assert await statuses(port, get("/")) == [LOST]  # nobody listens any more
