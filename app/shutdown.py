"""How a process ends: it first says that it is not ready, then stops listening; what it has in hand is answered."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

logger = logging.getLogger("begone")

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Shutdown:
    """Whether the process is about to end. Takes the signals that say so over from the server, and hands them on late.

    Whoever spreads requests over processes must see that this one is not ready before it refuses connections, and a
    client that keeps its connection must be told that it is the last answer. So the server gets the signal `delay`
    seconds after it came; until then requests are answered as ever. A second signal is handed on at once.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.begun = False
        self.failed = False
        self._servers: dict[int, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Take the signals over; at the end give them back, and leave with status 70 if the process had failed.

        Called on the event loop that serves. On another thread than the main one, which signals do not reach, and where
        no server waits for them, nothing is taken over.
        """
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                server = signal.getsignal(number)
                if callable(server) and server is not signal.default_int_handler:
                    self._servers[number] = server
                    signal.signal(number, self._received)
        try:
            yield
        finally:
            for taken, server in self._servers.items():
                signal.signal(taken, server)
        if self.failed and self._servers:
            # The server would end as after any SIGTERM, which reads as "on purpose" to whoever could replace it.
            os._exit(os.EX_SOFTWARE)

    def fail(self) -> None:
        """Begin to end because the process can no longer do its work, so that it is replaced."""
        if not self.failed:
            logger.error("too many pages past their deadline: the process ends itself")
            self.failed = True
            self._begin(signal.SIGTERM, None)

    def _received(self, number: int, frame: FrameType | None) -> None:
        if self.begun:
            self._servers[number](number, frame)
        else:
            self._begin(number, frame)

    def _begin(self, number: int, frame: FrameType | None) -> None:
        self.begun = True
        if self._loop is not None and number in self._servers:
            # In a signal's handler: the loop may be waiting for its next event, and must be woken.
            self._loop.call_soon_threadsafe(self._loop.call_later, self.delay, self._servers[number], number, frame)
