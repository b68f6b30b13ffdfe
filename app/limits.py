"""What a request may cost before anyone looks at it: places, and time to hear a refusal."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import Saturated


class Gate:
    """The places of a process. One is taken when a body has arrived and kept until the answer is made.

    Places bound the memory. How long a page waits depends on those that have arrived before it: while `queue` of them
    wait, no further one is let in. Called from one event loop only, so that counting needs no lock.
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places = places
        self.queue = queue
        self.taken = 0
        self.waiting = 0

    def check(self) -> None:
        """Raise Saturated when no place is free: who can not be served now need not send his body."""
        if self.taken >= self.places or self.waiting >= self.queue:
            places = min(self.places, self.queue)
            raise Saturated(f"All {places} places are taken; try again shortly.")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises Saturated at once when none is free: waiting is the caller's to decide."""
        self.check()
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    @property
    def crowded(self) -> bool:
        """Whether more than one page is in line, so that another process may have less to do."""
        return self.waiting > 1

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Wait for the labelling thread, or be labelled on it."""
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


class LastAnswers:
    """Marks answers as the last on their connections while `last` says so; the client's next request goes elsewhere."""

    def __init__(self, app: ASGIApp, last: Callable[[], bool]) -> None:
        self.app = app
        self.last = last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; mark its answer where it is the connection's last one."""

        async def send_on(message: Message) -> None:
            last = message["type"] == "http.response.start" and self.last()
            await send(_closing(message) if last else message)

        await self.app(scope, receive, send_on)


class Drain:
    """Lets a client that is answered before its body has arrived read that answer.

    A server that closes a connection on which bytes are still coming in makes the client's system throw away the
    answer with a reset. So the answer goes out at once and in full, marked `Connection: close`, and what arrives
    after it is thrown away, for at most `seconds` and `max_bytes`, before the connection is closed.
    """

    def __init__(self, app: ASGIApp, seconds: float, max_bytes: int) -> None:
        self.app = app
        self.seconds = seconds
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold back the end of an early answer until the client has stopped sending."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        arrived = held_back = False

        async def receive_noting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def send_early(message: Message) -> None:
            nonlocal held_back
            if not arrived and message["type"] == "http.response.start":
                message = _closing(message)
            elif not arrived and message["type"] == "http.response.body" and not message.get("more_body", False):
                held_back = True
                message = {**message, "more_body": True}
            await send(message)

        await self.app(scope, receive_noting, send_early)
        if held_back:
            await self._drain(receive)
            await send({"type": "http.response.body", "body": b""})

    async def _drain(self, receive: Receive) -> None:
        left = self.max_bytes
        try:
            async with asyncio.timeout(self.seconds):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if message["type"] != "http.request" or not message.get("more_body", False):
                        return
        except TimeoutError:
            return


def _closing(message: Message) -> Message:
    """Return the start of an answer, marked as the last on its connection."""
    headers = MutableHeaders(raw=list(message.get("headers", ())))
    headers.setdefault("connection", "close")
    return {**message, "headers": headers.raw}


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
