"""Boxes that ask to be allowed to follow the reader: mere notices, the choice between that and paying, blockers' walls.

The rule book calls a notice furniture and such a choice a plea, all of it. Both say plainly what they are, so that
rules tell them where the model, which has seen few, does not. The 22 notices laid over labelled pages have 124 texts,
all of them furniture; the two that ask to switch off an ad blocker have six, all of them pleas.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.labelled import MAIN, PARAGRAPH, SURELY, length
from app.labels import LABELS
from app.overlays import overlays
from app.phrases import ADBLOCK, NOTICE, PRICES, SUBSCRIBE, TRACKING, says

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_CONTENT: Final = LABELS.index("content")
_APPEAL: Final = LABELS.index("appeal")
_NAVIGATION: Final = LABELS.index("navigation")

_MOST_READ: Final = 6_000  # characters of an overlay
_MOST_TEXT: Final = 1_500  # characters of paragraphs in a box that are an article's, not a plea's
_TRACKING: Final = 3  # phrases about tracking that a box has at least
_EACH: Final = 400  # characters of a notice for each of them, at most
_MOST: Final = 4_000  # characters of a page that asks for consent and has nothing else
_ABOUT: Final = 5  # words about the reader's data that it has at least
_ASKING: Final = 0.15  # of its text at least that speaks of tracking
_TOLD: Final = frozenset({"email", "text", "password", "tel", "search"})  # fields in which the reader is to write


def settle(
    chosen: Ints,
    classes: Floats,
    page: Page,
    positions: Mapping[int, str],
    pleas: list[list[int]] | None = None,
) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of notices and of choices about tracking changed.

    `classes` (n, 10) are the blocks' probabilities, `positions` the CSS positions that the caller has told of elements.
    `pleas` takes up the blocks of each box that is one plea.
    """
    found = pleas if pleas is not None else []
    settled = chosen.copy()
    over = False
    for box in overlays(page, positions, dialogs=True):
        said = words(page, box)
        if is_page(page, box, classes):
            continue
        if offers(said):
            settled[box], over = _APPEAL, True
            found.append(box)
        elif says(said, ADBLOCK):
            settled[box] = _APPEAL
            found.append(box)
        elif _notifies(page, box, said):
            settled[box] = _NAVIGATION
    if not over and portal(page):
        settled[settled == _CONTENT] = _APPEAL
    return settled


def is_page(page: Page, box: Sequence[int], classes: Floats) -> bool:
    """Whether what is read stands in a box itself, as in a page that is laid out in a fixed frame."""
    chars = [length(page.blocks[at].text) for at in box if classes[at, MAIN] >= SURELY]
    return sum(each for each in chars if each >= PARAGRAPH) >= _MOST_TEXT


def words(page: Page, box: Sequence[int]) -> str:
    """Return what a box of blocks says, in lower case."""
    return "\n".join(page.blocks[at].text for at in box)[:_MOST_READ].lower()


def offers(said: str) -> bool:
    """Whether a box offers to be paid or to follow the reader."""
    return says(said, TRACKING) >= _TRACKING and says(said, PRICES) > 0 and any(each.isdigit() for each in said)


def _notifies(page: Page, box: Sequence[int], said: str) -> bool:
    """Whether a box asks for nothing but to follow the reader."""
    about = says(said, NOTICE)
    if about < _TRACKING or _EACH * about < len(said) or says(said, SUBSCRIBE) or says(said, PRICES):
        return False
    inner = [page.attrs[each] for at in box for each in page.blocks[at].inner if page.tags[each] == "input"]
    return not any((attributes.get("type") or "text").lower() in _TOLD for attributes in inner)


def portal(page: Page) -> list[int]:
    """Return the blocks that ask to be followed or paid on a small page that does nothing else; else none.

    Such a page stands in the article's place, with everything about it made to look like content.
    """
    plain, room = list[int](), _MOST + 1
    for at, block in enumerate(page.blocks):
        if not page.hidden[block.element] and 2 * block.link_chars < len(block.text):
            plain.append(at)
            room -= len(block.text) + 1  # and the end of its line
            if room < 0:
                return []
    said = words(page, plain)
    if says(said, NOTICE) < _ABOUT or not offers(said) or "button" not in page.tags:
        return []
    tracking = [at for at in plain if says(words(page, [at]), TRACKING)]
    if sum(len(page.blocks[at].text) for at in tracking) < _ASKING * len(said):
        return []
    return sorted({*tracking, *(at for at in plain if says(words(page, [at]), PRICES))})
