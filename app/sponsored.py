"""Who paid for it: "Partner content", "Sponsored by …" are adverts, and so is all of a card that opens with them.

Its headline reads like any other, so that the model takes it for a teaser or for content where it knows the label above
it well. On labelled pages, of the blocks called otherwise in such a card 13 are adverts and 2 are not. Such a label
itself is one where the model takes it rather for that than for anything else, however careful the rule is that chooses.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.labels import LABELS
from app.network import by_label
from app.phrases import SPONSORED, says

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_ADVERT: Final = LABELS.index("advert")
_LABEL: Final = 70  # characters of a label at most
_TEXTS: Final = 4  # of a card at most; a larger box is more than one
_MOST: Final = 10  # blocks of it, pictures too
_DEEP: Final = 12  # levels of boxes that are looked at


def settle(chosen: Ints, classes: Floats, page: Page) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of such labels and cards changed.

    `classes` (n, 10) are the blocks' probabilities.
    """
    settled = chosen.copy()
    settled[cards(chosen, classes, page)] = _ADVERT
    return settled


def cards(chosen: Ints, classes: Floats, page: Page) -> list[int]:
    """Return the blocks that say who paid and are rather adverts than not, with the cards that open with them."""
    found: list[int] = []
    likeliest = by_label(classes).argmax(axis=1)
    for at in np.flatnonzero((chosen == _ADVERT) | (likeliest == _ADVERT)).tolist():
        text = page.blocks[at].text
        if 0 < len(text) <= _LABEL and says(text.lower(), SPONSORED):
            found += range(at, _behind(page, at))
    return found


def _behind(page: Page, first: int) -> int:
    """Return the block behind the smallest box that opens with a block and holds more texts, or behind that block."""
    blocks, parents, depths = page.blocks, page.parents, page.depths

    def within(at: int, box: int) -> bool:
        element = blocks[at].element
        if depths[element] - depths[box] > _DEEP:
            return False
        while element > box:
            element = parents[element]
        return element == box

    box = blocks[first].element
    for _ in range(_DEEP):
        if box <= 1 or (first and within(first - 1, box)):
            break
        behind = first + 1
        while behind < len(blocks) and behind - first <= _MOST and within(behind, box):
            behind += 1
        texts = sum(bool(block.text) for block in blocks[first:behind])
        if behind - first > _MOST or texts > _TEXTS:
            break
        if texts > 1:
            return behind
        box = parents[box]
    return first + 1
