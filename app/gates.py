"""What stops the reader of a page, and by which blocks one sees it.

Walls that ask for money or an account are learned (`walls.COLUMNS`); where the text breaks off within a sentence right
above such a box, that is enough. Of walls against ad blockers and of consent walls (`consent.py`) there are too few
examples to learn from: such a box stops the reader where it is laid over the page, or where nothing is left to read. A
page that was posted whole is gated only by what is shown on it, whatever its markup declares.
"""

from dataclasses import dataclass, field
from typing import Final

from app import breaks, consent, walls
from app.judge import Judge
from app.labelled import PARAGRAPH, Labelled
from app.labels import LABELS
from app.metadata import Metadata
from app.overlays import overlays
from app.phrases import ADBLOCK, WALL, says
from app.walls import Box

_APPEAL: Final = LABELS.index("appeal")
_MAX_EVIDENCE: Final = 50
NO_TEXT: Final = 250  # characters of main content that are no article
_MOST_NOTE: Final = 60  # characters of a note above a text
_ABOVE: Final = 20  # blocks above it in which the note stands
_BY_RULE: Final = 0.9  # what follows from a rule has no measured probability


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict: a block (`index`), or what the markup says (`json-ld`, `meta`)."""

    source: str
    index: int | None = None
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """What stops the reader: `none`, `subscription`, `registration`, `adblock` or `consent`, and how surely."""

    kind: str = "none"
    score: float = 1.0
    evidence: list[Evidence] = field(default_factory=list)


def decide(
    seen: Labelled, boxes: list[Box], judge: Judge, declared: Metadata, main_chars: int
) -> tuple[Gate, Box | None]:
    """Return what stops the reader, and the box where that is a wall; `main_chars` is the content's length."""
    sure = judge.walls(boxes).tolist()
    if (page := seen.page) is not None:
        for overlay in overlays(page, seen.positions):
            said = consent.words(page, overlay)
            kind = "adblock" if says(said, ADBLOCK) else "consent" if consent.offers(said) else None
            if kind is not None and not consent.is_page(page, overlay, seen.classes):
                return Gate(kind, _BY_RULE, _shown(overlay)), None
    best = max(range(len(boxes)), key=lambda at: sure[at], default=-1)
    learned = best >= 0 and sure[best] >= 0.5
    box = boxes[best] if learned else next((each for each in boxes if each.cuts), None)
    if box is not None:
        pleas = [at for at in box.blocks if seen.labels[at] == _APPEAL]
        evidence = _shown(pleas or box.blocks)
        if declared.free is False:
            evidence.append(Evidence(declared.free_by or "json-ld", None, "declared not free"))
        return Gate(box.kind, round(sure[best], 4) if learned else _BY_RULE, evidence), box
    note = _note(seen, declared)
    if note is not None:
        return Gate(walls.asked_for(seen.texts[note].lower()) or "subscription", _BY_RULE, _shown([note])), None
    asking = consent.portal(page) if page is not None else []
    if asking:
        return Gate("consent", _BY_RULE, _shown(asking)), None
    blocking = next((box for box in boxes if box.kind == "adblock" and main_chars < NO_TEXT), None)
    if blocking is not None:
        return Gate("adblock", _BY_RULE, _shown(blocking.blocks)), None
    return Gate("none", round(1 - max(sure, default=0.0), 4)), None


def _shown(blocks: list[int]) -> list[Evidence]:
    return [Evidence("block", index) for index in blocks[:_MAX_EVIDENCE]]


def _note(seen: Labelled, declared: Metadata) -> int | None:
    """Return the short note above a text that keeps it for some readers, where the text breaks off.

    The same note stands above the whole text for the reader who has paid.
    """
    if not breaks.breaks_off(seen, declared):
        return None
    first = next((at for at in seen.main() if seen.lengths[at] >= PARAGRAPH), 0)
    for at in range(max(0, first - _ABOVE), first):
        said = seen.texts[at]
        if 0 < len(said) <= _MOST_NOTE and not seen.hidden[at] and says(said.lower(), WALL):
            return at
    return None
