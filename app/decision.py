"""Which label a block gets, where the caller asks for more care or less than the model's own rule takes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.boxes import agreed, settle
from app.context import Surroundings
from app.labels import LABELS
from app.model import Opinion, Rule, choose
from app.wishes import Thresholds

_CONTENT: Final = 0
_STRICT: Final = 0.5  # content must be likelier than all else together


def strictly(opinion: Opinion, rule: Rule, around: Surroundings) -> NDArray[np.int64]:
    """Return the number of the label of each of n blocks where content must be likelier than all else together.

    There is no head start for content then; what is not more likely than not content gets the likeliest other label.
    Stragglers are settled with their boxes, as the model does it (`boxes.py`).
    """
    labels = opinion.labels
    chosen = choose(agreed(labels, around), Rule(rule.offsets))
    doubted = (chosen == _CONTENT) & (labels[:, _CONTENT] < _STRICT)
    without = labels[doubted].copy()
    without[:, _CONTENT] = 0
    chosen[doubted] = choose(without, Rule((-np.inf, *rule.offsets[1:])))
    return settle(chosen, labels, around)


def held(opinion: Opinion, thresholds: Thresholds) -> NDArray[np.int64]:
    """Return the numbers of n blocks' labels where those chosen are held against the caller's thresholds.

    So are labels that a straggler has from its box and those by rule (`rules.py`): a threshold is the caller's word on
    the model's probability. A higher one of another label, or a lower one of content, turns blocks to content and none
    away from it.
    """
    labels, chosen = opinion.labels, opinion.chosen.copy()
    for number, label in enumerate(LABELS):
        least = getattr(thresholds, label)
        if least is None or number == _CONTENT:
            continue
        chosen[(chosen == number) & (labels[:, number] < least)] = _CONTENT
    if thresholds.content is not None:
        chosen[labels[:, _CONTENT] >= thresholds.content] = _CONTENT
    return chosen
