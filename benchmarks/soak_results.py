"""What a soak's figures mean: the parts of the run beside one another, what was promised, the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.figures import percentile
from scripts.markers import table

if TYPE_CHECKING:
    from benchmarks.soak import Soak

PARTS: Final = 6
WARM_UP: Final = 0.1
"""Share of the run that is not judged: until then every kind of request comes for the first time."""

_MEMORY: Final = 0.05
_MEDIAN: Final = 1.10
_SLOWEST: Final = 1.25
_REACHED: Final = 0.95


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the run after the warm-up: where it ends (seconds), medians of its samples."""

    ends: float
    pages: int
    megabytes: float
    p50: float
    p99: float
    in_flight: float


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the slowest hundredth of sorted times, 0 where there is none."""
    return {f"p{of}": round(percentile(times, of), 2) if times else 0.0 for of in (50, 99)}


def parts(found: "Soak") -> list[Part]:
    """Return the run after its warm-up, in parts of the same length."""
    seconds = 60 * found.minutes
    length = (1 - WARM_UP) * seconds / PARTS
    edges = [WARM_UP * seconds + number * length for number in range(PARTS + 1)]
    cut = []
    for after, until in pairwise(edges):
        of = [sample for sample in found.samples if after < sample["at"] <= until and sample["pages"]]
        if of:
            medians = {name: median(each[name] for each in of) for name in ("megabytes", "p50", "p99", "in_flight")}
            cut.append(Part(until, round(sum(each["pages"] for each in of)), **medians))
    return cut


def verdicts(found: "Soak") -> list[tuple[str, str, str, bool]]:
    """Return what was promised: the figure, what was measured, what is allowed, whether it held."""
    cut = parts(found)
    if len(cut) < PARTS:
        return [("parts with answers", str(len(cut)), str(PARTS), False)]
    first, last = cut[0], cut[-1]
    moved = max((part.megabytes / first.megabytes - 1 for part in cut), key=abs)
    wrong = sum(found.wrong.values())
    return [
        ("memory beside that of the first part", f"{moved:+.1%}", f"± {_MEMORY:.0%}", abs(moved) <= _MEMORY),
        ("requests not answered as was meant", str(wrong), "0", wrong == 0),
        _ratio("median of the last part / of the first", last.p50 / first.p50, _MEDIAN),
        _ratio("slowest hundredth of the last part / of the first", last.p99 / first.p99, _SLOWEST),
        (
            "pages a second / those that were to be sent",
            f"{found.reached / found.rate:.2f}",
            f"{_REACHED:g} or more",
            found.reached >= _REACHED * found.rate,
        ),
    ]


def held(found: "Soak") -> bool:
    """Return whether everything that was promised held."""
    return all(verdict for *_, verdict in verdicts(found))


def content(found: "Soak") -> str:
    """Return the soak's tables, after a sentence on the conditions."""
    share = found.hostile / max(found.pages + found.hostile, 1)
    refusals = ", ".join(f"{status}: {number:,}" for status, number in found.refused.items()) or "none"
    wrong = ", ".join(f"{what}: {number:,}" for what, number in found.wrong.items()) or "none"
    processes = "one process" if found.workers == 1 else f"{found.workers} processes"
    what = (
        f"{found.minutes:g} minutes, {processes}, {found.rate:.1f} pages a second of {found.capacity:.1f} that can be "
        f"labelled with as many hostile requests among them. {found.pages:,} pages and {found.hostile:,} hostile "
        f"requests ({share:.1%}), which were answered with {refusals}. Not answered as was meant: {wrong}.\n"
    )
    return "\n".join(
        [
            f"{found.conditions}\n",
            what,
            table(
                ["", "measured", "allowed", "verdict"],
                [[name, got, most, "held" if kept else "missed"] for name, got, most, kept in verdicts(found)],
            ),
            f"After a warm-up ({WARM_UP:.0%} of the run), medians of the samples in each part:\n",
            table(
                ["until, min", "pages", "resident, MB", "p50, ms", "p99, ms", "in flight"],
                [
                    [
                        f"{part.ends / 60:.1f}",
                        f"{part.pages:,}",
                        f"{part.megabytes:.0f}",
                        f"{part.p50:.1f}",
                        f"{part.p99:.1f}",
                        f"{part.in_flight:g}",
                    ]
                    for part in parts(found)
                ],
            ),
        ]
    )


def _ratio(name: str, ratio: float, most: float) -> tuple[str, str, str, bool]:
    return name, f"{ratio:.2f}", f"{most:g} or less", ratio <= most
