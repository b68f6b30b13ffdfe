"""The service as a process of its own, over real connections: `python -m app`."""

import contextlib
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
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.log.read_bytes().splitlines()]

    def get(self, path: str) -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):
            return self.http.get(path)
        return None

    def until(self, condition: Callable[[], Any], seconds: float = 120) -> Any:
        ends = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < ends, self.log.read_text()
            time.sleep(0.02)
        return found

    def until_ready(self, processes: int) -> None:
        """Wait until each of the processes has loaded its model and the service says that it is ready."""
        self.until(lambda: len([line for line in self.lines() if line["message"] == "model loaded"]) == processes)
        self.until(lambda: status(self.get("/readyz")) == 200)

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve, where another watches them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sent)
        return self.process.wait(90)


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
