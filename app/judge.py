"""What the fitted estimators say of a page as a whole: its kind, and whether a box on it is a wall."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app import shape, walls
from app.errors import ModelRefused
from app.network import scaled, softmax

Floats = NDArray[np.float32]

KINDS: Final = ("article", "documentation", "forum", "listing", "product", "service")
"""The kinds that are learned; the others follow from a page's labels (`page.py`)."""

REVISION: Final = 2
"""Raised when a column or a word changes its meaning under the same name."""

SCHEMA: Final = hashlib.sha256(repr((REVISION, KINDS, shape.COLUMNS, walls.COLUMNS)).encode()).hexdigest()[:16]


class Judge:
    """The estimators for pages. Raises ModelRefused where they were fitted on other columns than this version has."""

    def __init__(self, estimators: Mapping[str, Any]) -> None:
        if estimators["schema"] != SCHEMA:
            raise ModelRefused(
                f"the model judges pages by columns of schema {estimators['schema']}, this version makes {SCHEMA}"
            )
        kind, gate = estimators["kind"], estimators["gate"]
        words = kind["words"].split("\n")
        self.words: dict[str, dict[str, int]] = {}  # by mark (`shape.Words`)
        for number, word in enumerate(words):
            mark, colon, rest = word.partition(":")
            self.words.setdefault(mark + colon, {})[rest] = number
        self.scaler = kind["scaler"]
        weights = kind["regression"].coef_.astype(np.float32)
        if weights.shape != (len(KINDS), len(shape.COLUMNS) + len(words)):
            raise ModelRefused("the words that tell kinds of pages are not those that the model was trained with")
        self.by_number = weights[:, : len(shape.COLUMNS)]
        self.by_word = np.ascontiguousarray(weights[:, len(shape.COLUMNS) :].T)
        self.bias = kind["regression"].intercept_.astype(np.float32)
        self.gate_scaler = gate["scaler"]
        self.gate = gate["regression"].coef_[0].astype(np.float32)
        self.gate_bias = np.float32(gate["regression"].intercept_[0])

    def kinds(self, row: Sequence[float], words: shape.Words) -> Floats:
        """Return the probabilities of `KINDS` for a page's row of `shape.COLUMNS` and its words."""
        known = []
        for mark, some in words.items():
            numbers_of = self.words.get(mark, {})
            known += [numbers_of[word] for word in numbers_of.keys() & some]
        known.sort()  # since a set has another order in each process and rounding would tell
        numbers = shape.ready(self.scaler, np.array([row], dtype=np.float32))[0]
        logits: Floats = self.by_number @ numbers + self.by_word[known].sum(axis=0) + self.bias
        shares: Floats = softmax(logits[None, :])[0]
        return shares

    def walls(self, boxes: Sequence[walls.Box]) -> Floats:
        """Return each box's probability of being a wall."""
        if not boxes:
            return np.zeros(0, dtype=np.float32)
        rows = scaled(self.gate_scaler, np.array([box.row for box in boxes], dtype=np.float32))
        logits = rows @ self.gate + self.gate_bias
        result: Floats = 1 / (1 + np.exp(-logits))
        return result
