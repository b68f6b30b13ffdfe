"""An HTTP client that costs next to nothing, since it shares the machine with what it measures.

A request is bytes made beforehand; of an answer the status and the length are read, its body is thrown away. A client
for general use (httpx, aiohttp) takes several times as long for the same, which here would be taken from the service.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Final

HOST: Final = "127.0.0.1"
LOST: Final = 0
"""The status of a request that got no answer."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSING: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request: the answer's status or `LOST`, and how long it took."""

    status: int
    milliseconds: float


def post(html: bytes, media_type: str = "text/html") -> bytes:
    """Return the request that posts a page for its labels."""
    head = (
        f"POST /v1/label HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {media_type}\r\nAccept-Encoding: gzip\r\n"
        f"Content-Length: {len(html)}\r\n\r\n"
    )
    return head.encode("ascii") + html


def get(path: str) -> bytes:
    """Return the request for `path`."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode("ascii")


class Client:
    """One connection, opened when it is needed, and again after the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes, since: float | None = None) -> Answered:
        """Send a request and read its answer to the end; timed from `since` (`time.perf_counter`), else from now."""
        began = time.perf_counter() if since is None else since
        kept = self._streams is not None
        try:
            try:
                status = await self._exchange(request)
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                if not kept:
                    raise
                status = await self._exchange(request)  # an idle connection may be closed at any time
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            status = LOST
        return Answered(status, (time.perf_counter() - began) * 1000)

    async def _exchange(self, request: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        if _CLOSING.search(head):
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
