"""Where begone's own time goes: the stages' timings that travel with each result."""

import statistics
from collections.abc import Sequence
from dataclasses import fields

from app.labeller import Labeller, Timings
from benchmarks.pages import Page


def stages(labeller: Labeller, pages: Sequence[Page], rounds: int) -> dict[str, list[float]]:
    """Return for each stage the milliseconds per page: the median of `rounds`."""
    times: dict[str, list[float]] = {stage.name: [] for stage in fields(Timings)}
    for page in pages:
        runs = [labeller.label_html(page.html).timings for _ in range(rounds)]
        for stage, values in times.items():
            values.append(statistics.median(getattr(run, stage) for run in runs))
    return times
