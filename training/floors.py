"""The floors under the model's figures: which there are, how they are set, and whether one was lowered.

A floor lies half-way between a figure's value and the bad end of its 95 % interval. The interval says how far other
sites would move the figure; the same sites are tested on again, so that a fall of half that is hardly chance (another
seed, another machine's arithmetic), and yet no real loss hides below. Figures without an interval carry a fixed
tolerance. What was promised of a figure and is kept is a floor in any case.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.labels import LABELS

PATH: Final = Path(__file__).with_name("floors.json")

ABOUT: Final = (
    "Written by `python -m training.gate --set`, checked by `make gate`. `figure` is where a figure stands in the "
    "model's metrics.json; `tolerance` is how far the floor lies from the value that it was set on (half-way to the "
    "bad end of the 95 % interval; fixed where a figure has none; less where more was promised and is kept). A floor "
    "is lowered with `--set --why`, which notes it in `lowered`; the gate refuses a floor that is lower than in an "
    "earlier commit without a note."
)


@dataclass(frozen=True, slots=True)
class Floor:
    """A bound on one figure, where `higher` is better a minimum, else a maximum."""

    figure: str
    higher: bool
    bound: float
    tolerance: float
    why: str

    def holds(self, value: float) -> bool:
        """Return whether a value is within the bound."""
        return value >= self.bound if self.higher else value <= self.bound

    def laxer(self, other: "Floor") -> bool:
        """Return whether this floor lets pass what the other one would not."""
        return self.higher != other.higher or not other.holds(self.bound)

    def to_dict(self) -> dict[str, Any]:
        """Return the floor as it stands in the file."""
        bound = "minimum" if self.higher else "maximum"
        return {"figure": self.figure, bound: self.bound, "tolerance": self.tolerance, "why": self.why}

    def said(self) -> str:
        """Return the bound in words."""
        return f"{'at least' if self.higher else 'at most'} {self.bound:.4f}"


@dataclass(frozen=True, slots=True)
class Lowered:
    """A note that a floor was lowered from one bound to another (None: given up), when and why."""

    figure: str
    date: str
    before: float
    after: float | None
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return the note as it stands in the file."""
        return {"figure": self.figure, "date": self.date, "from": self.before, "to": self.after, "why": self.why}


@dataclass(frozen=True, slots=True)
class Floors:
    """All floors, the digest of the labels that they were set on, and the notes on lowered ones."""

    labels: str
    floors: Mapping[str, Floor]
    lowered: tuple[Lowered, ...] = ()

    def to_json(self) -> str:
        """Return the file's text."""
        document = {
            "about": ABOUT,
            "labels": self.labels,
            "floors": [floor.to_dict() for _, floor in sorted(self.floors.items())],
            "lowered": [note.to_dict() for note in self.lowered],
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Floors:
    """Return the floors that a file holds; `ValueError` where it is none."""
    try:
        document = json.loads(text)
        labels = document["labels"]
        floors = [_floor(each) for each in document["floors"]]
        lowered = tuple(
            Lowered(each["figure"], each["date"], each["from"], each["to"], each["why"]) for each in document["lowered"]
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not in the form of a floors file: {error!r}") from error
    return Floors(labels, {floor.figure: floor for floor in floors}, lowered)


def _floor(found: Mapping[str, Any]) -> Floor:
    higher = "minimum" in found
    bound = found["minimum" if higher else "maximum"]
    return Floor(found["figure"], higher, bound, found["tolerance"], found["why"])


@dataclass(frozen=True, slots=True)
class _Wanted:
    figure: str
    why: str
    higher: bool = True
    fixed: float | None = None
    promised: float | None = None

    def bound(self, value: float, tolerance: float) -> float:
        """Return the bound that a value sets: no laxer than what was promised, where the value keeps that."""
        bound = value - tolerance if self.higher else value + tolerance
        if self.promised is not None and (value >= self.promised if self.higher else value <= self.promised):
            bound = max(bound, self.promised) if self.higher else min(bound, self.promised)
        return round(min(max(bound, 0.0), 1.0), 4)


def wanted(metrics: Mapping[str, Any]) -> Iterator[_Wanted]:
    """Yield the figures that get a floor; `promised` is what the issues on labels and on whole pages want of them."""
    whole = "the whole: balanced macro F1 is what models are chosen by"
    yield _Wanted("pages.macro_f1", whole)
    yield _Wanted("text.macro_f1", f"{whole}; without structure")
    for head in ("pages", "text"):
        for label in LABELS:
            yield _Wanted(f"{head}.{label}_f1", f"no label may pay for another one's gain ({label}, {head})")
    yield _Wanted("pages.appeal_precision", "what is called an appeal is hidden from readers: it must be one")
    yield _Wanted("pages.appeal_recall", "finding appeals is what begone is for")
    for head in ("pages", "text"):
        yield _Wanted(f"{head}.content_hit_rate", "content called appeal or advert: the worst mistake", higher=False)
    yield _Wanted("pages.content_lost", "content called anything else: a paragraph of the story is lost", higher=False)
    yield _Wanted("pages.appeal_leak", "appeals that stay in the text", higher=False)
    # No interval is made for these two; a quarter of the error that is allowed at most (0.02), and one per cent.
    yield _Wanted(
        "calibration.expected_error", "`score` must mean what it says", higher=False, fixed=0.005, promised=0.02
    )
    for label in ("appeal", "content"):
        yield _Wanted(f"kinds.{label}.kind_right", f"callers tell kinds of {label} apart", fixed=0.01, promised=0.9)
    yield _Wanted("verdicts.kind.accuracy", "callers treat a listing otherwise than an article", promised=0.85)
    yield _Wanted("verdicts.gate.found", "a page cut off at a wall is no whole article", promised=0.75)
    yield _Wanted(
        "verdicts.gate.false_alarms", "a whole page that is called gated is thrown away", higher=False, promised=0.01
    )
    yield _Wanted("verdicts.truncated.right", "whether a page is whole is what a reader app asks first", promised=0.9)
    yield _Wanted(
        "texts.tools.begone.f1", "the content's text is what readers get: it must be what the page says", promised=0.86
    )
    for language in metrics["languages"]:
        if language != "?":
            yield _Wanted(f"languages.{language}.appeal_recall", "no language may be left behind", promised=0.7)


def value_of(metrics: Mapping[str, Any], figure: str) -> tuple[float, float | None, float | None] | None:
    """Return a figure's value and the ends of its interval, if it has one; None where there is no such figure."""
    found: Any = metrics
    for name in figure.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    if isinstance(found, Mapping):
        return (found["value"], found["low"], found["high"]) if "value" in found else None
    return (found, None, None) if isinstance(found, int | float) else None


def measured(metrics: Mapping[str, Any], labels: str) -> Floors:
    """Return the floors that the metrics would set."""
    floors = {}
    for each in wanted(metrics):
        found = value_of(metrics, each.figure)
        if found is None:
            continue
        value, low, high = found
        bad = low if each.higher else high
        tolerance = each.fixed if each.fixed is not None else abs(value - (value if bad is None else bad)) / 2
        bound = each.bound(value, tolerance)
        floors[each.figure] = Floor(each.figure, each.higher, bound, round(abs(value - bound), 4), each.why)
    return Floors(labels, floors)


def renewed(earlier: Floors, metrics: Mapping[str, Any], labels: str, date: str, why: str | None) -> Floors:
    """Return floors set anew: raised where the figures allow it, lowered only where they force it and `why` is given.

    `ValueError` names the floors that would have to be lowered, where no reason is given.
    """
    new = measured(metrics, labels)
    floors, notes = dict(new.floors), []
    for figure, old in earlier.floors.items():
        found = value_of(metrics, figure)
        if found is not None and old.holds(found[0]):
            if figure not in floors or floors[figure].laxer(old):
                tolerance = round(abs(found[0] - old.bound), 4)
                floors[figure] = replace(old, tolerance=tolerance)
        else:
            now = floors.get(figure)
            notes.append(Lowered(figure, date, old.bound, None if now is None else now.bound, why or ""))
    if notes and not why:
        names = ", ".join(f"{note.figure} from {note.before} to {note.after}" for note in notes)
        raise ValueError(f"floors would be lowered, which needs a reason (--why): {names}")
    return Floors(labels, floors, (*earlier.lowered, *notes))


def lowered_silently(earlier: Floors, now: Floors) -> list[str]:
    """Return which floors are lower than in an earlier file without a note since then, as sentences."""
    fresh = [note for note in now.lowered if note not in earlier.lowered]
    found = [
        f"the note on {note.figure} of {note.date} is gone: what was lowered stays written down"
        for note in earlier.lowered
        if note not in now.lowered
    ]
    for figure, old in earlier.floors.items():
        floor = now.floors.get(figure)
        if floor is not None and not floor.laxer(old):
            continue
        if not any(_accounts(note, floor) for note in fresh if note.figure == figure):
            became = "none" if floor is None else floor.said()
            found.append(f"{figure}: the floor was {old.said()} and is {became}, without a note in `lowered`")
    return found


def _accounts(note: Lowered, floor: Floor | None) -> bool:
    """Return whether a note tells of a lowering at least as far as to this floor, and why it was done."""
    if not note.why.strip() or not note.date.strip():
        return False
    if floor is None:
        return note.after is None
    return note.after is not None and not floor.laxer(replace(floor, bound=note.after))
