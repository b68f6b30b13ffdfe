"""Boxes that say plainly what they are, and are labelled by rule where the model, which has seen few, does not know."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app import consent, listing, sponsored, wording
from app.blocks import Page
from app.labels import LABELS, SPANS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_CONTENT: Final = LABELS.index("content")
_APPEAL: Final = LABELS.index("appeal")
_NAVIGATION: Final = LABELS.index("navigation")
_MOST_EDIT: Final = 60  # characters of a link to edit a section, in brackets
_KINDS: Final = slice(*SPANS[_APPEAL])
_LABELS: Final = {
    wording.NOTICE: _NAVIGATION,
    wording.CHOICE: _APPEAL,
    wording.CARD: LABELS.index("advert"),
    wording.EDIT: _NAVIGATION,
}


def settle(
    chosen: Ints,
    classes: Floats,
    page: Page,
    positions: Mapping[int, str],
    pleas: list[list[int]] | None = None,
) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of such boxes changed.

    `classes` (n, 10) are the blocks' probabilities, `positions` the CSS positions that the caller has told of elements.
    `pleas` takes up the blocks of each box that is one plea, all of it.
    """
    settled = consent.settle(chosen, classes, page, positions, pleas)
    settled[_edits(page)] = _NAVIGATION
    return listing.settle(sponsored.settle(settled, classes, page), classes, page)


def of_one_kind(classes: Floats, pleas: list[list[int]]) -> Floats:
    """Return probabilities (n, 10) in which each block of a box that is one plea has the kinds that all of it has."""
    result = classes.copy() if pleas else classes
    for box in pleas:
        kinds = result[box, _KINDS]
        result[box, _KINDS] = kinds.sum(axis=1, keepdims=True) * (kinds.sum(axis=0) / max(float(kinds.sum()), 1e-9))
    return result


def said(labels: Ints, classes: Floats, page: Page, positions: Mapping[int, str]) -> dict[int, str]:
    """Return by block which rule it has its label from; `labels` (n,) are those that were given in the end."""
    by_consent = consent.settle(np.full_like(labels, _CONTENT), classes, page, positions)
    found = dict.fromkeys(np.flatnonzero(by_consent == _NAVIGATION).tolist(), wording.NOTICE)
    found |= dict.fromkeys(np.flatnonzero(by_consent == _APPEAL).tolist(), wording.CHOICE)
    found |= dict.fromkeys(_edits(page), wording.EDIT)
    found |= dict.fromkeys(sponsored.cards(labels, classes, page), wording.CARD)
    return {at: why for at, why in found.items() if labels[at] == _LABELS[why]}


def _edits(page: Page) -> list[int]:
    """Return the blocks that are nothing but a wiki's links, in brackets, to edit what stands below them.

    All 11 of the labelled pages are navigation; headings that hold such links themselves are content.
    """
    found: list[int] = []
    for at, block in enumerate(page.blocks):
        if block.text[:1] != "[" or len(block.text) > _MOST_EDIT or not block.link_chars:
            continue
        links = [page.attrs[each].get("href") or "" for each in block.inner if page.tags[each] == "a"]
        chars = sum(len(each) for each in re.findall(r"\w+", block.text))
        if links and block.link_chars >= chars and all("action=edit" in each for each in links):
            found.append(at)
    return found
