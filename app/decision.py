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


def decide(opinion: Opinion, rule: Rule, thresholds: Thresholds, around: Surroundings) -> NDArray[np.int64]:
    """Return the number of the label to give to each of the n blocks that an opinion was given on.

    Stragglers are settled with their boxes first, as the model does it (`boxes.py`); what they get is held against the
    thresholds too. A higher threshold of another label, or a lower one of content, turns blocks to content and none
    away from it.
    """
    labels = opinion.labels
    if thresholds.strict:
        chosen = choose(agreed(labels, around), Rule(rule.offsets))
        doubted = (chosen == _CONTENT) & (labels[:, _CONTENT] < _STRICT)
        without = labels[doubted].copy()
        without[:, _CONTENT] = 0
        chosen[doubted] = choose(without, Rule((-np.inf, *rule.offsets[1:])))
        chosen = settle(chosen, labels, around)
    else:
        chosen = opinion.chosen.copy()
    for number, label in enumerate(LABELS):
        least = getattr(thresholds, label)
        if least is None or number == _CONTENT:
            continue
        chosen[(chosen == number) & (labels[:, number] < least)] = _CONTENT
    if thresholds.content is not None:
        chosen[labels[:, _CONTENT] >= thresholds.content] = _CONTENT
    return chosen
