"""Lay the engine's figures out as the Markdown that stands in RESULTS.md."""

from collections.abc import Sequence

from benchmarks.bounds import verdicts
from benchmarks.figures import BUCKETS, Figures, bucket_name, by_bucket, figures, per_page
from benchmarks.pages import Page
from benchmarks.timing import Times
from benchmarks.tools import BEGONE, Tool
from scripts.markers import table


def all_figures(times: Times, pages: Sequence[Page] | None = None) -> dict[str, Figures]:
    """Return each tool's figures over all pages, or over `pages` only."""
    names = None if pages is None else {page.name for page in pages}
    found = {}
    for tool, rounds in times.milliseconds.items():
        values = figures(time for page, time in per_page(rounds).items() if names is None or page in names)
        if values is not None:
            found[tool] = values
    return found


def tools_table(tools: Sequence[Tool], times: Times) -> str:
    """Return every tool's figures, and begone's median as a multiple of the tool's."""
    found = all_figures(times)
    rows = []
    for tool in tools:
        if tool.name not in found:
            rows.append([tool.name, tool.version, "0", "", "", "", str(len(times.failed[tool.name]))])
            continue
        of_tool = found[tool.name]
        ratio = "" if tool.name == BEGONE else f"{found[BEGONE].p50 / of_tool.p50:.2f}"
        failed = str(len(times.failed.get(tool.name, ())))
        rows.append([tool.name, tool.version, str(of_tool.pages), _ms(of_tool.p50), _ms(of_tool.p95), ratio, failed])
    return table(
        ["tool", "version", "pages", "p50, ms", "p95, ms", "begone's p50 / its p50", "pages it failed on"], rows
    )


def bounds_table(times: Times) -> str:
    """Return what was promised against what was measured."""
    p50 = {tool: found.p50 for tool, found in all_figures(times).items()}
    rows = [
        [f"begone / {bound.tool}", f"{ratio:.2f}", f"{bound.most:g}", f"{bound.stretch:g}", verdict]
        for bound, ratio, verdict in verdicts(p50)
    ]
    return table(["ratio of medians", "measured", "bound", "stretch", "verdict"], rows)


def sizes_table(tools: Sequence[Tool], times: Times, pages: Sequence[Page]) -> str:
    """Return every tool's median and 95th percentile by page size."""
    buckets = by_bucket(pages)
    head = [
        "tool",
        *(f"{bucket_name(bucket)} ({len(buckets[bucket])} pages)" for bucket in BUCKETS if bucket in buckets),
    ]
    by_size = [all_figures(times, found) for found in buckets.values()]
    rows = [[tool.name, *(_pair(found.get(tool.name)) for found in by_size)] for tool in tools]
    return table(head, rows)


def stages_table(stages: dict[str, list[float]]) -> str:
    """Return the figures of begone's own stages and the share of each in their sum."""
    found = {stage: values for stage, times in stages.items() if (values := figures(times)) is not None}
    total = sum(sum(times) for times in stages.values())
    rows = [[stage, _ms(of.p50), _ms(of.p95), f"{sum(stages[stage]) / total:.0%}"] for stage, of in found.items()]
    return table(["stage", "p50, ms", "p95, ms", "share of the time"], rows)


def _ms(value: float) -> str:
    return f"{value:.2f}"


def _pair(found: Figures | None) -> str:
    return "" if found is None else f"{_ms(found.p50)} / {_ms(found.p95)}"
