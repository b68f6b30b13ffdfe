"""A turn of requests that Hypothesis draws, posted to the whole application as a server hands it over.

`python -m fuzz.drawn FOLDER INPUTS SEED`; `python -m fuzz` starts it.
"""

import asyncio
import logging
import sys
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final, Self

import orjson
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from starlette.types import Message

from app.main import create_app
from app.settings import Settings
from fuzz import tally
from fuzz.requests import REQUESTS, Request
from fuzz.tally import Outcome
from fuzz.target import ANSWERED

_ROUND: Final = 500  # requests that Hypothesis draws before it starts anew: it remembers each


class Application:
    """An application on an event loop of its own; no network lies between. Without one: with the committed model."""

    def __init__(self, app: FastAPI | None = None) -> None:
        self.app = app or create_app(Settings(mercury=True))
        self.loop = asyncio.new_event_loop()
        self._life: AbstractAsyncContextManager[Any] = self.app.router.lifespan_context(self.app)

    def __enter__(self) -> Self:
        """Wait until the model is loaded."""
        self.loop.run_until_complete(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the application."""
        self.loop.run_until_complete(self._life.__aexit__(None, None, None))
        self.loop.close()

    def __call__(self, request: Request) -> Outcome:
        """Post a request; what the application raises, or answers with a 5xx but 503 and 504, breaks the promise."""
        began = time.process_time()
        try:
            status, body = self.loop.run_until_complete(self._post(request))
        except Exception as error:
            return Outcome("crash", time.process_time() - began, error)
        spent = time.process_time() - began
        if status == 200:
            return Outcome(ANSWERED, spent)
        problem = orjson.loads(body)
        name = str(problem.get("type", status)).rpartition("/")[2]
        return Outcome(name, spent, server_error=status >= 500 and status not in (503, 504))

    async def _start(self) -> None:
        await self._life.__aenter__()
        while (await self._post(Request("/v1/model", "", (), (b"",)), "GET"))[0] == 503:  # noqa: ASYNC110 (it tells who asks)
            await asyncio.sleep(0.1)

    async def _post(self, request: Request, method: str = "POST") -> tuple[int, bytes]:
        parts = list(request.parts)
        sent: list[Message] = []

        async def receive() -> Message:
            if not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in request.headers]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": request.path,
            "raw_path": request.path.encode(),
            "query_string": request.query.encode(),
            "root_path": "",
            "headers": [*headers, (b"host", b"begone.test"), (b"content-length", b"%d" % sum(map(len, parts)))],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def main(folder: Path, count: int, first: int) -> None:
    """Post `count` requests."""
    logging.getLogger("begone").setLevel(logging.CRITICAL)
    keeper = tally.Keeper(folder)
    with Application() as application:
        rounds = 0
        while keeper.tally.inputs < count:
            rounds += 1
            _round(keeper, application, min(_ROUND, count - keeper.tally.inputs), first * 1_000_000 + rounds)
    keeper.write()


def _round(keeper: tally.Keeper, application: Application, count: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(REQUESTS)
    def draw(request: Request) -> None:
        data = request.dumped()
        keeper.take(data)
        keeper.give(data, application(request))

    draw()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
