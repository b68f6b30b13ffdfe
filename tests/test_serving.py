"""The envelope behind the real server, over real connections."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from tests.envelope import application, serving

HEAD = b"POST /v1/label HTTP/1.1\r\nHost: begone.test\r\nContent-Type: text/html\r\n"
LIMIT = 100_000


def slow(html: str) -> None:
    if "slow" in html:
        time.sleep(0.5)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return application(max_body_bytes=LIMIT, body_timeout_seconds=1, drain_seconds=1, max_in_flight=2)


@pytest.fixture(scope="module", params=["httptools", "h11"])
def port(app: FastAPI, request: pytest.FixtureRequest) -> Iterator[int]:
    with serving(app, http=request.param) as port:
        yield port


def wait_for(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.005)


class Answer:
    """What a raw connection answered: status line, headers, body; and when it was whole and when all was over."""

    def __init__(self, port: int, *parts: bytes) -> None:
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            for part in parts:
                connection.sendall(part)
            received = b""
            while b"\r\n\r\n" not in received or len(received) < self._length(received):
                received += self._more(connection)
            self.whole = time.monotonic() - started
            head, _, self.body = received.partition(b"\r\n\r\n")
            self.status, *self.headers = head.lower().decode().split("\r\n")
            self.closed = False
            if "connection: close" in self.headers:
                try:
                    self.closed = connection.recv(100) == b""
                except ConnectionResetError:
                    self.closed = True
            self.over = time.monotonic() - started

    @staticmethod
    def _more(connection: socket.socket) -> bytes:
        more = connection.recv(65536)
        assert more, "closed before the answer was whole"
        return more

    @staticmethod
    def _length(received: bytes) -> int:
        head, _, _ = received.partition(b"\r\n\r\n")
        return len(head) + 4 + int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def labelled(port: int) -> bool:
    answered = httpx.post(f"http://127.0.0.1:{port}/v1/label", content="<p>x", headers={"content-type": "text/html"})
    return answered.status_code == 200


def test_a_declared_length_over_the_limit_is_refused_before_a_byte_is_sent(port: int) -> None:
    answer = Answer(port, HEAD + b"Content-Length: 10000000000\r\n\r\n")
    assert "413" in answer.status
    assert b'"limit":100000' in answer.body
    assert answer.whole < 0.8  # it does not wait for the drain
    assert answer.closed
    assert labelled(port)


def test_a_client_that_asks_first_is_told_before_it_sends(port: int) -> None:
    answer = Answer(port, HEAD + b"Expect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n")
    assert "413" in answer.status


def test_a_client_that_asks_first_and_may_is_told_to_go_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"<p>x")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_stream_over_the_limit_is_refused_and_its_sender_reads_why(port: int) -> None:
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = Answer(port, head, *[chunk(b"a" * 20_000)] * 8)
    assert "413" in answer.status
    assert answer.closed
    assert labelled(port)


def test_a_gzip_bomb_is_refused(port: int) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < LIMIT
    answer = Answer(port, HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb)
    assert "413" in answer.status
    assert labelled(port)


def test_bodies_that_stop_hold_no_place_and_are_given_up(app: FastAPI, port: int) -> None:
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Answer(port, HEAD + b"Content-Length: 10\r\n\r\n<p>")))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    service = app.state.service
    wait_for(lambda: service.intake.held == 5 * 64_000)
    assert service.gate.taken == 0
    assert labelled(port)
    for thread in threads:
        thread.join()
    assert all("408" in answer.status and answer.closed for answer in answers)
    assert service.intake.held == 0


def test_bodies_that_are_too_much_together_are_told_to_come_back() -> None:
    app = application(max_body_bytes=LIMIT, max_arriving_bytes=LIMIT, drain_seconds=0)
    with serving(app) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as slow:
        slow.sendall(HEAD + b"Content-Length: 50000\r\n\r\n<p>")
        wait_for(lambda: app.state.service.intake.held > 0)
        full = Answer(port, HEAD + b"Content-Length: 4\r\n\r\n<p>x")
        assert "503" in full.status
        assert "retry-after: 1" in full.headers
        slow.close()
        wait_for(lambda: app.state.service.intake.held == 0)
        assert labelled(port)


def test_when_all_places_are_taken_no_body_is_waited_for() -> None:
    held = threading.Event()
    app = application(lambda html: "slow" in html and held.wait(5), max_in_flight=1)
    with serving(app) as port:
        thread = threading.Thread(target=lambda: Answer(port, HEAD + b"Content-Length: 7\r\n\r\n<p>slow"))
        thread.start()
        wait_for(lambda: app.state.service.gate.taken == 1)
        full = Answer(port, HEAD + b"Content-Length: 400\r\n\r\n<p>x")
        held.set()
        thread.join()
    assert "503" in full.status
    assert "retry-after: 1" in full.headers


def test_a_client_that_goes_away_is_forgotten(app: FastAPI, port: int) -> None:
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(HEAD + b"Content-Length: 10\r\n\r\n<p>")
            wait_for(lambda: app.state.service.intake.held > 0)
        wait_for(lambda: app.state.service.intake.held == 0)
    assert labelled(port)


def test_a_connection_is_kept_for_the_next_page(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        answers = [
            http.post("/v1/label", content=body, headers={"content-type": kind})
            for body, kind in (("<p>x", "text/html"), ("{", "application/json"), ("x", "text/plain"))
        ]
    assert [answered.status_code for answered in answers] == [200, 422, 200]
    assert not [answered for answered in answers if "connection" in answered.headers]


def test_what_is_no_http_harms_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"\x16\x03\x01 what is this\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    assert labelled(port)


def test_requests_in_hand_are_answered_when_the_server_stops() -> None:
    answers: list[httpx.Response] = []

    def post(port: int) -> None:
        answers.append(
            httpx.post(f"http://127.0.0.1:{port}/v1/label", content="<p>slow", headers={"content-type": "text/html"})
        )

    app = application(slow)
    with serving(app) as port:
        threads = [threading.Thread(target=post, args=(port,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_for(lambda: app.state.service.gate.taken == 3)
    for thread in threads:
        thread.join()
    assert [answered.status_code for answered in answers] == [200, 200, 200]


def test_a_stuck_page_keeps_no_server_from_stopping() -> None:
    held = threading.Event()
    started = time.monotonic()
    with serving(application(lambda _: held.wait(), deadline_seconds=0.1)) as port:
        answered = httpx.post(
            f"http://127.0.0.1:{port}/v1/label", content="<p>x", headers={"content-type": "text/html"}
        )
    assert answered.status_code == 504
    assert time.monotonic() - started < 12  # of the 15 that a request in hand would be given
    held.set()
