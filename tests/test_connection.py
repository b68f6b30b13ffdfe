"""What a hostile client may do to a connection before its request has begun, over real sockets."""

import contextlib
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.envelope import application, serving

HEAD = b"POST /v1/label HTTP/1.1\r\nHost: begone.test\r\nContent-Type: text/html\r\n"
POST = HEAD + b"Content-Length: 4\r\n\r\n<p>x"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = application(head_timeout_seconds=0.6, max_head_bytes=2_000, keep_alive_seconds=3)
    with serving(app, http="app.connection:Connection") as port:
        yield port


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def read_all(connection: socket.socket) -> bytes:
    """Return all that is sent until the other side closes."""
    received = b""
    try:
        while more := connection.recv(65_536):
            received += more
    except ConnectionResetError:
        pass  # it closed with bytes of ours unread
    return received


def labelled(port: int) -> bool:
    answered = httpx.post(f"http://127.0.0.1:{port}/v1/label", content="<p>x", headers={"content-type": "text/html"})
    return answered.status_code == 200


def test_a_head_that_trickles_in_is_given_up_and_others_are_served(port: int) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port)) for _ in range(10)]
        for connection in slow:
            connection.sendall(HEAD)
        assert labelled(port)
        started = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - started < 5:
                slow[0].sendall(b"X-A: b\r\n")
                time.sleep(0.05)
        assert time.monotonic() - started < 5
        for connection in slow[1:]:
            assert read_all(connection).startswith(b"HTTP/1.1 408 ")
    assert labelled(port)


def test_a_connection_on_which_nothing_is_sent_is_closed(port: int) -> None:
    with connect(port) as connection:
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_head_without_end_is_refused(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"X-A: " + b"b" * 1_000)
        connection.sendall(b"b" * 1_500)
        assert read_all(connection).startswith(b"HTTP/1.1 431 ")
    assert labelled(port)


def test_a_line_without_end_is_refused(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"GET /" + b"a" * 2_500)
        assert read_all(connection).startswith(b"HTTP/1.1 431 ")


def test_garbage_after_a_request_ends_the_connection_and_nothing_else(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(POST + b"\x00\xff what is this\r\n\r\n")
        received = read_all(connection)
    assert received.count(b"HTTP/1.1 ") <= 2
    assert labelled(port)


def test_requests_one_after_the_other_each_have_their_time(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(POST)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.4)


def test_a_body_is_not_taken_for_a_head(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"Content-Length: 10000\r\n\r\n")
        for _ in range(10):
            connection.sendall(b"<p>x " * 200)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_an_idle_connection_is_left_to_the_keep_alive(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(POST)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.9)
        connection.sendall(POST)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")
