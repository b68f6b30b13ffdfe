"""A labeller that knows two rules, and an application around it: for tests of the envelope."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import dom
from app.labeller import LabelledBlock, Labeller, Result, Timings
from app.main import create_app
from app.settings import Settings


@dataclass
class FakeModel:
    name: str = "fake"
    version: str = "0.0.1"
    manifest: dict[str, Any] = field(default_factory=lambda: {"sha256": "0" * 64})
    metrics: dict[str, Any] = field(default_factory=lambda: {"macro_f1": 0.5})
    judge: None = None  # never asked: what the fake labels has no opinion behind it


class FakeLabeller:
    """Labels what asks for a donation as an appeal and all else as content.

    `before` runs first, on the thread that labels; with `always`, that is its answer to every page.
    """

    def __init__(self, before: Callable[[str], object] = lambda _: None, always: Result | None = None) -> None:
        self.model = FakeModel()
        self.before = before
        self.always = always
        self.url: str | None = None
        self.wishes: object = None

    def label_html(
        self, html: str | bytes, *, id_attribute: str | None = None, url: str | None = None, wishes: object = None
    ) -> Result:
        self.before(dom.encode(html).decode())
        self.url = url
        self.wishes = wishes
        if self.always is not None:
            return self.always
        blocks = [
            _block(index, node.text(strip=True), "p", node.attributes.get(id_attribute) if id_attribute else None)
            for index, node in enumerate(dom.parse(html).css("p"))
        ]
        return _result(blocks)

    def label_text(self, text: str, *, wishes: object = None) -> Result:
        self.before(text)
        self.wishes = wishes
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return _result([_block(index, line, None, None) for index, line in enumerate(lines)])


def _block(index: int, text: str, tag: str | None, stamp: str | None) -> LabelledBlock:
    appeal = "donate" in text
    return LabelledBlock(
        index=index,
        label="appeal" if appeal else "content",
        kind="donation" if appeal else "main",
        score=0.75,
        selector=f"p:nth-child({index + 1})" if tag else None,
        part=None,
        id=stamp,
        tag=tag,
        text=text,
        hidden=False,
    )


def _result(blocks: list[LabelledBlock]) -> Result:
    counts = dict.fromkeys(("content", "appeal", "advert", "navigation"), 0)
    for block in blocks:
        counts[block.label] = counts.get(block.label, 0) + 1
    return Result(
        language="en",
        blocks=blocks,
        counts=counts,
        warnings=[] if blocks else ["no_text"],
        timings=Timings(parse=0.1234567, features=1.0, predict=2.0),
    )


def result(texts: list[str], **change: Any) -> Result:
    """A result with a block for each of `texts`, each changed so."""
    return _result([replace(_block(index, text, "p", None), **change) for index, text in enumerate(texts)])


def fake_labeller(before: Callable[[str], object] = lambda _: None, always: Result | None = None) -> Labeller:
    """A fake that passes for a labeller."""
    return cast("Labeller", FakeLabeller(before, always))


def application(before: Callable[[str], object] = lambda _: None, **settings: Any) -> FastAPI:
    """An application with a fake labeller, on settings that are not the environment's."""
    return create_app(Settings(**settings), fake_labeller(before))


@asynccontextmanager
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, which has started and will stop."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://begone.test") as http,
    ):
        yield http


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until `condition` holds; fail after `seconds`."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it did not happen in time"
        await asyncio.sleep(0.005)


@contextmanager
def serving(app: FastAPI, **config: Any) -> Iterator[int]:
    """Serve `app` with the real server on a thread; give its port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none", **config))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        ends = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"


class Client:
    """A client that sends `parts`, with a pause before each, then goes quiet unless the last was the end."""

    def __init__(self, parts: Iterable[bytes], *, ends: bool = True, pause: float = 0) -> None:
        self.parts = list(parts)
        self.ends = ends
        self.pause = pause
        self.asked = 0

    async def receive(self) -> Message:
        self.asked += 1
        await asyncio.sleep(self.pause)
        if not self.parts:
            await asyncio.sleep(3600)
        part = self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts) or not self.ends}


async def sent_on_starting(behind: Callable[[ASGIApp], ASGIApp]) -> list[Message]:
    """What the server is given to send when it starts, by an application behind a middleware."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await behind(app)({"type": "lifespan"}, receive, send)
    return sent
