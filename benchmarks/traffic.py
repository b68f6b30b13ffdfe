"""Traffic for a soak: pages on a few connections at a steady pace, and among them a share of hostile requests."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from benchmarks.attacks import Attack, make
from benchmarks.client import LOST, Client

CONNECTIONS: Final = 3
"""For each process. With one hostile request beside them never more pages wait than a process lets in."""

_LATE: Final = 1.0  # seconds by which a connection may fall behind before it gives the rest up


@dataclass(slots=True)
class Traffic:
    """What came of the requests: when each page's answer came (seconds from the start) and how long it took (ms)."""

    answered: list[tuple[float, float]] = field(default_factory=list)
    hostile: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Hostile requests by how they were answered: as was meant."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Requests by how they were answered: as was not meant."""
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Pages labelled a second."""
        return len(self.answered) / self.seconds


async def run(
    found: Traffic,
    port: int,
    requests: Sequence[bytes],
    attacks: Sequence[Attack],
    *,
    connections: int,
    share: float,
    seconds: float,
    rate: float | None = None,
) -> None:
    """Post pages for some seconds: `rate` of them a second, or as fast as they are answered.

    `share` of all requests are hostile, one at a time.
    """
    began = time.perf_counter()
    following = cycle(requests)
    due = asyncio.Semaphore(0)  # hostile requests to be made
    ordinary = owed = 0.0
    over = False

    def count() -> None:
        nonlocal ordinary, owed
        ordinary += 1
        owed += share / (1 - share)
        while owed >= 1:
            owed -= 1
            due.release()

    async def post(first: float) -> None:
        client = Client(port)
        when = began + first
        while (now := time.perf_counter()) - began < seconds:
            if rate is not None:
                await asyncio.sleep(max(when - now, 0))
                when = max(when + connections / rate, time.perf_counter() - _LATE)
            answered = await client.ask(next(following))
            if answered.status == 200:
                found.answered.append((time.perf_counter() - began, answered.milliseconds))
            else:
                found.wrong[f"page: {_named(answered.status)}"] += 1
            count()
        client.close()

    async def attack() -> None:
        for each in cycle(attacks):
            await due.acquire()
            if over:
                return
            status = await make(port, each)
            found.hostile += 1
            if status in each.meant:
                found.refused[_named(status)] += 1
            else:
                found.wrong[f"{each.name}: {_named(status)}"] += 1

    attacking = asyncio.create_task(attack())
    step = 0.0 if rate is None else 1 / rate
    await asyncio.gather(*(post(number * step) for number in range(connections)))
    over = True
    due.release()
    await attacking
    found.seconds = time.perf_counter() - began


def _named(status: int) -> str:
    return "no answer" if status == LOST else str(status)
