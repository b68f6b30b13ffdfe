"""Bodies as they arrive: inflated, each within its bounds of bytes and time, all together within one of bytes."""

import asyncio
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.problems import BodyTooLarge, BodyTooSlow, BrokenGzip, Saturated, UnsupportedEncoding

# A gzip stream may consist of several members (RFC 1952). Block gzip makes one for each 64 kB; a stream of thousands of
# empty ones is an attack on the processor.
_MAX_MEMBERS: Final = 1_000
_GZIP: Final = 31  # zlib's window size for "gzip header and checksum, nothing else"

_LEAST_HELD: Final = 64_000  # bytes that a body counts at least, for its connection's own memory
_LOOK: Final = 3.0  # seconds in which a body must go forward


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it was meant, and how many bytes were sent for it."""

    data: bytes
    sent: int


class Intake:
    """Takes bodies in, each within bounds of its own, all that are arriving within one of their bytes.

    A body that is arriving holds none of the places, so that slow senders keep nobody from being labelled. Called from
    one event loop only.
    """

    def __init__(self, *, max_bytes: int, max_arriving_bytes: int, seconds: float, least_rate: int) -> None:
        self.max_bytes = max_bytes
        self.max_arriving_bytes = max_arriving_bytes
        self.seconds = seconds
        self.least_rate = least_rate
        self.held = 0  # bytes of all that are arriving

    async def read(self, headers: Headers, receive: Receive) -> Body:
        """Return a request's body, inflated; at most `max_bytes` of it are ever held.

        Raises UnsupportedEncoding, BodyTooLarge (as soon as it is known), BrokenGzip, BodyTooSlow, Saturated when the
        bodies that are arriving are too large together, and ClientDisconnect when the client goes away.
        """
        inflater = _Inflater(self.max_bytes) if _gzipped(headers) else None
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self.max_bytes:
            raise BodyTooLarge(self.max_bytes)
        parts: list[bytes] = []
        sent = length = 0
        with self._share() as hold:
            async for part in _Pace(receive, self.seconds, self.least_rate):
                sent += len(part)
                if sent > self.max_bytes:
                    raise BodyTooLarge(self.max_bytes)
                inflated = inflater.feed(part, self.max_bytes - length) if inflater is not None else part
                length += len(inflated)
                hold(length)
                parts.append(inflated)
        if inflater is not None:
            inflater.finish()
        return Body(b"".join(parts), sent)

    @contextmanager
    def _share(self) -> Iterator[Callable[[int], None]]:
        """Give a function that says how many bytes of a body are held; it raises Saturated when that is too much."""
        mine = 0

        def hold(length: int) -> None:
            nonlocal mine
            more = max(length, _LEAST_HELD) - mine
            if self.held + more > self.max_arriving_bytes:
                raise Saturated("Too many bodies are arriving; try again shortly.")
            self.held += more
            mine += more

        try:
            hold(0)
            yield hold
        finally:
            self.held -= mine


class _Pace:
    """A body's parts as they come; BodyTooSlow when it is late as a whole, or hardly goes forward for _LOOK seconds."""

    def __init__(self, receive: Receive, seconds: float, least_rate: int) -> None:
        self._receive = receive
        self._seconds = seconds
        self._least_rate = least_rate
        self._now = asyncio.get_running_loop().time
        self._ends = self._now() + seconds
        self._looks = self._now() + _LOOK
        self._fresh = 0  # bytes since the last look
        self._more = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self._more:
            raise StopAsyncIteration
        try:
            async with asyncio.timeout_at(min(self._ends, self._looks)):
                message = await self._receive()
        except TimeoutError:
            raise BodyTooSlow(self._why()) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        self._more = message.get("more_body", False)
        self._fresh += len(part)
        if self._fresh >= self._least_rate * _LOOK:
            self._fresh = 0
            self._looks = self._now() + _LOOK
        return part

    def _why(self) -> str:
        if self._now() >= self._ends:
            return f"The body did not arrive within {self._seconds:g} seconds."
        return f"The body came at fewer than {self._least_rate:,} bytes a second."


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
