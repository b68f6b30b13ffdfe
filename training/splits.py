"""Which fold a site is in, so that no site is learned from and tested on at once, and which rows are tested on."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.corpus import Example
from training.dataset import Dataset

FOLDS: Final = 5


def folds(examples: Sequence[Example]) -> dict[str, int]:
    """Return each site's fold, so that every fold has a like share of the pages to test on."""
    load: dict[str, int] = {}
    for example in examples:
        load[example.site] = load.get(example.site, 0) + (5 if example.full else 1)
    sums = [0] * FOLDS
    of_site = {}
    for site in sorted(load, key=lambda site: (-load[site], site)):
        fold = sums.index(min(sums))
        of_site[site] = fold
        sums[fold] += load[site]
    return of_site


def rows_of(data: Dataset, of_site: Mapping[str, int]) -> NDArray[np.int64]:
    """Return each row's fold."""
    return np.array([of_site[example.site] for example in data.examples])[data.pages]


def testable(data: Dataset, how: str) -> NDArray[np.bool_]:
    """Return which rows are tested on: labelled text units of the pages that were labelled so.

    FULL are those whose every unit was shown to their reader; THINNED_FULL these cut down to a few blocks.
    """
    tested = np.array([example.how == how for example in data.examples])[data.pages]
    return tested & data.texts & (data.classes >= 0)
