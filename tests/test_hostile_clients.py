"""Clients that mean harm, on raw sockets to the server as operators start it, while an ordinary one is served."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.process import Process, started

pytestmark = pytest.mark.slow

HEAD = b"POST /v1/label HTTP/1.1\r\nHost: begone.test\r\nContent-Type: text/html\r\n"
PAGE = b"<p>Hello"
POST = HEAD + b"Content-Length: 8\r\n\r\n" + PAGE
HIDDEN = b"GET /v1/model HTTP/1.1\r\nHost: begone.test\r\nX-Request-ID: hidden\r\n\r\n"
"""A request that somebody tries to hide from a proxy in another one."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server whose patience is short, so that the tests are."""
    settings = {"head_timeout_seconds": 1.5, "body_timeout_seconds": 2, "drain_seconds": 0.2, "max_head_bytes": 4_000}
    settings["keep_alive_seconds"] = 1
    log = tmp_path_factory.mktemp("hostile") / "log"
    with started(log, **settings, max_in_flight=4, max_body_bytes=100_000, deadline_seconds=60) as process:
        process.until_ready(1)
        yield process
        process.stop()
        assert not [line for line in process.lines() if line["level"] == "error"]


@pytest.fixture
def ordinary(server: Process) -> Iterator[list[int]]:
    """What an ordinary client is answered, which posts page after page all the while: 200 each time."""
    answers: list[int] = []
    over = threading.Event()

    def post() -> None:
        while True:  # once more after all is over
            last = over.is_set()
            with httpx.Client(base_url=server.http.base_url, timeout=60) as http:
                answers.append(http.post("/v1/label", content=PAGE, headers={"content-type": "text/html"}).status_code)
            if last:
                return
            time.sleep(0.02)

    thread = threading.Thread(target=post)
    thread.start()
    yield answers
    over.set()
    thread.join(90)
    assert not thread.is_alive()
    assert len(answers) > 1
    assert set(answers) == {200}


def connect(server: Process) -> socket.socket:
    return socket.create_connection((server.http.base_url.host, server.http.base_url.port or 0), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    """Return all that is sent until the other side closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):  # it closed with bytes of ours unread
        while more := connection.recv(65_536):
            received += more
    return received


def exchange(server: Process, sent: bytes) -> bytes:
    """Send all and then no more; return all that comes back before the server closes the connection."""
    with connect(server) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
        return read_all(connection)


def trickle(connections: list[socket.socket], piece: Callable[[], bytes], until: float) -> None:
    """Send a piece on each connection twice a second, as long as somebody listens."""
    ends = time.monotonic() + until
    while time.monotonic() < ends:
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.sendall(piece())
        time.sleep(0.5)


@contextlib.contextmanager
def many(server: Process, number: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(server)) for _ in range(number)]


def statuses(connections: list[socket.socket]) -> set[bytes]:
    """Return the statuses that the connections were answered before they were closed; b"" where a reset ate it."""
    return {read_all(connection)[9:12] for connection in connections}


@pytest.mark.usefixtures("ordinary")
def test_heads_that_come_a_byte_at_a_time(server: Process) -> None:
    with many(server, 60) as slow:
        letters = iter(HEAD * 1_000)
        trickle(slow, lambda: bytes((next(letters),)), until=2.5)
        assert statuses(slow) <= {b"408", b"400", b""}


def test_bodies_that_come_a_byte_at_a_time(server: Process, ordinary: list[int]) -> None:
    with many(server, 60) as slow:  # there are four places
        for connection in slow:
            connection.sendall(HEAD + b"Content-Length: 5000\r\n\r\n")
        trickle(slow, lambda: b"a", until=1.5)
        assert ordinary
        assert statuses(slow) <= {b"408", b""}


@pytest.mark.usefixtures("ordinary")
def test_connections_on_which_nothing_comes(server: Process) -> None:
    with many(server, 300) as idle:
        assert statuses(idle) == {b"408"}


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (HEAD + b"X-A: ", b"b" * 500),
        (HEAD, b"X-A: b\r\n" * 50),
        (b"GET /", b"a" * 500),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", b"X-A: b\r\n" * 50),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-A: ", b"b" * 500),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"b" * 500),
    ],
    ids=["a header", "headers", "an address", "trailers", "a trailer", "a chunk's extension"],
)
def test_what_has_no_end(server: Process, start: bytes, piece: bytes) -> None:
    sent = 0
    with connect(server) as connection:
        connection.sendall(start)
        with contextlib.suppress(OSError):
            while sent < 20_000_000:
                sent += connection.send(piece)
        assert read_all(connection)[9:12] in {b"431", b"408", b""}
    assert sent < 20_000_000


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 8\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
        b"Content-Length: 60\r\nContent-Length: 0\r\n\r\n",
        b"Content-Length: 0, 60\r\n\r\n",
        b"Content-Length: +8\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 0x8\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"Content-Length : 0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: identity\r\nContent-Length: 8\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"X-A: b\x00c\r\n\r\n",
        b"X-A: b\r\n c\r\nContent-Length : 8\r\n\r\n",
        b"X A: b\r\n\r\n",
    ],
)
def test_a_request_whose_end_is_in_doubt_hides_no_other(server: Process, framing: bytes) -> None:
    received = exchange(server, HEAD + framing + HIDDEN)
    assert b"hidden" not in received
    assert received.count(b"HTTP/1.1 ") <= 1 or received.count(b"HTTP/1.1 400 ") == received.count(b"HTTP/1.1 ")


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize(
    "junk",
    [
        b"GET /\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\r\n" * 20_000,
        bytes(100_000),
        b"\xff" * 100_000,
        random.Random(6).randbytes(100_000),
        b"G\x00T / HTTP/1.1\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT begone.test:443 HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%ff%00%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + bytes(1_000),
        POST + b"\x00\xff what is this\r\n\r\n",
        POST + random.Random(7).randbytes(20_000),
    ],
    ids=range(19),
)
def test_what_is_no_request(server: Process, junk: bytes) -> None:
    received = exchange(server, junk)
    assert received == b"" or received.startswith((b"HTTP/1.1 ", b"HTTP/1.0 "))
    assert b" 500 " not in received


@pytest.mark.usefixtures("ordinary")
def test_hundreds_of_requests_at_once_on_one_connection(server: Process) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    received = exchange(server, asked * 500)
    assert 0 < received.count(b"HTTP/1.1 200 ") <= 500


@pytest.mark.usefixtures("ordinary")
def test_a_body_in_chunks_of_a_byte_is_read(server: Process) -> None:
    page = PAGE * 500
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in page)
    received = exchange(server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200 ")


@pytest.mark.usefixtures("ordinary")
def test_clients_that_leave_at_once(server: Process) -> None:
    for _ in range(200):
        with connect(server) as connection:
            connection.sendall(POST[:-1])


def test_the_log_holds_no_word_of_theirs(server: Process) -> None:
    log = server.log.read_text(encoding="utf-8", errors="replace")
    assert "Hello" not in log
    assert "what is this" not in log
