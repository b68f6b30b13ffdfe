"""Lay the figures of the service under load out as the Markdown that stands in RESULTS.md."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from benchmarks.figures import percentile
from scripts.markers import table

if TYPE_CHECKING:
    from benchmarks.load import Measured, Row


_CLOSED: Final = """Closed loop: each connection posts its next page after the last answer; one that is refused waits a
second, as Retry-After says. `/healthz` is asked every 20 ms beside it, from the same client: its times are the event
loop's lag and the client's own. The client shares the cores with the service; the last column says how much it takes.
"""


def content(found: "Measured", conditions: str) -> str:
    """Return all tables, after a sentence on the conditions."""
    opened = (
        f"Open loop at twice the capacity of one process: {found.rate:.0f} pages a second, whatever becomes of them.\n"
    )
    share = (
        f"Of the first figure {found.answer - found.label:.2f} ms are the verdict on the page as a whole, JSON and "
        "gzip, as they take in one process; the rest is HTTP and the way to the labelling thread and back.\n"
    )
    memory = table([f"{pages:,}" for pages, _ in found.memory], [[f"{size:.0f}" for _, size in found.memory]])
    return "\n".join(
        [
            conditions,
            bounds_table(found),
            share,
            _CLOSED,
            rows_table(found.rows),
            opened,
            overload_table(found),
            "Resident memory of one process, MB, after so many pages:\n",
            memory,
        ]
    )


def verdicts(found: "Measured") -> list[tuple[str, float, float]]:
    """Return what was promised: the figure, what was measured, the least or most that it may be (negative: least)."""
    loaded = found.row(1, 16).load
    return [
        ("HTTP request p50 - `label(html)` p50, ms", found.request - found.label, 2),
        (
            "throughput of two processes / of one, 16 connections",
            found.row(2, 16).load.per_second / loaded.per_second,
            -1.7,
        ),
        ("a 10 MB page / ten of 1 MB", found.large / found.small, 1.3),
        ("`/healthz` p99 while labelling (16 connections), ms", _p(loaded.probed, 99), 15),
        (
            "accepted p99 at twice the capacity / unloaded p99",
            _p(found.overload.accepted, 99) / _p(found.unloaded.accepted, 99),
            4,
        ),
        ("slowest refusal at twice the capacity, ms", max(found.overload.refused, default=math.nan), 50),
        ("requests lost", found.overload.lost + sum(row.load.lost for row in found.rows), 0),
        (f"seconds to ready, median of {len(found.starts)}", _p(found.starts, 50), 1.5),
        (f"resident MB after {found.memory[-1][0]:,} pages", found.memory[-1][1], 220),
    ]


def bounds_table(found: "Measured") -> str:
    """Return what was promised against what was measured."""
    rows = []
    for name, value, bound in verdicts(found):
        held = value >= -bound if bound < 0 else value <= bound
        rows.append([name, f"{value:.2f}", f"{'≥' if bound < 0 else '≤'} {abs(bound):g}", "held" if held else "missed"])
    return table(["figure", "measured", "bound", "verdict"], rows)


def rows_table(rows: Sequence["Row"]) -> str:
    """Return a line for each run."""
    head = ["processes", "connections", "pages / s", "p50 / p95 / p99, ms", "refused", "lost"]
    head += ["`/healthz` p50 / p99, ms", "cores busy", "MB a process", "the client's share of a core"]
    return table(
        head,
        [
            [
                str(row.workers),
                str(row.connections),
                f"{row.load.per_second:.1f}",
                _several(row.load.accepted, 50, 95, 99),
                str(len(row.load.refused)),
                str(row.load.lost),
                _several(row.load.probed, 50, 99),
                f"{row.cores:.2f}",
                f"{row.megabytes:.0f}",
                f"{row.load.own_seconds / row.load.seconds:.1%}",
            ]
            for row in rows
        ],
    )


def overload_table(found: "Measured") -> str:
    """Return what becomes of pages at twice the capacity, beside one connection alone."""
    rows = [
        [
            name,
            str(len(load.accepted)),
            _several(load.accepted, 50, 95, 99),
            str(len(load.refused)),
            _several(load.refused, 50, 99, 100),
            str(load.lost),
        ]
        for name, load in (("one connection", found.unloaded), ("twice the capacity", found.overload))
    ]
    return table(["", "accepted", "p50 / p95 / p99, ms", "refused", "p50 / p99 / slowest, ms", "lost"], rows)


def _p(values: Sequence[float], percent: float) -> float:
    return percentile(sorted(values), percent) if values else math.nan


def _several(values: Sequence[float], *percents: float) -> str:
    return " / ".join(f"{_p(values, percent):.1f}" for percent in percents) if values else ""
