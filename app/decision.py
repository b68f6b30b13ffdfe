"""Which label a block gets, where the caller asks for more care or less than the model's own rule takes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.labels import LABELS
from app.model import Floats, Rule, choose
from app.wishes import Thresholds

_CONTENT: Final = 0
_STRICT: Final = 0.5  # content must be likelier than all else together


def decide(labels: Floats, rule: Rule, thresholds: Thresholds) -> NDArray[np.int64]:
    """Return the number of the label to give to each row of (n, 4) calibrated probabilities.

    A higher threshold of another label, or a lower one of content, turns blocks to content and none away from it.
    """
    if thresholds.strict:
        chosen = choose(labels, Rule(rule.offsets))
        doubted = (chosen == _CONTENT) & (labels[:, _CONTENT] < _STRICT)
        without = labels[doubted].copy()
        without[:, _CONTENT] = 0
        chosen[doubted] = choose(without, Rule((-np.inf, *rule.offsets[1:])))
    else:
        chosen = choose(labels, rule)
    for number, label in enumerate(LABELS):
        least = getattr(thresholds, label)
        if least is None or number == _CONTENT:
            continue
        chosen[(chosen == number) & (labels[:, number] < least)] = _CONTENT
    if thresholds.content is not None:
        chosen[labels[:, _CONTENT] >= thresholds.content] = _CONTENT
    return chosen
