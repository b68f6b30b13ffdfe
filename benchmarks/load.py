"""`python -m benchmarks.load`: put the service under load with real pages; write the second part of RESULTS.md."""

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tqdm import tqdm

from app.answers import HTML, Post, answer
from app.labeller import Labeller
from app.service import load as load_labeller
from app.settings import Settings
from benchmarks import arguments, large, load_results, machine, plot, pressure
from benchmarks.arguments import positive
from benchmarks.client import post
from benchmarks.engine import FOLDER, RESULTS
from benchmarks.pages import NoPages, Page, sample
from benchmarks.pressure import Load
from benchmarks.served import Served
from scripts.markers import fill_file

PLOT: Final = FOLDER / "load.svg"
CONNECTIONS: Final = (1, 4, 16, 64)
WORKERS: Final = (1, 2)
OVERLOAD: Final = 2.0
_WARM_UP: Final = 20  # pages for each process


@dataclass(frozen=True, slots=True)
class Row:
    """One run: its processes and connections, what came of it, how many cores it kept busy, the memory it took."""

    workers: int
    connections: int
    load: Load
    cores: float
    megabytes: float


@dataclass(slots=True)
class Measured:
    """All runs. Times are milliseconds, but `starts`, which are seconds."""

    rows: list[Row] = field(default_factory=list)
    unloaded: Load = field(default_factory=Load)
    overload: Load = field(default_factory=Load)
    rate: float = 0.0
    request: float = 0.0
    label: float = 0.0
    answer: float = 0.0
    large: float = 0.0
    small: float = 0.0
    memory: list[tuple[int, float]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def row(self, workers: int, connections: int) -> Row:
        """Return the run with so many processes and connections."""
        return next(row for row in self.rows if (row.workers, row.connections) == (workers, connections))


def main(given: list[str] | None = None) -> int:
    """Run the benchmark as the command line says; return the exit status."""
    options = _parser().parse_args(given)
    try:
        chosen = sample(options.corpus, options.pages)
    except NoPages as error:
        print(f"Nothing to post: {error}.", file=sys.stderr)
        return 1
    found = measure(chosen.pages, options.seconds, options.memory_pages, options.starts)
    content = load_results.content(found, f"{machine.description()}\n\n{chosen.what}, {options.seconds} s a run.\n")
    print(content)
    fill_file(options.results, "load", f"{content}\n![Throughput and latency by connections]({PLOT.name})\n")
    plot.plot_load(found.rows, options.results.parent / PLOT.name)
    return 0


def measure(pages: Sequence[Page], seconds: float, memory_pages: int, starts: int) -> Measured:
    """Run everything once, one after the other."""
    found = Measured()
    requests = [post(page.html.encode()) for page in pages]
    bar = tqdm(total=len(WORKERS) * len(CONNECTIONS) + 5, desc="load", unit="run", file=sys.stderr)
    with bar:
        for _ in range(starts):
            with Served() as service:
                found.starts.append(service.ready_seconds)
        bar.update()
        for workers in WORKERS:
            with Served(workers) as service:
                pressure.closed(service.port, requests, 4, seconds=600, most=_WARM_UP * workers)
                for connections in CONNECTIONS:
                    found.rows.append(_row(service, requests, connections, seconds))
                    bar.update()
                if workers == 1:
                    found.unloaded = found.row(1, 1).load
                    found.rate = OVERLOAD * found.row(1, 16).load.per_second
                    found.overload = pressure.opened(service.port, requests, found.rate, seconds=seconds)
                    bar.update()
        _envelope(found, pages, requests)
        bar.update()
        found.large, found.small = large.measure(pages, large.SIZE)
        bar.update()
        _memory(found, requests, memory_pages)
        bar.update()
    return found


def _row(service: Served, requests: Sequence[bytes], connections: int, seconds: float) -> Row:
    before = service.seconds()
    load = pressure.closed(service.port, requests, connections, seconds=seconds)
    return Row(
        service.workers, connections, load, (service.seconds() - before) / load.seconds, max(service.megabytes())
    )


def _envelope(found: Measured, pages: Sequence[Page], requests: Sequence[bytes]) -> None:
    """Time requests, and in this process `label(html)` and the whole answer, page by page in turns."""
    labeller: Labeller = load_labeller(Settings())
    with Served() as service:
        pressure.closed(service.port, requests, 1, seconds=600, most=_WARM_UP)
        htmls = [page.html for page in pages]
        asked, labelled = pressure.in_turns(service.port, requests, htmls, labeller.label_html)
        _, answered = pressure.in_turns(service.port, requests, htmls, lambda html: answer(labeller, _as_post(html)))
    found.request, found.label = statistics.median(asked), statistics.median(labelled)
    found.answer = statistics.median(answered)


def _as_post(html: str) -> Post:
    return Post(HTML, "utf-8", html.encode(), gzip_from=0)


def _memory(found: Measured, requests: Sequence[bytes], pages: int) -> None:
    """Post many pages to one process and look at its memory five times on the way."""
    with Served() as service:
        found.memory.append((0, max(service.megabytes())))
        part = max(pages // 5, 1)
        for done in range(part, pages + 1, part):
            pressure.closed(service.port, requests, 2, seconds=3600, most=part)
            found.memory.append((done, max(service.megabytes())))


def _parser() -> argparse.ArgumentParser:
    parser = arguments.parser("benchmarks.load", __doc__, pages=150)
    parser.add_argument("--seconds", type=positive, default=10, help="how long each run takes (default: %(default)s)")
    parser.add_argument("--memory-pages", type=positive, default=5_000, help="pages posted to one process")
    parser.add_argument("--starts", type=positive, default=10, help="how many starts are timed (default: %(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file whose marked place is filled")
    return parser


if __name__ == "__main__":
    sys.exit(main())
