"""The process that watches those that serve, where there are several: it replaces one that ends or answers no more."""

import logging
import time
from typing import Any, Final

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

logger = logging.getLogger("begone")

SILENT_SECONDS: Final = 60
"""How long a process may be silent: longer than it takes to load its libraries on the slowest machine."""


class Supervisor(Multiprocess):
    """uvicorn's, which looks after its processes twice a second, with two differences.

    It never waits for a process. uvicorn's kills one that is silent for five seconds, and waits for it as long: on a
    slow machine no process lives long enough to load its libraries, and meanwhile nobody heeds a signal. And it stops
    listening before the processes do.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._heard: dict[Process, float] = {}

    def keep_subprocess_alive(self) -> None:
        """Replace each process that has ended or is silent; stop where one could not even begin to serve."""
        for at, process in enumerate(self.processes):
            if process.process.is_alive() and not self._silent(process):
                continue
            process.kill()
            process.join()
            self._heard.pop(process, None)
            if process.exitcode == STARTUP_FAILURE:
                logger.error("a process could not start to serve; another would not either")
                self.should_exit.set()
                return
            logger.warning("a process has ended and is replaced", extra={"fields": {"exit": process.exitcode}})
            self.processes[at] = Process(self.config, self.sockets)
            self.processes[at].start()

    def terminate_all(self) -> None:
        """Close the listening sockets here, then tell the processes to end.

        Each process has the sockets too. Left open here, they would go on taking connections that nobody accepts.
        """
        for each in self.sockets:
            each.close()
        super().terminate_all()

    def _silent(self, process: Process) -> bool:
        # Asked without waiting, a process answers by the next time.
        now = time.monotonic()
        if process.ping(0):
            self._heard[process] = now
        return now - self._heard.setdefault(process, now) > SILENT_SECONDS
