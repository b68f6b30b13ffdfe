"""The service as a process of its own, started for a run; what it takes of memory and processor."""

import os
import resource
import subprocess
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.client import HOST
from tests.process import Process

START_SECONDS: Final = 180
_IN_A_ROW: Final = 8  # answers of /readyz, each on a connection of its own, so that every process gives some


class Served:
    """`python -m app` with settings, ready when the block begins and ended with it."""

    def __init__(self, workers: int = 1, **settings: object) -> None:
        self.workers = workers
        self._settings = settings
        self.ready_seconds = 0.0

    def __enter__(self) -> Self:
        """Start it and wait until all its processes are ready."""
        self._service = Process(Path(os.devnull), host=HOST, workers=self.workers, **self._settings)
        self.port: int = self._service.http.base_url.port or 0
        for _ in range(_IN_A_ROW if self.workers > 1 else 1):
            while not self._ready():
                if self._seconds() > START_SECONDS or self._service.process.poll() is not None:
                    self.__exit__(None, None, None)
                    raise TimeoutError("the service did not become ready")
                time.sleep(0.005)
        self.ready_seconds = self._seconds()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it."""
        self._service.http.close()
        process = self._service.process
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _seconds(self) -> float:
        return time.monotonic() - self._service.started

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
        return [self._service.process.pid] if self.workers == 1 else self._service.workers()

    def megabytes(self) -> list[float]:
        """Return the resident memory of each of them."""
        page = resource.getpagesize()
        return [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page / 1e6 for pid in self.pids()]

    def seconds(self) -> float:
        """Return the processor's time that all of them have taken."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")
