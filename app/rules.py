"""Boxes that say plainly what they are, and are labelled by rule where the model, which has seen few, does not know."""

from collections.abc import Mapping

from app import consent, sponsored
from app.blocks import Page
from app.consent import Floats, Ints


def settle(chosen: Ints, classes: Floats, page: Page, positions: Mapping[int, str]) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of such boxes changed.

    `classes` (n, 10) are the blocks' probabilities, `positions` the CSS positions that the caller has told of elements.
    """
    return sponsored.settle(consent.settle(chosen, classes, page, positions), page)
