"""What a reader sees said of a page: its headline, who wrote it and when, its first picture, who paid for it."""

import re
from dataclasses import dataclass
from typing import Final

from app.blocks import Page
from app.labelled import PARAGRAPH, Labelled
from app.labels import LABELS
from app.metadata import date
from app.phrases import SPONSORED, says

_ADVERT: Final = LABELS.index("advert")
_NAVIGATION: Final = LABELS.index("navigation")
_AROUND: Final = 10  # blocks above the headline in which the note on who paid for the page may stand
_BELOW: Final = 30  # blocks below it that may still belong to the page's head
_MAX_NOTE: Final = 160
_MAX_NAME: Final = 100
_SMALL: Final = 200  # pixels: a picture that says that it is smaller leads no page
_AUTHOR: Final = re.compile(r"(?:^|[^a-z])(?:by-?line|author|autor|auteur|autore|writer)(?![a-z])")
_PREFIX: Final = re.compile(
    r"(?:written by|by|von|par|por|di|da|door|av|af|od|text|autor|автор)\s*:?\s+", re.IGNORECASE
)

_REST: Final = re.compile(r"\s*[\d|·•»].*")  # a date, or what else stands in the byline's line


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found; None where nothing was."""

    headline: str | None = None
    byline: str | None = None
    published: str | None = None
    image: str | None = None
    sponsored: bool = False


def read(seen: Labelled, main: list[int]) -> Seen:
    """Return what the visible blocks say; `main` are those of the main content."""
    page = seen.page
    if page is None:
        return Seen()
    tags = page.tags
    first = next((at for at in main if tags[page.blocks[at].element] == "h1" and seen.texts[at]), None)
    start = first if first is not None else (main[0] if main else 0)
    end = next((at for at in main if at > start and len(seen.texts[at]) > PARAGRAPH and not _heads(page, at)), start)
    top = range(max(0, start - _AROUND), min(max(end, start + 1), start + _BELOW))
    return Seen(
        " ".join(seen.texts[first].split())[:500] if first is not None else None,
        _author(seen, page, top),
        _time(page, page.blocks[start].element, page.blocks[main[-1]].element) if main else None,
        _image(page, main),
        says("\n".join(_notes(seen, top)).lower(), SPONSORED) > 0,
    )


def _heads(page: Page, at: int) -> bool:
    return page.tags[page.blocks[at].element] in {"h1", "h2", "h3", "figcaption"}


def _notes(seen: Labelled, top: range) -> list[str]:
    return [seen.texts[at] for at in top if len(seen.texts[at]) <= _MAX_NOTE and not seen.hidden[at]]


def _author(seen: Labelled, page: Page, top: range) -> str | None:
    """Return the text of a block near the headline whose markup names it the author's."""
    for at in top:
        text = seen.texts[at]
        if not 0 < len(text) <= _MAX_NAME or seen.hidden[at] or seen.labels[at] in {_ADVERT, _NAVIGATION}:
            continue
        block = page.blocks[at]
        for element in (block.element, *block.inner[:8], page.parents[block.element]):
            if element < 0:
                continue
            attributes = page.attrs[element]
            names = f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''} {attributes.get('rel') or ''}"
            if _AUTHOR.search(names[:200].lower()):
                name = _PREFIX.sub("", " ".join(text.split()), count=1)
                return _REST.sub("", name) or None
    return None


def _time(page: Page, start: int, end: int) -> str | None:
    """Return the first date that a `<time>` between two elements carries."""
    for element in range(max(start - 50, 0), end + 1):
        if page.tags[element] == "time" and (found := date(page.attrs[element].get("datetime"))):
            return found
    return None


def _image(page: Page, main: list[int]) -> str | None:
    for at in main:
        for element in page.blocks[at].inner:
            if page.tags[element] != "img":
                continue
            attributes = page.attrs[element]
            width = attributes.get("width") or ""
            source = attributes.get("src") or ""
            if source.startswith("data:"):
                source = attributes.get("data-src") or ""
            if source and not (width.isdecimal() and len(width) < 6 and int(width) < _SMALL):
                return source
    return None
