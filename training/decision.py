"""How a label is chosen from the stages' opinion: calibration, and the rule with its offsets and its guard."""

import itertools
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from app.model import Rule, choose, logarithms
from training.measures import balanced

Floats = NDArray[np.float32]


def calibrate(raw: Floats, gold: NDArray[np.int64]) -> LogisticRegression:
    """Return a logistic regression from the logarithms of the stages' probabilities to the gold labels."""
    return LogisticRegression(C=100.0, max_iter=500).fit(logarithms(raw), gold)


HIT_RATE: Final = 0.006
"""Content called appeal or advert: rules that do so more often are not taken (the issue's bound is 1 %)."""

LOST: Final = 0.08
"""Content called anything else: where it is more, each hundredth of it outweighs half a hundredth of F1."""

_LOST_WEIGHT: Final = 0.5

_GUARDS: Final = (1.0, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07)


def best_rule(labels: Floats, gold: NDArray[np.int64], pages: NDArray[np.int64]) -> Rule:
    """Return the rule with the best balanced macro F1 that hits little content and loses little of it."""
    content = gold == 0
    units = max(int(content.sum()), 1)

    def worth(rule: Rule) -> float:
        given = choose(labels, rule)
        hit = float((content & ((given == 1) | (given == 2))).sum() / units)
        lost = float((content & (given != 0)).sum() / units)
        f1 = float(np.nanmean(balanced(gold, given, pages)[:, 2]))
        return f1 - 10 * max(0.0, hit - HIT_RATE) - _LOST_WEIGHT * max(0.0, lost - LOST)

    best, value = Rule(), -1.0
    for guard in _GUARDS:
        rule = _descend(Rule(best.offsets, guard), worth)
        if (found := worth(rule)) > value + 1e-6:
            best, value = rule, found
    return best


def _descend(best: Rule, worth: Callable[[Rule], float]) -> Rule:
    """Return the rule at which moving one offset at a time brings nothing more."""
    value = worth(best)
    for step in (0.5, 0.25, 0.1):
        moved = True
        while moved:
            moved = False
            for label, sign in itertools.product(range(3), (-1, 1)):
                offsets = list(best.offsets)
                offsets[label] = round(offsets[label] + sign * step, 2)
                tried = Rule(tuple(offsets), best.guard)
                if abs(offsets[label]) <= 3 and (found := worth(tried)) > value + 1e-6:
                    best, value, moved = tried, found, True
    return best
