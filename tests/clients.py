"""Clients that post a page over and over on connections that they keep, and know what became of every request."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.process import Process

PAGE: Final = b"<!DOCTYPE html><title>Rain</title><article>" + b"<p>The rain came over the hills in the night.</p>" * 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    `status` is None where no whole answer came; `begun` says whether a part of it did, `fresh` whether the request was
    the first on its connection, `last` whether the answer closes it. `refused` means that there was no connection.
    """

    request_id: str
    fresh: bool = True
    status: int | None = None
    begun: bool = False
    last: bool = False
    refused: bool = False


class Clients:
    """Threads that post until they are told to stop, or `once_refused` until they find nobody listening."""

    def __init__(self, service: Process, number: int, *, once_refused: bool = False) -> None:
        self.outcomes: list[Outcome] = []
        self.stopped = threading.Event()
        self.once_refused = once_refused
        self._address = (service.http.base_url.host, service.http.base_url.port)
        self._threads = [threading.Thread(target=self._post, args=(f"client{n}",)) for n in range(number)]

    @contextlib.contextmanager
    def posting(self) -> Iterator["Clients"]:
        """Let them post; at the end wait for the last answers."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            if not self.once_refused:
                self.stopped.set()
            for thread in self._threads:
                thread.join(120)
            self.stopped.set()

    @property
    def whole(self) -> list[Outcome]:
        """The requests that were answered in full."""
        return [found for found in self.outcomes if found.status is not None]

    @property
    def lost(self) -> list[Outcome]:
        """The requests that were sent and not answered in full."""
        return [found for found in self.outcomes if found.status is None and not found.refused]

    def _post(self, name: str) -> None:
        connection = http.client.HTTPConnection(*self._address, timeout=120)
        number = 0
        while not self.stopped.is_set():
            number += 1
            outcome = self._ask(connection, f"{name}-{number}")
            self.outcomes.append(outcome)
            if outcome.refused and self.once_refused:
                return
            if outcome.refused:
                self.stopped.wait(0.05)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, request_id: str) -> Outcome:
        fresh = connection.sock is None
        if fresh:
            try:
                connection.connect()
            except OSError:
                return Outcome(request_id, refused=True)
        headers = {"content-type": "text/html", "x-request-id": request_id}
        begun = False
        try:
            connection.request("POST", "/v1/label", PAGE, headers)
            answer = connection.getresponse()
            begun = True
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return Outcome(request_id, fresh, begun=begun)
        return Outcome(request_id, fresh, answer.status, begun, last=answer.getheader("connection") == "close")
