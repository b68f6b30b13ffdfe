"""The engine's part of the benchmark: begone's `label(html)` beside other tools, in one process."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from app.labeller import Labeller
from benchmarks import machine, plot, results
from benchmarks.pages import Sample
from benchmarks.stages import StageTimes
from benchmarks.timing import Times, measure
from benchmarks.tools import Tool, tools
from scripts.markers import fill_file

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "RESULTS.md"
PLOT = FOLDER / "engine.svg"


def run(sample: Sample, rounds: int, labeller: Labeller) -> str:
    """Time everything on the pages of `sample`, write RESULTS.md and the plot, and return what was written."""
    began = time.monotonic()
    of_stages = StageTimes()
    contenders = tools(labeller, of_stages)
    bar = tqdm(total=rounds * len(sample.pages), desc="engine", unit="page", file=sys.stderr)
    with bar:
        times = measure(contenders, sample.pages, rounds, bar.update)
    content = _content(sample, rounds, contenders, times, of_stages, time.monotonic() - began)
    fill_file(RESULTS, "engine", content)
    plot.plot(contenders, times, sample.pages, PLOT)
    return content


def _content(
    sample: Sample,
    rounds: int,
    contenders: Sequence[Tool],
    times: Times,
    of_stages: StageTimes,
    seconds: float,
) -> str:
    conditions = (
        f"{sample.what}, {rounds} rounds, {seconds:.0f} s. Per page the median of its rounds; over the pages the "
        "median (p50) and the 95th percentile (p95). Take the ratios: the milliseconds are this machine's."
    )
    return "\n".join(
        [
            f"{machine.description()}\n",
            f"{conditions}\n",
            results.tools_table(contenders, times),
            results.bounds_table(times),
            "By size of the page, p50 / p95 in ms:\n",
            results.sizes_table(contenders, times, sample.pages),
            "Inside begone:\n",
            results.stages_table(of_stages.per_page()),
            f"![Time per page by size]({PLOT.name})",
        ]
    )
