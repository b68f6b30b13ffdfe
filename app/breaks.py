"""Whether a page's text breaks off: what its own end says, a pager below it, and how long it is said to be."""

import re
from typing import Final

from app.labelled import PARAGRAPH, Labelled, dense
from app.metadata import Metadata
from app.phrases import NEXT_PAGE, says

_MAX_PAGER: Final = 60  # characters of a pager's block
_BESIDE: Final = 6  # blocks to either side in which a pager's numbers stand
_NUMBER: Final = re.compile(r"(?<![\d.,:/-])\d{1,2}(?![\d.,:/-])")
_ELLIPSIS: Final = re.compile(r"[^\W\d_][\"'”’»)]?\s?(?:\.\.\.|…|\[\s*(?:\.\.\.|…)\s*\])\W*\Z")
_MANY: Final = 150  # words that a text must be said to have
_PART: Final = 0.5  # of its words at most that a text has which breaks off


def breaks_off(seen: Labelled, declared: Metadata) -> bool:
    """Whether the text itself does: at an ellipsis, or well before the number of words that the markup declares."""
    return ends_open(seen) or _falls_short(seen, declared)


def goes_on(seen: Labelled) -> bool:
    """Whether a pager right below the text leads to its next page."""
    texts = seen.texts
    for at in seen.paragraphs.tail:
        if len(texts[at]) > _MAX_PAGER or not says(texts[at].lower(), NEXT_PAGE):
            continue
        around = range(max(0, at - _BESIDE), min(len(texts), at + _BESIDE + 1))
        if any(_NUMBER.search(texts[near]) for near in around if len(texts[near]) <= _MAX_PAGER):
            return True
    return False


def ends_open(seen: Labelled) -> bool:
    """Whether the last paragraph ends in an ellipsis right behind a word."""
    last = next((at for at in reversed(seen.main()) if seen.lengths[at] >= PARAGRAPH), None)
    return last is not None and _ELLIPSIS.search(seen.texts[last][-20:]) is not None


def _falls_short(seen: Labelled, declared: Metadata) -> bool:
    """Whether the content has few of the words that it is said to have, what is hidden counted."""
    if declared.words is None or declared.words < _MANY:
        return False
    own = [seen.texts[at] for at in seen.own()]
    return sum(text.count(" ") + 1 for text in own) < _PART * declared.words and not any(map(dense, own))
