"""The process as an operator starts it: `python -m app`."""

import contextlib
import functools
import logging
import os
import pickle
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import skops.io
import uvicorn

from app import __main__ as start
from app import logs, main
from app.model import ESTIMATORS, PAGE, TEXT
from app.processes import MULTIPROCESS
from app.service import model_directory
from app.settings import Settings
from app.supervisor import Supervisor
from tests.process import started, status
from tests.spoil import replace, rewrite


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server would have been started with; and whether the metrics had a place."""
    found: list[dict[str, Any]] = []

    def run(server: uvicorn.Server | Supervisor) -> None:
        found.append({"metrics": os.environ.get(MULTIPROCESS), **vars(server.config)})

    monkeypatch.setattr(uvicorn.Server, "run", run)
    monkeypatch.setattr(Supervisor, "run", run)
    monkeypatch.setattr(uvicorn.Config, "bind_socket", lambda _: socket.socket())
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


class Touch:
    """Pickled or saved by skops, it runs a command where whoever loads it lets it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.file}",)


def flipped(directory: Path, _: Path) -> None:
    content = bytearray((directory / ESTIMATORS).read_bytes())
    content[len(content) // 2] ^= 1
    (directory / ESTIMATORS).write_bytes(content)


def older(directory: Path, _: Path) -> None:
    rewrite(directory, lambda manifest: manifest.update(schema="of last year"))


def crafted(directory: Path, proof: Path) -> None:
    replace(directory, ESTIMATORS, skops.io.dumps({PAGE: functools.partial(os.system, f"touch {proof}"), TEXT: {}}))


def pickled(directory: Path, proof: Path) -> None:
    replace(directory, ESTIMATORS, pickle.dumps(Touch(proof)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (flipped, "model.skops is not the file that manifest.json describes"),
        (older, "the model wants features of schema of last year"),
        (crafted, "the model file holds types that are not trusted: functools.partial"),
        (pickled, "the model file cannot be read (BadZipFile)"),
    ],
    ids=["tampered", "wrong version", "crafted archive", "pickle"],
)
def test_a_spoilt_model_is_refused_and_the_process_stays_unready(
    tmp_path: Path, spoil: Callable[[Path, Path], None], reason: str
) -> None:
    directory = shutil.copytree(model_directory(Settings()), tmp_path / "model")
    proof = tmp_path / "proof"
    spoil(directory, proof)
    with started(tmp_path / "log", model_dir=directory) as service:
        (error,) = service.until(lambda: [line for line in service.lines() if line["level"] == "error"])
        assert error["message"] == "model refused"
        assert error["reason"].startswith(reason)
        labelled = service.http.post("/v1/label", content="<p>x", headers={"content-type": "text/html"})
        for answered in (service.http.get("/readyz"), labelled):
            assert (answered.status_code, answered.json()["type"]) == (503, "/problems/not-ready")
        assert status(service.get("/healthz")) == 200
    assert not proof.exists()


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
        assert took < 60
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
        assert service.process.wait(90) in (0, -signal.SIGTERM)
        assert not [line for line in service.lines() if line["level"] in ("warning", "error")]


@pytest.mark.slow
def test_several_processes_serve_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with started(tmp_path / "log", workers=2) as service:
        service.until_ready(2)
        for _ in range(10):
            with httpx.Client(base_url=service.http.base_url) as http:
                answered = http.post("/v1/label", content="Hello", headers={"content-type": "text/plain"})
                assert answered.status_code == 200
        counted = 'begone_requests_total{method="POST",route="/v1/label",status="200"} 10.0'
        assert counted in service.http.get("/metrics").text
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
