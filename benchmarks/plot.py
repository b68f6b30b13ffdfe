"""Draw the engine's figures: one line a tool, time per page against page size, both logarithmic."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from benchmarks.figures import per_page
from benchmarks.pages import Page
from benchmarks.timing import Times
from benchmarks.tools import BEGONE, Tool


def plot(tools: Sequence[Tool], times: Times, pages: Sequence[Page], file: Path) -> None:
    """Write the plot to `file` (SVG, without a date, so that the same figures give the same file)."""
    size = {page.name: page.size / 1000 for page in pages}
    with mpl.rc_context({"svg.hashsalt": "begone", "svg.fonttype": "none", "font.family": "sans-serif"}):
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
