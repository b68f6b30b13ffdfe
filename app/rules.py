"""Boxes that say plainly what they are, and are labelled by rule where the model, which has seen few, does not know."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from app import consent, listing, sponsored, wording
from app.blocks import Page
from app.consent import Floats, Ints
from app.labels import LABELS

_CONTENT: Final = LABELS.index("content")
_SAID: Final = {LABELS.index("navigation"): wording.NOTICE, LABELS.index("appeal"): wording.CHOICE}


def settle(chosen: Ints, classes: Floats, page: Page, positions: Mapping[int, str]) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of such boxes changed.

    `classes` (n, 10) are the blocks' probabilities, `positions` the CSS positions that the caller has told of elements.
    """
    settled = consent.settle(chosen, classes, page, positions)
    return listing.settle(sponsored.settle(settled, page), classes, page)


def said(labels: Ints, classes: Floats, page: Page, positions: Mapping[int, str]) -> dict[int, str]:
    """Return by block which rule it has its label from; `labels` (n,) are those after `settle`."""
    unlabelled = np.full_like(labels, _CONTENT)
    by_consent = consent.settle(unlabelled, classes, page, positions)
    found = {
        at: _SAID[by_consent[at]] for at in np.flatnonzero((by_consent != _CONTENT) & (by_consent == labels)).tolist()
    }
    return found | dict.fromkeys(sponsored.cards(labels, page), wording.CARD)
