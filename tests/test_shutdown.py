import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.shutdown import Shutdown
from tests.clients import Clients
from tests.envelope import application, client, until
from tests.process import started, status


@pytest.fixture
def told() -> Iterator[list[int]]:
    """The signals that a server would have got: it listens to SIGTERM here."""
    found: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda number, _: found.append(number))
    yield found
    signal.signal(signal.SIGTERM, earlier)


@pytest.mark.anyio
async def test_the_server_hears_of_a_signal_after_the_delay(told: list[int]) -> None:
    shutdown = Shutdown(0.05)
    with shutdown.watching():
        signal.raise_signal(signal.SIGTERM)
        assert shutdown.begun
        assert not told
        await until(lambda: told == [signal.SIGTERM])
    signal.raise_signal(signal.SIGTERM)
    assert len(told) == 2  # given back


@pytest.mark.anyio
async def test_a_second_signal_cuts_the_delay_short(told: list[int]) -> None:
    shutdown = Shutdown(1000)
    with shutdown.watching():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert told == [signal.SIGTERM]


@pytest.mark.anyio
async def test_a_process_that_fails_ends_with_a_status_that_says_so(
    told: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left: list[int] = []
    monkeypatch.setattr(os, "_exit", left.append)
    shutdown = Shutdown(0)
    with shutdown.watching():
        shutdown.fail()
        shutdown.fail()
        await until(lambda: bool(told))
        assert not left
    assert (told, left) == ([signal.SIGTERM], [70])
    assert len(caplog.messages) == 1


@pytest.mark.anyio
async def test_where_no_server_waits_for_the_signals_a_failing_process_is_left_to_its_caller() -> None:
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        shutdown = Shutdown(0)
        with shutdown.watching():
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
            shutdown.fail()
    finally:
        signal.signal(signal.SIGINT, earlier)
    assert shutdown.begun


def test_away_from_the_main_thread_no_signal_is_taken_over() -> None:
    async def watch() -> None:
        before = signal.getsignal(signal.SIGINT)
        with Shutdown(0).watching():
            assert signal.getsignal(signal.SIGINT) is before

    thread = threading.Thread(target=lambda: asyncio.run(watch()))
    thread.start()
    thread.join()


@pytest.mark.anyio
async def test_a_process_about_to_end_is_not_ready_and_answers_for_the_last_time() -> None:
    app = application()
    headers = {"content-type": "text/html"}
    async with client(app) as http:
        first = await http.post("/v1/label", content="<p>x", headers=headers)
        assert (await http.get("/readyz")).status_code == 200
        app.state.service.shutdown.begun = True
        last = await http.post("/v1/label", content="<p>x", headers=headers)
        ready = await http.get("/readyz")
        alive = await http.get("/healthz")
    assert (first.status_code, last.status_code, alive.status_code) == (200, 200, 200)
    assert "connection" not in first.headers
    assert last.headers["connection"] == ready.headers["connection"] == "close"
    assert (ready.status_code, ready.json()["detail"]) == (503, "The process is about to end.")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_under_load_every_request_that_was_taken_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, sent: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    bounds = {"max_waiting": 100, "shutdown_seconds": 100, "deadline_seconds": 100}
    with started(tmp_path / "log", workers=workers, shutdown_delay_seconds=3, **bounds) as service:
        service.until_ready(workers)
        with Clients(service, 6, once_refused=True).posting() as clients:
            service.until(lambda: len(clients.whole) > 50)
            service.process.send_signal(sent)
            # Not ready first, and still answering.
            service.until(lambda: any(found.last for found in clients.outcomes))
            service.until(lambda: status(service.get("/readyz")) == 503)
            there = len(clients.whole)
            service.until(lambda: len(clients.whole) > there)
        service.process.wait(120)
    logged = {line["request_id"]: line["status"] for line in service.lines() if line.get("route") == "/v1/label"}
    assert {found.request_id: found.status for found in clients.whole} == logged
    assert set(logged.values()) == {200}
    # What remains are connections that waited to be accepted in the instant in which the socket was closed.
    assert not [lost for lost in clients.lost if lost.begun or not lost.fresh]
    assert not [line for line in service.lines() if line["level"] in ("warning", "error")]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_bodies_that_still_arrive_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    bounds: dict[str, Any] = {"body_timeout_seconds": 60, "head_timeout_seconds": 60, "shutdown_seconds": 100}
    bounds |= {"min_body_bytes_per_second": 0, "max_waiting": 16}
    with started(tmp_path / "log", workers=workers, shutdown_delay_seconds=0, **bounds) as service:
        service.until_ready(workers)
        address = (service.http.base_url.host, service.http.base_url.port or 0)
        slow = [socket.create_connection(address, 60) for _ in range(10)]
        for each in slow:
            each.sendall(
                b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nH"
            )
        service.until(lambda: "begone_arriving 10.0" in service.http.get("/metrics").text)
        service.process.send_signal(signal.SIGTERM)
        service.until(lambda: service.get("/healthz") is None)
        for each in slow:
            each.sendall(b"ello")
        answers = [each.recv(4096) for each in slow]
        for each in slow:
            each.close()
        service.process.wait(120)
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 10
    assert all(b"connection: close" in answer.lower() for answer in answers)
