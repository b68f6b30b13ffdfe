"""Posts the test pages to the application with the committed model, as callers post theirs."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from app.main import create_app
from app.settings import Settings
from tests.envelope import client
from tests.pages import Block, Line, Page

MOST_SECONDS_TO_LOAD: Final = 60


@dataclass(frozen=True, slots=True)
class Answers:
    """The blocks that the service answers, by page and by text, and all else that it says of each page."""

    pages: Mapping[str, list[Block]]
    texts: Mapping[str, list[Block]]
    whole: Mapping[str, dict[str, Any]]

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What is said of each page as a whole."""
        return {name: document["page"] for name, document in self.whole.items()}


def post_all(pages: Sequence[Page], texts: Mapping[str, tuple[Line, ...]]) -> Answers:
    """Post each page and each text, one after the other, to a service of its own."""

    async def run() -> Answers:
        async with service() as http:
            answers = {page.name: await post(http, page) for page in pages}
            return Answers(
                {name: document["blocks"] for name, document in answers.items()},
                {name: await post_text(http, lines) for name, lines in texts.items()},
                answers,
            )

    return asyncio.run(run())


@asynccontextmanager
async def service(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has loaded the committed model."""
    async with client(create_app(Settings(**settings))) as http:
        ends = time.monotonic() + MOST_SECONDS_TO_LOAD
        while (await http.get("/readyz")).status_code != 200:
            assert time.monotonic() < ends, (await http.get("/readyz")).text
            await asyncio.sleep(0.05)
        yield http


def until_ready(http: httpx.Client) -> None:
    """Wait until the service behind a client has loaded its model."""
    ends = time.monotonic() + MOST_SECONDS_TO_LOAD
    while http.get("/readyz").status_code != 200:
        assert time.monotonic() < ends, http.get("/readyz").text
        time.sleep(0.05)


async def post(http: httpx.AsyncClient, page: Page) -> dict[str, Any]:
    """Return what is answered to a page: posted as JSON if the page says so, else as raw bytes with its own charset."""
    if page.facts.get("post") == "json":
        answer = await http.post("/v1/label", json={"html": page.html})
    else:
        charset = page.facts.get("charset")
        media_type = f"text/html; charset={charset}" if charset else "text/html"
        answer = await http.post("/v1/label", content=page.body, headers={"content-type": media_type})
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


async def post_text(http: httpx.AsyncClient, lines: tuple[Line, ...]) -> list[Block]:
    """Return the blocks of a text with one line for each block."""
    body = "\n".join(line.text for line in lines).encode()
    return _blocks(await http.post("/v1/label", content=body, headers={"content-type": "text/plain; charset=utf-8"}))


def _blocks(answer: httpx.Response) -> list[Block]:
    answer.raise_for_status()
    blocks: list[Block] = answer.json()["blocks"]
    return blocks
