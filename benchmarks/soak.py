"""`python -m benchmarks.soak`: long at four fifths of the capacity, with hostile requests. Does anything grow?"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop
from tqdm import tqdm

from benchmarks import arguments, machine, plot, soak_results
from benchmarks.arguments import positive
from benchmarks.attacks import attacks
from benchmarks.client import HOST, post
from benchmarks.engine import FOLDER, RESULTS
from benchmarks.pages import NoPages, sample
from benchmarks.served import Served
from benchmarks.traffic import CONNECTIONS, Traffic, run
from scripts.markers import fill_file

FIGURES: Final = FOLDER / "soak.json"
PLOT: Final = FOLDER / "soak.svg"
SHARE_OF_CAPACITY: Final = 0.8
HOSTILE: Final = 0.05

_SAMPLE_SECONDS: Final = 5.0
_CAPACITY_SECONDS: Final = 60.0


@dataclass(slots=True)
class Soak:
    """A soak's figures, as they are kept. Times are seconds from the start, latencies milliseconds."""

    conditions: str
    minutes: float
    workers: int
    capacity: float
    """Pages a second, as fast as they are answered, with as many hostile requests among them."""
    rate: float
    reached: float = 0.0
    pages: int = 0
    hostile: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    samples: list[dict[str, float]] = field(default_factory=list)
    """`at`, `megabytes` of all processes that label, `in_flight`, and of the pages answered since the last sample
    `pages`, `p50` and `p99`."""


def main(given: list[str] | None = None) -> int:
    """Run the soak as the command line says; return 0 where everything held."""
    options = _parser().parse_args(given)
    try:
        chosen = sample(options.corpus, options.pages)
    except NoPages as error:
        print(f"Nothing to post: {error}.", file=sys.stderr)
        return 1
    requests = [post(page.html.encode()) for page in chosen.pages]
    found = soak(requests, options.minutes, options.workers, f"{machine.description()} {chosen.what}.")
    options.figures.write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
    plot.plot_soak(found, options.figures.with_suffix(".svg"))
    content = soak_results.content(found)
    print(content)
    if options.results is not None:
        fill_file(options.results, "soak", f"{content}\n![Memory and latency over the soak]({PLOT.name})\n")
    return 0 if soak_results.held(found) else 1


def soak(requests: Sequence[bytes], minutes: float, workers: int, conditions: str) -> Soak:
    """Measure the capacity, then keep the service busy with a part of it."""
    hostile = attacks()
    connections = CONNECTIONS * workers
    seconds = 60 * minutes
    with Served(workers) as service, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:

        def traffic(found: Traffic, seconds: float, rate: float | None) -> Any:
            return run(
                found,
                service.port,
                requests,
                hostile,
                connections=connections,
                share=HOSTILE,
                seconds=seconds,
                rate=rate,
            )

        fastest = Traffic()
        runner.run(traffic(fastest, min(_CAPACITY_SECONDS, seconds / 3), None))
        found = Soak(conditions, minutes, workers, fastest.per_second, SHARE_OF_CAPACITY * fastest.per_second)
        steady = Traffic()

        async def both() -> None:
            watching = asyncio.create_task(_watch(found, steady, service, seconds))
            await traffic(steady, seconds, found.rate)
            watching.cancel()

        runner.run(both())
    found.reached = steady.per_second
    found.pages = len(steady.answered)
    found.hostile = steady.hostile
    found.refused, found.wrong = dict(sorted(steady.refused.items())), dict(sorted(steady.wrong.items()))
    return found


async def _watch(found: Soak, traffic: Traffic, service: Served, seconds: float) -> None:
    """Take a sample every few seconds."""
    bar = tqdm(total=round(seconds), desc="soak", unit="s", file=sys.stderr)
    began = time.perf_counter()
    every = min(_SAMPLE_SECONDS, seconds / 60)
    seen = 0
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{service.port}", timeout=60) as http:
        with bar:
            while True:
                await asyncio.sleep(every)
                metrics = (await http.get("/metrics")).text
                in_flight = next(line for line in metrics.splitlines() if line.startswith("begone_in_flight "))
                times = sorted(milliseconds for _, milliseconds in traffic.answered[seen:])
                seen += len(times)
                at = time.perf_counter() - began
                found.samples.append(
                    {
                        "at": round(at, 1),
                        "megabytes": round(sum(service.megabytes()), 1),
                        "in_flight": float(in_flight.split()[1]),
                        "pages": len(times),
                        **soak_results.percentiles(times),
                    }
                )
                bar.update(min(round(at), round(seconds)) - bar.n)


def read(file: Path) -> Soak:
    """Return the figures that a soak has left."""
    return Soak(**json.loads(file.read_bytes()))


def _parser() -> argparse.ArgumentParser:
    parser = arguments.parser("benchmarks.soak", __doc__, pages=400)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default: %(default)s)")
    parser.add_argument("--workers", type=positive, default=1, help="processes that serve (default: %(default)s)")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the figures go, and the plot beside them")
    parser.add_argument("--results", type=Path, default=RESULTS, help="Markdown whose marked place gets the table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
