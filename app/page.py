"""What is said of a page as a whole: its kind, what stops the reader, whether it is all there, what it calls itself.

A verdict rests on blocks that a reader sees and on where they stand. What the markup declares (`metadata.py`) is
reported beside it and never decides alone: a publisher's markup says "not free" also to the reader who has paid.
"""

from dataclasses import dataclass
from math import inf
from typing import Final

from app import breaks, gates, head, kinds, metadata, visible, walls
from app.gates import NO_TEXT, Gate
from app.judge import Judge
from app.labelled import PARAGRAPH, Labelled
from app.labeller import Result
from app.metadata import Metadata
from app.visible import Seen
from app.walls import Box

_SURE: Final = 0.75  # of its kind; a page of which that is less sure is judged by its length
_LONG: Final = 1_000  # characters of content that are a text, where a page's kind is not sure
_REST: Final = 0.15  # of the text behind a wall, at most, where the page breaks off at it
_WHOLE: Final = 4_000  # characters of paragraphs above a wall that are more than a beginning, unless they break off
_RUNNING: Final = {"documentation": 300, "service": 1_000, "other": 1_000}
"""Characters of paragraphs that a page of a kind must have for a text that could break off; other kinds have none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of the page as a whole."""

    kind: str
    kind_score: float
    gate: Gate
    gated: bool
    truncated: str
    declared_free: bool | None
    sponsored: bool
    language: str | None
    title: str | None
    byline: str | None
    published: str | None
    lead_image: str | None
    warnings: list[str]


def judge(
    result: Result,
    estimators: Judge | None,
    language: str | None = None,
    *,
    fragment: bool = False,
) -> Verdict:
    """Return what is said of a labelled page; `language` is the caller's word.

    Of text without structure little can be said: its kind is `other`, its gate rests on its lines alone. Without
    estimators, or without an opinion on any block, no more is said than what the page declares. In a `fragment` of a
    page no article is missed.
    """
    source = result.source
    declared = source.declared
    language = language or result.language or head.language_tag(declared.language)
    title = source.page.head.title if source.page is not None else ""
    if source.opinion is None or estimators is None:
        return _verdict(("other", 1.0), Gate(), "unknown", declared, language, Seen(), title, result.warnings)
    seen = Labelled(
        [block.text for block in result.blocks],
        [block.hidden for block in result.blocks],
        source.opinion.chosen,
        source.opinion.classes,
        source.page,
        source.positions,
    )
    kind, score, gate, truncated = weigh(seen, declared, estimators)
    main = seen.main()
    warnings = list(result.warnings)
    if (
        not fragment
        and "no_text" not in warnings
        and (kind == "consent_wall" or not any(seen.texts[at] for at in main))
    ):
        warnings.append("no_article")
    return _verdict((kind, score), gate, truncated, declared, language, visible.read(seen, main), title, warnings)


def weigh(seen: Labelled, declared: Metadata, estimators: Judge) -> tuple[str, float, Gate, str]:
    """Return a labelled page's kind, how sure it is, what stops the reader, and whether the text breaks off."""
    main = seen.main()
    chars = seen.length(main)
    gate, wall = gates.decide(seen, walls.find(seen), estimators, declared, chars)
    kind, score = kinds.decide(seen, declared, declared.address, gate, estimators)
    return kind, score, gate, _truncated(seen, declared, main, (kind, score), gate, wall)


def _truncated(
    seen: Labelled, declared: Metadata, main: list[int], of: tuple[str, float], gate: Gate, wall: Box | None
) -> str:
    """Return whether the text breaks off: at a wall with hardly anything behind it, or at a pager that leads on."""
    kind, score = of
    paragraphs = seen.length(at for at in main if seen.lengths[at] >= PARAGRAPH)
    if wall is not None:
        whole = wall.text_before >= _WHOLE and not breaks.breaks_off(seen, declared)
        return "no" if whole or wall.text_after > _REST * paragraphs else "yes"
    if kind == "article" and breaks.goes_on(seen):
        return "yes"
    if gate.kind in {"subscription", "registration"} and breaks.breaks_off(seen, declared):
        return "yes"
    chars = seen.length(main)
    if kind in {"article", "forum"}:
        return "no" if chars >= NO_TEXT else "unknown"
    if kind not in {"appeal_page", "consent_wall"} and score < _SURE and chars >= _LONG:
        return "no"  # rather an article that looks like one
    return "no" if paragraphs >= _RUNNING.get(kind, inf) else "unknown"


def _verdict(
    kind: tuple[str, float],
    gate: Gate,
    truncated: str,
    declared: Metadata,
    language: str | None,
    seen: Seen,
    title: str,
    warnings: list[str],
) -> Verdict:
    return Verdict(
        kind=kind[0],
        kind_score=kind[1],
        gate=gate,
        gated=gate.kind != "none",
        truncated=truncated,
        declared_free=declared.free,
        sponsored=seen.sponsored,
        language=language,
        title=_title(seen.headline, declared.headline, title),
        byline=declared.byline or seen.byline,
        published=declared.published or (seen.published if kind[0] == "article" else None),
        lead_image=declared.image or metadata.absolute(seen.image, declared.address),
        warnings=warnings,
    )


def _title(headline: str | None, declared: str | None, title: str) -> str | None:
    """Return the headline that is shown where the head knows it too, else what the head says."""
    if headline:
        squeezed = "".join(headline.lower().split())
        if any(squeezed in "".join(each.lower().split()) for each in (declared or "", title)) or not declared:
            return headline
    return declared or title[:500] or None
