"""Draw the figures: time per page against page size, both logarithmic; throughput and latency against connections."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter

from benchmarks.figures import per_page, percentile
from benchmarks.pages import Page
from benchmarks.timing import Times
from benchmarks.tools import BEGONE, Tool

if TYPE_CHECKING:
    from benchmarks.load import Row


_STYLE: Final[dict[Any, Any]] = {"svg.hashsalt": "begone", "svg.fonttype": "none", "font.family": "sans-serif"}


def plot(tools: Sequence[Tool], times: Times, pages: Sequence[Page], file: Path) -> None:
    """Write the plot to `file` (SVG, without a date, so that the same figures give the same file)."""
    size = {page.name: page.size / 1000 for page in pages}
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 5.5), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        for number, tool in enumerate(tools):
            points = sorted(
                (size[page], time) for page, time in per_page(times.milliseconds.get(tool.name, {})).items()
            )
            if points:
                ours = tool.name == BEGONE
                axes.plot(*zip(*points, strict=True), "o", ms=3 if ours else 2, color=f"C{number}", label=tool.name,
                          alpha=1 if ours else 0.6, zorder=3 if ours else 2)  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="size of the page, kB", ylabel="time, ms", title="Time per page")
        axes.grid(visible=True, which="major", alpha=0.3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axis.set_minor_formatter(NullFormatter())
        figure.legend(loc="outside right upper", markerscale=3, frameon=False)
        figure.savefig(file, metadata={"Date": None})


def plot_load(rows: Sequence["Row"], file: Path) -> None:
    """Write the plot of the service under load: pages a second, and median and slowest hundredth of the accepted."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 4.5), layout="constrained")
        FigureCanvasSVG(figure)
        speed, latency = figure.subplots(1, 2)
        for number, workers in enumerate(sorted({row.workers for row in rows})):
            own = [row for row in rows if row.workers == workers]
            name = f"{workers} process{'es' if workers > 1 else ''}"
            at = [row.connections for row in own]
            speed.plot(at, [row.load.per_second for row in own], "o-", color=f"C{number}", label=name)
            for percent, line in ((50, "o-"), (99, "o--")):
                times = [percentile(sorted(row.load.accepted), percent) for row in own]
                latency.plot(at, times, line, color=f"C{number}", label=f"{name}, p{percent}")
        speed.set(xscale="log", ylim=(0, None), xlabel="connections", ylabel="pages / s", title="Throughput")
        latency.set(xscale="log", yscale="log", xlabel="connections", ylabel="ms", title="Time of accepted pages")
        for axes in (speed, latency):
            axes.xaxis.set_major_locator(FixedLocator([row.connections for row in rows]))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
            axes.grid(visible=True, which="major", alpha=0.3)
            axes.legend(frameon=False)
        figure.savefig(file, metadata={"Date": None})
