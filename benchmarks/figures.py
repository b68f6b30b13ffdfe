"""From times to figures: medians, 95th percentiles, ratios, buckets by size. Pure functions."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.pages import Page

BUCKETS: Final = ((0, 50_000), (50_000, 100_000), (100_000, 250_000), (250_000, 10**9))
"""Page sizes in bytes, from (inclusive) to (exclusive)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one tool over some pages: how many, and the median and 95th percentile of milliseconds per page."""

    pages: int
    p50: float
    p95: float


def per_page(rounds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return each page's time: the median of its rounds."""
    return {page: statistics.median(times) for page, times in rounds.items()}


def figures(values: Iterable[float]) -> Figures | None:
    """Return the figures of `values`, milliseconds per page; None where there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return Figures(len(ordered), statistics.median(ordered), percentile(ordered, 95))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the percentile of sorted values, linear between neighbours; one value is its own percentile."""
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def bucket_name(bucket: tuple[int, int]) -> str:
    """Return how a bucket is called in tables."""
    low, high = (size // 1000 for size in bucket)
    if low == 0:
        return f"up to {high} kB"
    return f"{low} to {high} kB" if bucket != BUCKETS[-1] else f"over {low} kB"


def by_bucket(pages: Iterable[Page]) -> dict[tuple[int, int], list[Page]]:
    """Return the pages of each bucket; buckets without pages are left out."""
    pages = list(pages)
    split = {(low, high): [page for page in pages if low <= page.size < high] for low, high in BUCKETS}
    return {bucket: found for bucket, found in split.items() if found}
