"""What stops the reader of a page, and by which blocks one sees it.

Walls that ask for money or an account are learned (`walls.COLUMNS`). Of walls against ad blockers and of consent walls
there are too few examples to learn from: such a box stops the reader where it is laid over the page, or where nothing
is left to read. A page that was posted whole is gated only by what is shown on it, whatever its markup declares.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from app.judge import Judge
from app.metadata import Metadata
from app.phrases import PRICES, TRACKING, says
from app.walls import Box, Labelled

_MAX_EVIDENCE: Final = 50
NO_TEXT: Final = 250  # characters of main content that are no article
_CONSENT: Final = 3  # phrases about tracking beside a price that make a box a choice between the two
_MOST_CONSENT: Final = 6_000  # characters of a page that asks for consent and has nothing else


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
    """Return what stops the reader, and the box that does, if it is one; `main_chars` is the main content's length."""
    sure = judge.walls(boxes).tolist()
    best: tuple[float, str, Box] | None = None
    for box, score in zip(boxes, sure, strict=True):
        kind = box.kind
        if box.kind != "adblock" and box.tracking >= _CONSENT and box.priced and (box.modal or main_chars < NO_TEXT):
            kind, score = "consent", box.surely
        elif box.kind == "adblock":
            score = box.surely if box.modal or main_chars < NO_TEXT else 0.0
        if score >= 0.5 and (best is None or score > best[0]):
            best = score, kind, box
    if best is not None:
        score, kind, box = best
        evidence = [Evidence("block", index) for index in box.blocks[:_MAX_EVIDENCE]]
        if declared.free is False and kind in {"subscription", "registration"}:
            evidence.append(Evidence(declared.free_by or "json-ld", None, "declared not free"))
        return Gate(kind, round(float(score), 4), evidence), box
    asking = _consent_page(seen, main_chars)
    if asking:
        return Gate("consent", 0.5, [Evidence("block", index) for index in asking[:_MAX_EVIDENCE]]), None
    return Gate("none", round(1 - max(sure, default=0.0), 4)), None


def _consent_page(seen: Labelled, main_chars: int) -> list[int]:
    """Return the blocks that ask to be followed or paid on a small page that does nothing else, whatever their labels.

    A portal of this kind stands in the article's place, with everything about it made to look like content.
    """
    page = seen.page
    if page is None or main_chars > _MOST_CONSENT:
        return []
    plain = [
        at for at, block in enumerate(page.blocks) if not seen.hidden[at] and block.link_chars * 2 < len(block.text)
    ]
    lengths = np.array([len(seen.texts[at]) for at in plain])
    if lengths.sum() > _MOST_CONSENT or not len(lengths):
        return []
    found: list[int] = []
    said: set[int] = set()
    priced = False
    for at in plain:
        text = seen.texts[at].lower()
        here = {number for number, phrase in enumerate(TRACKING) if phrase in text}
        price = says(text, PRICES) > 0 and any(each.isdigit() for each in text)
        if here or price:
            found.append(at)
        said |= here
        priced = priced or price
    asked = sum(len(seen.texts[at]) for at in found)
    return found if priced and len(said) >= _CONSENT and asked >= 0.3 * lengths.sum() else []
