"""Requests that mean harm, as bytes, and the statuses with which each is meant to be answered."""

import asyncio
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from benchmarks.client import HOST, LOST, Client, post
from tests import hostile

_LABELLED_OR_REFUSED: Final = frozenset((200, 413, 422))
_HEAD: Final = f"POST /v1/label HTTP/1.1\r\nHost: {HOST}\r\n".encode("ascii")
_STORY: Final = f"<p>{hostile.STORY}".encode()


@dataclass(frozen=True, slots=True)
class Attack:
    """A request, the statuses that answer it as it deserves, and whether its sender goes away after the last byte."""

    name: str
    request: bytes
    meant: frozenset[int]
    cut: bool = False


def attacks() -> list[Attack]:
    """Return every hostile page of the tests, and what is hostile before a page is read."""
    return [*_pages(), *_requests()]


async def make(port: int, attack: Attack) -> int:
    """Send the request on a connection of its own; return the answer's status, or `LOST` where there was none."""
    if attack.cut:
        _, writer = await asyncio.open_connection(HOST, port)
        writer.write(attack.request)
        await writer.drain()
        writer.transport.abort()
        return LOST
    client = Client(port)
    status = (await client.ask(attack.request)).status
    client.close()
    return status


def _pages() -> Iterator[Attack]:
    for name, page in hostile.PAGES.items():
        body = page().encode("utf-8", "surrogatepass")
        meant = frozenset((422,)) if name in hostile.REFUSED else _LABELLED_OR_REFUSED
        if len(body) > 5_000_000:
            meant = frozenset((413,))
        yield Attack(name, post(body, "text/html; charset=utf-8"), meant)


def _requests() -> Iterator[Attack]:
    def sent(name: str, status: int, body: bytes, headers: str) -> Attack:
        head = _HEAD + headers.encode("ascii") + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii")
        return Attack(name, head + body, frozenset((status,)))

    html = "Content-Type: text/html"
    zipped = f"{html}\r\nContent-Encoding: gzip"
    json_type = "Content-Type: application/json"
    yield sent("JSON that breaks off", 422, b'{"html": "<p>', json_type)
    yield sent("JSON of another form", 422, json.dumps({"html": 1, "x": "y" * 10_000}).encode(), json_type)
    yield sent("JSON nested deeply", 422, b'{"html": ' + b"[" * 100_000, json_type)
    yield sent("a gzip bomb", 413, gzip.compress(bytes(50_000_000)), zipped)
    yield sent("no gzip", 400, _STORY, zipped)
    yield sent("gzip that breaks off", 400, gzip.compress(_STORY)[:-9], zipped)
    yield sent("a picture", 415, _STORY, "Content-Type: image/png")
    yield sent("another encoding", 415, _STORY, f"{html}\r\nContent-Encoding: br")
    large = f"{html}\r\nContent-Length: 10000000000\r\n\r\n"
    yield Attack("ten gigabytes, so it says", _HEAD + large.encode("ascii"), frozenset((413,)))
    chunked = f"{html}\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n"
    yield Attack("broken chunks", _HEAD + chunked.encode("ascii"), frozenset((400,)))
    yield Attack("no HTTP", b"\x16\x03\x01 what is this\r\n\r\n", frozenset((400,)))
    yield Attack(
        "no such route", _HEAD.replace(b"/v1/label", b"/../etc") + b"Content-Length: 0\r\n\r\n", frozenset((404,))
    )
    half = post(_STORY * 1_000)
    yield Attack("a body cut off", half[: len(half) // 2], frozenset((LOST,)), cut=True)
    yield Attack("a head cut off", half[:40], frozenset((LOST,)), cut=True)
    yield Attack("gone before the answer", half, frozenset((LOST,)), cut=True)
