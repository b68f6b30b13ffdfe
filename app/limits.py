"""What a request may cost before anyone looks at it: places, bytes and time."""

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import BodyTooLarge, BodyTooSlow, BrokenGzip, Saturated, UnsupportedEncoding

# A gzip stream may consist of several members (RFC 1952). Block gzip makes one for each 64 kB; a stream of thousands of
# empty ones is an attack on the processor.
_MAX_MEMBERS: Final = 1_000
_GZIP: Final = 31  # zlib's window size for "gzip header and checksum, nothing else"


class Gate:
    """The places of a process. One is taken before a body is read and kept until the answer is made.

    Places bound the memory. How long a page waits depends on those that have arrived before it: while `queue` of them
    wait, no further one is let in. Called from one event loop only, so that counting needs no lock.
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places = places
        self.queue = queue
        self.taken = 0
        self.waiting = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises Saturated at once when none is free: waiting is the caller's to decide."""
        if self.taken >= self.places or self.waiting >= self.queue:
            raise Saturated(min(self.places, self.queue))
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Wait for the labelling thread, or be labelled on it."""
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


class Spread:
    """Lets a client's next request go to another process while pages wait in this one.

    A kept connection stays with the process that took it, though others may have nothing to do. Closed after an answer,
    it is opened again and taken by whichever process is the quickest to: one with nothing to do.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; mark its answer as the connection's last one where more than one page is in line."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and self.gate.waiting > 1:
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self.app(scope, receive, send_on)


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it was meant, and how many bytes were sent for it."""

    data: bytes
    sent: int


async def read_body(headers: Headers, receive: Receive, *, max_bytes: int, seconds: float) -> Body:
    """Return the request's body, inflated; at most `max_bytes` of it are ever held.

    Raises UnsupportedEncoding, BodyTooLarge (as soon as it is known), BrokenGzip, BodyTooSlow, and ClientDisconnect
    when the client goes away.
    """
    gzipped = _gzipped(headers)
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes:
        raise BodyTooLarge(max_bytes)
    inflater = _Inflater(max_bytes) if gzipped else None
    parts: list[bytes] = []
    sent = held = 0
    try:
        async with asyncio.timeout(seconds):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                part: bytes = message.get("body", b"")
                more = message.get("more_body", False)
                sent += len(part)
                if sent > max_bytes:
                    raise BodyTooLarge(max_bytes)
                if inflater is not None:
                    part = inflater.feed(part, max_bytes - held)
                held += len(part)
                parts.append(part)
    except TimeoutError:
        raise BodyTooSlow(f"The body did not arrive within {seconds:g} seconds.") from None
    if inflater is not None:
        inflater.finish()
    return Body(b"".join(parts), sent)


class _Inflater:
    """Inflates a gzip stream piece by piece within a bound."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._member = zlib.decompressobj(_GZIP)
        self._members = 1

    def feed(self, data: bytes, room: int) -> bytes:
        """Return what `data` inflates to; raises BodyTooLarge when that is more than `room`, BrokenGzip."""
        out: list[bytes] = []
        while data:
            if self._member.eof:
                self._members += 1
                if self._members > _MAX_MEMBERS:
                    raise BrokenGzip(f"The gzip stream has more than {_MAX_MEMBERS:,} members.")
                self._member = zlib.decompressobj(_GZIP)
            try:
                part = self._member.decompress(data, room + 1)
            except zlib.error:
                raise BrokenGzip("The body cannot be inflated.") from None
            room -= len(part)
            if room < 0:
                raise BodyTooLarge(self.limit)
            out.append(part)
            data = self._member.unused_data if self._member.eof else b""
        return b"".join(out)

    def finish(self) -> None:
        """Raise BrokenGzip unless the stream has come to its end."""
        if not self._member.eof:
            raise BrokenGzip("The gzip stream ends too early.")


def _gzipped(headers: Headers) -> bool:
    codings = [coding.strip().lower() for value in headers.getlist("content-encoding") for coding in value.split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if not codings:
        return False
    if len(codings) == 1 and codings[0] in ("gzip", "x-gzip"):
        return True
    raise UnsupportedEncoding("The only content encoding taken is gzip, once.", {"Accept-Encoding": "gzip"})


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
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
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


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
