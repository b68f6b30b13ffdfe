"""Load on a running service: so many connections, each with its next page after the last answer; or so many pages a
second, whatever becomes of them. Beside it, if wanted, a probe of the event loop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

import uvloop

from benchmarks.client import Answered, Client, get

PROBE_SECONDS: Final = 0.02
_RETRY_SECONDS: Final = 1.0  # what the service's Retry-After says


@dataclass(slots=True)
class Load:
    """What came of a run. Times are milliseconds; `own_seconds` is the processor's time that the client took."""

    seconds: float = 0.0
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    lost: int = 0
    probed: list[float] = field(default_factory=list)
    own_seconds: float = 0.0

    def note(self, answered: Answered) -> None:
        """Count an answer."""
        if answered.status == 200:
            self.accepted.append(answered.milliseconds)
        elif answered.status == 503:
            self.refused.append(answered.milliseconds)
        else:
            self.lost += 1

    @property
    def per_second(self) -> float:
        """Pages labelled a second."""
        return len(self.accepted) / self.seconds


def closed(port: int, requests: Sequence[bytes], connections: int, *, seconds: float, most: int = 10**9) -> Load:
    """Keep `connections` busy for some seconds or with `most` pages; one that is refused waits before the next."""
    return _run(lambda load: _closed(load, port, requests, connections, seconds, most), port)


def opened(port: int, requests: Sequence[bytes], rate: float, *, seconds: float) -> Load:
    """Post `rate` pages a second, evenly, each timed from the moment when it was due."""
    return _run(lambda load: _opened(load, port, requests, rate, seconds), port)


def in_turns(
    port: int, requests: Sequence[bytes], pages: Sequence[str], work: Callable[[str], object]
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each request, and of `work` on the same page in this process, turn about."""
    asked: list[float] = []
    worked: list[float] = []

    async def run() -> None:
        client = Client(port)
        for request, page in zip(requests, pages, strict=True):
            asked.append((await client.ask(request)).milliseconds)
            began = time.perf_counter()
            result = work(page)
            worked.append((time.perf_counter() - began) * 1000)
            del result  # outside the clock
        client.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
    return asked, worked


def _run(work: Callable[[Load], Awaitable[None]], port: int) -> Load:
    load = Load()

    async def run() -> None:
        probe = asyncio.create_task(_probe(load, port))
        began, own = time.perf_counter(), time.process_time()
        await work(load)
        load.seconds = time.perf_counter() - began
        load.own_seconds = time.process_time() - own
        probe.cancel()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
    return load


async def _closed(
    load: Load, port: int, requests: Sequence[bytes], connections: int, seconds: float, most: int
) -> None:
    ends = time.perf_counter() + seconds
    following = cycle(requests)
    left = most

    async def keep_busy() -> None:
        nonlocal left
        client = Client(port)
        while left > 0 and time.perf_counter() < ends:
            left -= 1
            answered = await client.ask(next(following))
            load.note(answered)
            if answered.status != 200:
                await asyncio.sleep(min(_RETRY_SECONDS, max(ends - time.perf_counter(), 0)))
        client.close()

    await asyncio.gather(*(keep_busy() for _ in range(connections)))


async def _opened(load: Load, port: int, requests: Sequence[bytes], rate: float, seconds: float) -> None:
    idle: list[Client] = []
    following = cycle(requests)
    began = time.perf_counter()

    async def ask(request: bytes, due: float) -> None:
        client = idle.pop() if idle else Client(port)
        load.note(await client.ask(request, due))
        idle.append(client)

    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            group.create_task(ask(next(following), due))
    for client in idle:
        client.close()


async def _probe(load: Load, port: int) -> None:
    client = Client(port)
    request = get("/healthz")
    try:
        while True:
            load.probed.append((await client.ask(request)).milliseconds)
            await asyncio.sleep(PROBE_SECONDS)
    finally:
        client.close()
