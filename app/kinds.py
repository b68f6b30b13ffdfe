"""The kind of a page: learned where pages teach it, by rule where its labels already say it."""

from typing import Final

from app import shape
from app.gates import Gate
from app.judge import KINDS, Judge
from app.labelled import PARAGRAPH, Labelled
from app.metadata import Metadata
from app.phrases import ASKING, PRICES, says

_LEAST: Final = 0.3  # a kind that is less likely is none
_MOST_READING: Final = 2_500  # characters of paragraphs beyond which a page is read, not filled in
_PRICES: Final = 3
_LIVE: Final = "liveblogposting"
_LIKE_LIVE: Final = ("forum", "listing")
"""What a live blog looks like, hundreds of boxes of one shape; that it is an article only its publisher says."""
NO_OTHER: Final = 1_200  # characters of content beside the wall: its own small print is taken for content


def decide(seen: Labelled, declared: Metadata, address: str | None, gate: Gate, judge: Judge) -> tuple[str, float]:
    """Return the page's kind and how sure it is."""
    page = seen.page
    main = seen.main()
    if page is None:
        return "other", 1.0
    asking = {each.index for each in gate.evidence}
    if gate.kind == "consent" and seen.length(at for at in main if at not in asking) < NO_OTHER:
        return "consent_wall", gate.score
    shares = judge.kinds(shape.numbers(seen, page, address), shape.words(seen, page, declared, address))
    if _LIVE in declared.types:
        for alike in _LIKE_LIVE:
            shares[KINDS.index("article")] += shares[KINDS.index(alike)]
            shares[KINDS.index(alike)] = 0
    best = int(shares.argmax())
    kind, score = KINDS[best], float(shares[best])
    if kind not in {"forum", "listing"} and _asks(seen, main):
        return "appeal_page", round(max(1 - score, 0.5), 4)
    return (kind, round(score, 4)) if score >= _LEAST else ("other", round(1 - score, 4))


def _asks(seen: Labelled, main: list[int]) -> bool:
    """Whether what the visitor came for is a plea: its headline or title asks, and prices or amounts can be chosen."""
    page = seen.page
    if page is None:
        return False
    headlines = [seen.texts[at] for at in main if page.tags[page.blocks[at].element] in {"h1", "h2"}][:2]
    asked = [text[:100].lower() for text in (*headlines[:1], page.head.title)]
    if not any(says(text, ASKING) for text in asked if text):
        return False
    if seen.length(at for at in main if seen.lengths[at] >= PARAGRAPH) > _MOST_READING:
        return False
    short = [seen.texts[at].lower() for at in main if 0 < len(seen.texts[at]) < PARAGRAPH]
    amounts = sum(says(text, PRICES) > 0 and any(each.isdigit() for each in text) for text in short)
    return amounts >= _PRICES
