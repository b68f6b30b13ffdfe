"""What was promised about begone's speed, to be held against what was measured."""

from dataclasses import dataclass
from typing import Final

from benchmarks.tools import BEGONE, LEXBOR, RESILIPARSE, TRAFILATURA


@dataclass(frozen=True, slots=True)
class Bound:
    """begone's median time is at most `most` times that of `tool`; `stretch` is what we would like."""

    tool: str
    most: float
    stretch: float


BOUNDS: Final = (Bound(TRAFILATURA, 0.20, 0.10), Bound(LEXBOR, 8, 3), Bound(RESILIPARSE, 3, 1))


def verdicts(p50: dict[str, float]) -> list[tuple[Bound, float, str]]:
    """Return each bound with the ratio measured and what that means: `missed`, `held`, or `held, stretch too`."""
    return [
        (bound, ratio := p50[BEGONE] / p50[bound.tool], _verdict(bound, ratio)) for bound in BOUNDS if bound.tool in p50
    ]


def _verdict(bound: Bound, ratio: float) -> str:
    if ratio > bound.most:
        return "missed"
    return "held, stretch too" if ratio <= bound.stretch else "held"
