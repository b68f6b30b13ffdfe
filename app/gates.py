"""What stops the reader of a page, and by which blocks one sees it.

Walls that ask for money or an account are learned (`walls.COLUMNS`); where the text breaks off within a sentence right
above such a box, that is enough. Of walls against ad blockers and of consent walls
there are too few examples to learn from: such a box stops the reader where it is laid over the page, or where nothing
is left to read. A page that was posted whole is gated only by what is shown on it, whatever its markup declares.
"""

from dataclasses import dataclass, field
from typing import Final

from app import breaks, walls
from app.judge import Judge
from app.labelled import MAIN, PARAGRAPH, SURELY, Labelled
from app.metadata import Metadata
from app.phrases import ADBLOCK, PRICES, TRACKING, WALL, says
from app.walls import Box

_MAX_EVIDENCE: Final = 50
NO_TEXT: Final = 250  # characters of main content that are no article
_CONSENT: Final = 3  # phrases about tracking beside a price that make a box a choice between the two
_MOST_CONSENT: Final = 4_000  # characters of a page that asks for consent and has nothing else
_ASKING: Final = 0.2  # of its text at least that speaks of tracking or prices
_MOST_READ: Final = 6_000  # characters of an overlay
_MOST_OVERLAYS: Final = 10
_MOST_TEXT: Final = 1_500  # characters of paragraphs in a box that are an article's, not a wall's
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
    for overlay in _overlays(seen):
        said = "\n".join(seen.texts[at] for at in overlay)[:_MOST_READ].lower()
        kind = "adblock" if says(said, ADBLOCK) else "consent" if _offers(said) else None
        if kind is not None and not _is_page(seen, overlay):
            return Gate(kind, _BY_RULE, _shown(overlay)), None
    best = max(range(len(boxes)), key=lambda at: sure[at], default=-1)
    learned = best >= 0 and sure[best] >= 0.5
    box = boxes[best] if learned else next((each for each in boxes if each.cuts), None)
    if box is not None:
        evidence = _shown(box.blocks)
        if declared.free is False:
            evidence.append(Evidence(declared.free_by or "json-ld", None, "declared not free"))
        return Gate(box.kind, round(sure[best], 4) if learned else _BY_RULE, evidence), box
    note = _note(seen, declared)
    if note is not None:
        return Gate(walls.asked_for(seen.texts[note].lower()) or "subscription", _BY_RULE, _shown([note])), None
    asking = _consent_page(seen, main_chars)
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


def _overlays(seen: Labelled) -> list[list[int]]:
    """Return the visible blocks of each box that is laid over the page, as its markup or the caller's hint says."""
    page = seen.page
    if page is None:
        return []
    found: list[range] = []
    for element in walls.may_lie_over(seen):
        if (found and element in found[-1]) or page.hidden[element] or not walls.lies_over(seen, element):
            continue
        end = element + 1
        while end < len(page.parents) and page.parents[end] >= element:
            end += 1
        found.append(range(element, end))
        if len(found) == _MOST_OVERLAYS:
            break
    return [
        [at for at, block in enumerate(page.blocks) if block.element in inside and not seen.hidden[at]]
        for inside in found
    ]


def _is_page(seen: Labelled, overlay: list[int]) -> bool:
    """Whether what is read stands in a box itself, as in a page that is laid out in a fixed frame."""
    chars = [seen.lengths[at] for at in overlay if seen.classes[at, MAIN] >= SURELY]
    return sum(each for each in chars if each >= PARAGRAPH) >= _MOST_TEXT


def _offers(said: str) -> bool:
    """Whether a box offers to be paid or to follow the reader."""
    return says(said, TRACKING) >= _CONSENT and says(said, PRICES) > 0 and any(each.isdigit() for each in said)


def _consent_page(seen: Labelled, main_chars: int) -> list[int]:
    """Return the blocks that ask to be followed or paid on a small page that does nothing else, whatever their labels.

    A portal of this kind stands in the article's place, with everything about it made to look like content.
    """
    page = seen.page
    if page is None or main_chars > _MOST_CONSENT:
        return []
    plain, room = list[int](), _MOST_CONSENT + 1
    for at, block in enumerate(page.blocks):
        if not seen.hidden[at] and 2 * block.link_chars < len(block.text):
            plain.append(at)
            room -= len(block.text) + 1  # and the end of its line
            if room < 0:
                return []
    said = "\n".join(seen.texts[at] for at in plain).lower()
    if says(said, TRACKING) <= _CONSENT or not _offers(said) or "button" not in page.tags:
        return []
    asking = [at for at in plain if says(seen.texts[at].lower(), TRACKING) or says(seen.texts[at].lower(), PRICES)]
    share = sum(len(seen.texts[at]) for at in asking) / max(len(said), 1)
    return asking if share >= _ASKING else []
