import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from uvicorn.config import STARTUP_FAILURE, Config
from uvicorn.supervisors import multiprocess

from app.supervisor import SILENT_SECONDS, Supervisor
from tests.clients import Clients
from tests.hostile import filing
from tests.process import Process, started, status


def loaded(service: Process) -> int:
    return len([line for line in service.lines() if line["message"] == "model loaded"])


@pytest.mark.slow
def test_a_process_that_is_killed_under_load_is_replaced_while_the_other_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started(tmp_path / "log", workers=2, max_waiting=100, deadline_seconds=100) as service:
        service.until_ready(2)
        with Clients(service, 6).posting() as clients:
            service.until(lambda: len(clients.whole) > 20)
            killed, other = service.workers()
            os.kill(killed, signal.SIGKILL)
            there = len(clients.whole)
            service.until(lambda: len(clients.whole) > there + 20)
            service.until(lambda: loaded(service) == 3)
            assert len(service.workers()) == 2
            assert other in service.workers()
        # Only what the killed process had in hand is lost: at most one request of each client.
        assert len(clients.lost) <= 6
        assert {found.status for found in clients.whole} == {200}
        assert not [found for found in clients.outcomes if found.refused]
        service.until(lambda: "begone_in_flight 0.0" in service.http.get("/metrics").text)


@pytest.mark.slow
def test_when_all_are_killed_connections_wait_for_the_new_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started(tmp_path / "log", workers=2, deadline_seconds=100) as service:
        service.until_ready(2)
        for worker in service.workers():
            os.kill(worker, signal.SIGKILL)
        with httpx.Client(base_url=service.http.base_url, timeout=120) as http:
            answered = http.post("/v1/label", content="Hello", headers={"content-type": "text/plain"})
        assert answered.status_code == 200


@pytest.mark.slow
def test_a_process_whose_pages_do_not_end_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    # Such pages ought not to exist; here the deadline is so short that a large one passes for one.
    with started(tmp_path / "log", workers=2, deadline_seconds=0.01, shutdown_delay_seconds=0) as service:
        service.until(lambda: loaded(service) == 2)
        page = filing(2_000_000)

        def post() -> None:
            while not stop.is_set():
                with httpx.Client(base_url=service.http.base_url, timeout=120) as http:
                    try:
                        http.post("/v1/label", content=page, headers={"content-type": "text/html"})
                    except httpx.TransportError:
                        continue

        stop = threading.Event()
        threads = [threading.Thread(target=post) for _ in range(12)]
        for thread in threads:
            thread.start()
        try:
            service.until(lambda: loaded(service) >= 3)
        finally:
            stop.set()
            for thread in threads:
                thread.join(120)
        errors = [line["message"] for line in service.lines() if line["level"] == "error"]
        assert errors[0] == "too many pages past their deadline: the process ends itself"
        service.until(lambda: len(service.workers()) == 2)
        # Another one may still be on its way out.
        service.until(lambda: status(service.get("/healthz")) == 200)


class Pretended:
    """A process that serves, as its supervisor sees it."""

    def __init__(self, *, alive: bool = True, answers: bool = True, exitcode: int | None = None) -> None:
        self.process = self
        self.alive = alive
        self.answers = answers
        self.exitcode = exitcode
        self.begun = self.killed = False

    def is_alive(self) -> bool:
        return self.alive

    def ping(self, timeout: float) -> bool:
        assert timeout == 0, "the supervisor waits for a process"
        return self.answers

    def start(self) -> None:
        self.begun = True

    def kill(self) -> None:
        self.killed = True

    def join(self) -> None:
        pass


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    monkeypatch.setattr(multiprocess, "SIGNALS", {})  # none is taken over here
    monkeypatch.setattr("app.supervisor.Process", lambda *_: Pretended())
    return Supervisor(Config("app.main:serve"), [])


def test_a_process_that_ended_is_replaced_and_the_others_are_left_alone(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    ended, lives = Pretended(alive=False, exitcode=-9), Pretended()
    processes: list[Any] = [ended, lives]
    supervisor.processes = processes
    supervisor.keep_subprocess_alive()
    new, other = processes
    assert new is not ended
    assert new.begun
    assert other is lives
    assert caplog.messages == ["a process has ended and is replaced"]


def test_a_silent_process_is_given_time_to_start_and_no_more(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("app.supervisor.time.monotonic", lambda: now)
    silent = Pretended(answers=False)
    processes: list[Any] = [silent]
    supervisor.processes = processes
    for seconds in (0, SILENT_SECONDS - 1):
        now = 1000.0 + seconds
        supervisor.keep_subprocess_alive()
        assert not silent.killed
    silent.answers = True
    supervisor.keep_subprocess_alive()
    silent.answers = False
    now += SILENT_SECONDS
    supervisor.keep_subprocess_alive()
    assert not silent.killed
    now += 1
    supervisor.keep_subprocess_alive()
    assert silent.killed
    assert processes[0] is not silent


def test_where_no_process_can_start_the_supervisor_ends(supervisor: Supervisor) -> None:
    failed = Pretended(alive=False, exitcode=STARTUP_FAILURE)
    processes: list[Any] = [failed]
    supervisor.processes = processes
    supervisor.keep_subprocess_alive()
    assert supervisor.should_exit.is_set()
    assert processes == [failed]


def test_it_stops_listening_before_the_others_do(supervisor: Supervisor) -> None:
    listening = socket.socket()
    supervisor.sockets.append(listening)
    supervisor.terminate_all()
    assert listening.fileno() == -1
