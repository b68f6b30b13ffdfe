"""The service as a process of its own, started for a run; what it takes of memory and processor."""

import os
import resource
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.client import HOST

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 60
_IN_A_ROW: Final = 8  # answers of /readyz, each on a connection of its own, so that every process gives some


class Served:
    """`python -m app` with settings, ready when the block begins and ended with it."""

    def __init__(self, workers: int = 1, **settings: object) -> None:
        self.workers = workers
        with socket.socket() as found:
            found.bind((HOST, 0))
            self.port: int = found.getsockname()[1]
        given = {"host": HOST, "port": self.port, "workers": workers, "log_level": "info"} | settings
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("BEGONE_")}
        self._environment |= {f"BEGONE_{name.upper()}": str(value) for name, value in given.items()}
        self.ready_seconds = 0.0

    def __enter__(self) -> Self:
        """Start it and wait until all its processes are ready."""
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app"], cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL
        )
        for _ in range(_IN_A_ROW if self.workers > 1 else 1):
            while not self._ready():
                if time.monotonic() - began > START_SECONDS or self._process.poll() is not None:
                    self.__exit__(None, None, None)
                    raise TimeoutError("the service did not become ready")
                time.sleep(0.005)
        self.ready_seconds = time.monotonic() - began
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ready(self) -> bool:
        connection = HTTPConnection(HOST, self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def pids(self) -> list[int]:
        """Return the processes that label."""
        parent = self._process.pid
        if self.workers == 1:
            return [parent]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def megabytes(self) -> float:
        """Return the resident memory of the process that has most of it."""
        page = resource.getpagesize()
        return max(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in self.pids()) / 1e6

    def seconds(self) -> float:
        """Return the processor's time that all processes have taken."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")
