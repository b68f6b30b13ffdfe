"""The process as an operator starts it: `python -m app`."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app import __main__ as start
from app import logs, main
from app.observe import MULTIPROCESS
from app.settings import Settings, variable
from tests.conftest import ROOT


class Process:
    """A started service, what it answers, and what it has logged."""

    def __init__(self, log: Path, **settings: Any) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        known = {variable(name) for name in Settings.model_fields}
        environment = {name: value for name, value in os.environ.items() if name not in known}
        environment |= {variable(name): str(value) for name, value in ({"port": port} | settings).items()}
        self.log = log
        self.started = time.monotonic()
        with log.open("wb") as stream:
            self.process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=environment, stderr=stream)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)

    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.log.read_bytes().splitlines()]

    def get(self, path: str) -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):
            return self.http.get(path)
        return None

    def until(self, condition: Callable[[], Any], seconds: float = 30) -> Any:
        ends = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < ends, self.log.read_text()
            time.sleep(0.02)
        return found

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sent)
        return self.process.wait(20)


@contextlib.contextmanager
def started(log: Path, **settings: Any) -> Iterator[Process]:
    process = Process(log, **settings)
    try:
        yield process
    finally:
        process.http.close()
        if process.process.poll() is None:
            process.stop()


def status(answered: httpx.Response | None) -> int | None:
    return answered.status_code if answered is not None else None


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server would have been started with; and whether the metrics had a place."""
    found: list[dict[str, Any]] = []

    def run(app: str, **options: Any) -> None:
        found.append({"app": app, "metrics": os.environ.get(MULTIPROCESS), **options})

    monkeypatch.setattr("uvicorn.run", run)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setenv(MULTIPROCESS, "")  # so that it is taken back after the test
    monkeypatch.delenv(MULTIPROCESS)
    return found


def test_the_server_gets_the_settings(runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "0.0.0.0", "PORT": "81", "KEEP_ALIVE_SECONDS": "7", "SHUTDOWN_SECONDS": "8"}.items():  # noqa: S104
        monkeypatch.setenv(f"BEGONE_{name}", value)
    assert start.main() == 0
    (run,) = runs
    assert (run["host"], run["port"], run["workers"]) == ("0.0.0.0", 81, 1)  # noqa: S104
    assert (run["timeout_keep_alive"], run["timeout_graceful_shutdown"]) == (7, 8)
    assert run["access_log"] is run["server_header"] is run["proxy_headers"] is False
    assert run["metrics"] is None


@pytest.mark.parametrize(("proxies", "trusted"), [("10.0.0.0/8 ::1", ["10.0.0.0/8", "::1"]), ("", [])])
def test_only_the_proxies_named_are_trusted(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, proxies: str, trusted: list[str]
) -> None:
    monkeypatch.setenv("BEGONE_TRUSTED_PROXIES", proxies)
    assert start.main() == 0
    assert (runs[0]["proxy_headers"], runs[0]["forwarded_allow_ips"]) == (True, trusted)


@pytest.mark.parametrize(
    ("host", "keys", "warned"),
    [
        ("0.0.0.0", None, True),  # noqa: S104
        ("::", None, True),
        ("reader.example", None, True),
        ("0.0.0.0", "reader:" + "0" * 64, False),  # noqa: S104
        ("127.0.0.5", None, False),
        ("::1", None, False),
        ("localhost", None, False),
    ],
)
def test_a_service_that_is_open_to_others_is_warned_of(
    runs: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    host: str,
    keys: str | None,
    warned: bool,
) -> None:
    monkeypatch.setenv("BEGONE_HOST", host)
    if keys is not None:
        monkeypatch.setenv("BEGONE_API_KEYS", keys)
    assert start.main() == 0
    assert runs
    sentence = f"whoever reaches {host} may post: no API keys are set (BEGONE_API_KEYS_FILE)"
    assert (sentence in caplog.messages) == warned


def test_several_processes_share_a_place_for_metrics_that_is_cleared_away(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEGONE_WORKERS", "3")
    assert start.main() == 0
    assert runs[0]["workers"] == 3
    assert not Path(runs[0]["metrics"]).exists()


def test_unknown_variables_are_logged(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BEGONE_PROT", "1")
    assert start.main() == 0
    assert runs
    assert "BEGONE_PROT is no setting; did you mean BEGONE_PORT?" in caplog.messages


def test_each_process_reads_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    levels: list[str] = []
    monkeypatch.setattr(logs, "configure", levels.append)
    monkeypatch.setenv("BEGONE_LOG_LEVEL", "error")
    monkeypatch.setenv("BEGONE_MAX_IN_FLIGHT", "3")
    app = main.serve()
    assert levels == ["error"]
    assert app.state.service.gate.places == 3


def test_without_a_model_the_process_lives_and_says_so(tmp_path: Path) -> None:
    with started(tmp_path / "log", model_dir=tmp_path / "nothing") as service:
        service.until(lambda: status(service.get("/healthz")) == 200)
        service.until(lambda: [line for line in service.lines() if line["level"] == "error"])
        ready = service.http.get("/readyz")
        labelled = service.http.post("/v1/label", content="<p>x", headers={"content-type": "text/html"})
        for answered in (ready, labelled, service.http.get("/v1/model")):
            assert (answered.status_code, answered.json()["type"]) == (503, "/problems/not-ready")
            assert "refused" in answered.json()["detail"]
        assert "server" not in ready.headers
        service.stop()
        (error,) = [line for line in service.lines() if line["level"] == "error"]
        assert error["message"] == "model refused"
        assert str(tmp_path / "nothing") in error["reason"]


def test_a_mistyped_setting_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEGONE_MAX_BODY", "1")
    with started(tmp_path / "log", model_dir=tmp_path) as service:
        warned = service.until(lambda: [line for line in service.lines() if line["level"] == "warning"])
    assert warned[0]["message"] == "BEGONE_MAX_BODY is no setting; did you mean BEGONE_MAX_BODY_BYTES?"


def test_a_start_answers_soon_and_a_stop_is_clean(tmp_path: Path) -> None:
    with started(tmp_path / "log") as service:
        answered = service.until(
            lambda: (
                service.get("/healthz")
                and service.http.post("/v1/label", content="<p>Hello", headers={"content-type": "text/html"})
            )
        )
        took = time.monotonic() - service.started
        assert answered.status_code == 200
        assert len(answered.json()["blocks"]) == 1
        # The promise is 2 s on a machine with nothing else to do (`make bench` measures); this one runs tests.
        assert took < 15
        assert service.http.get("/readyz").status_code == 200
        with socket.create_connection((service.http.base_url.host, service.http.base_url.port or 0), 20) as slow:
            slow.sendall(
                b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nHel"
            )
            service.until(lambda: "begone_arriving 1.0" in service.http.get("/metrics").text)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            slow.sendall(b"lo")
            assert slow.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert service.process.wait(20) in (0, -signal.SIGTERM)
        assert not [line for line in service.lines() if line["level"] in ("warning", "error")]


@pytest.mark.slow
def test_several_processes_serve_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started(tmp_path / "log", workers=2) as service:
        service.until(lambda: len([line for line in service.lines() if line["message"] == "model loaded"]) == 2, 60)
        for _ in range(10):
            with httpx.Client(base_url=service.http.base_url) as http:
                answered = http.post("/v1/label", content="Hello", headers={"content-type": "text/plain"})
                assert answered.status_code == 200
        counted = 'begone_requests_total{method="POST",route="/v1/label",status="200"} 10.0'
        assert counted in service.http.get("/metrics").text
        children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
        workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(int(workers[0]), signal.SIGKILL)
        service.until(lambda: len([line for line in service.lines() if line["message"] == "model loaded"]) == 3, 60)
        assert status(service.until(lambda: service.get("/readyz"))) == 200
        assert service.stop() == 0
    assert not list(tmp_path.glob("begone-metrics-*"))


def _status_at(address: str) -> int | None:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(address).status_code
    return None


@pytest.mark.slow
def test_several_processes_share_the_port_for_operators(tmp_path: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number = found.getsockname()[1]
    with started(tmp_path / "log", workers=2, admin_port=number, model_dir=tmp_path) as service:
        service.until(lambda: len([line for line in service.lines() if line["message"] == "model refused"]) == 2, 60)
        assert status(service.get("/metrics")) == 404
        other = f"http://127.0.0.1:{number}"
        for _ in range(10):  # a connection each, which the system gives to either
            assert httpx.get(f"{other}/healthz").status_code == 200
        counted = 'begone_requests_total{method="GET",route="/healthz",status="200"} 10.0'
        assert counted in httpx.get(f"{other}/metrics").text
        children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
        workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(int(workers[0]), signal.SIGKILL)
        # Its end of the port goes with it; until then a connection may still be given to it.
        service.until(lambda: _status_at(f"{other}/healthz") == 200)
        assert service.stop() == 0
