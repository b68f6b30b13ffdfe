"""Time tools on pages, interleaved, so that whatever slows the machine down slows all of them alike."""

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.pages import Page
from benchmarks.tools import Tool

WARM_UP_PAGES = 3


@dataclass(frozen=True, slots=True)
class Times:
    """What was measured: per tool and page the milliseconds of each round; and on which pages a tool failed."""

    milliseconds: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    failed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def measure(tools: Sequence[Tool], pages: Sequence[Page], rounds: int, done: Callable[[], object]) -> Times:
    """Time every tool on every page, `rounds` times; `done` is called after each page of each round.

    Page by page the tools take turns, and each round another one begins. Each starts with an empty nursery, so that
    none pays for another's garbage. A tool that raises has failed on that page; the time to failure does not count.
    """
    times = Times()
    for tool in tools:
        for page in pages[:WARM_UP_PAGES]:
            with suppress(Exception):
                tool.run(page.html)
    gc.collect()
    gc.freeze()
    try:
        for turn in range(rounds):
            first = turn % len(tools)
            for page in pages:
                for tool in (*tools[first:], *tools[:first]):
                    _time(tool, page, times)
                done()
    finally:
        gc.unfreeze()
    return times


def _time(tool: Tool, page: Page, times: Times) -> None:
    gc.collect()
    began = time.perf_counter()
    try:
        result = tool.run(page.html)
    except Exception:
        times.failed[tool.name].add(page.name)
        return
    times.milliseconds[tool.name][page.name].append((time.perf_counter() - began) * 1000)
    # The result is dropped outside the clock: whoever calls such a tool holds it longer than the call.
    if tool.look is not None:
        tool.look(page, result)
