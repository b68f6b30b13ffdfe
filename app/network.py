"""The arithmetic of the model: what scikit-learn's fitted estimators say, computed without materialising their input.

The first stage's input is wide and sparse: the words of a block, its numbers, and the names on its chain of elements,
level by level. Its hidden layer is linear in all of them, so the names of an element are multiplied once for all the
blocks below it. A test holds that the result is what scikit-learn's `predict_proba` says of the materialised rows.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.blocks import Page
from app.features import Features

Floats = NDArray[np.float32]

NAME_LEVELS: Final = ("own", "parent", "grandparent", "above", "inner")
"""Where a name stands, seen from a block: its element, the next two, all further up; elements within its run."""

CLIP: Final = 4.0
"""Scaled numbers beyond this are cut off: what no page of the training had is no evidence."""


def scaled(scaler: Any, numbers: Floats) -> Floats:
    """Return numbers as a fitted `StandardScaler` scales them, cut off at ±CLIP."""
    result: Floats = (numbers - scaler.mean_.astype(np.float32)) / scaler.scale_.astype(np.float32)
    np.clip(result, -CLIP, CLIP, out=result)
    return result


def softmax(logits: Floats) -> Floats:
    """Return the rows' probabilities."""
    logits -= logits.max(axis=1, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits


def probabilities(network: Any, rows: Any) -> Floats:
    """Return a fitted `MLPClassifier`'s probabilities for rows, dense or sparse."""
    last = len(network.coefs_) - 1
    for layer, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        rows = rows @ weights + bias
        if layer < last:
            np.maximum(rows, 0.0, out=rows)
    return softmax(rows)


class FirstStage:
    """A fitted `MLPClassifier` with one hidden layer, over words, numbers and (with structure) names."""

    def __init__(self, network: Any, words: int, numbers: int, names: int) -> None:
        weights, self.out = network.coefs_
        self.bias, self.out_bias = network.intercepts_
        hidden = weights.shape[1]
        self.word_weights = np.ascontiguousarray(weights[:words])
        self.number_weights = np.ascontiguousarray(weights[words : words + numbers])
        levels = weights[words + numbers :].reshape(-1, names, hidden) if names else np.empty((0, 0, hidden))
        # (names, levels × hidden): one product gives an element's share at every level.
        self.name_weights = np.ascontiguousarray(np.hstack(list(levels)), dtype=np.float32) if names else None
        self.hidden = hidden

    def __call__(self, features: Features, numbers: Floats, page: Page | None) -> Floats:
        """Return (n, classes) probabilities; `numbers` are scaled, `page` is None for text without structure."""
        return self.scores(self.sums(features, numbers, page))

    def sums(self, features: Features, numbers: Floats, page: Page | None) -> Floats:
        """Return what the hidden units add up, (n, hidden): linear in every word, number and name."""
        hidden: Floats = ones(features.words, len(self.word_weights)) @ self.word_weights
        hidden += numbers @ self.number_weights
        hidden += self.bias
        if page is not None and self.name_weights is not None:
            self._add_names(hidden, features, page, self.name_weights)
        return hidden

    def scores(self, sums: Floats) -> Floats:
        """Return (n, classes) probabilities for the hidden units' sums."""
        return softmax(np.maximum(sums, 0.0) @ self.out + self.out_bias)

    def _add_names(self, hidden: Floats, features: Features, page: Page, weights: Floats) -> None:
        size = self.hidden
        elements = sorted(features.names)  # document order: parents come first
        place = {element: at for at, element in enumerate(elements)}
        place[-1] = len(elements)
        share = np.zeros((len(elements) + 1, weights.shape[1]), dtype=np.float32)
        share[:-1] = ones([features.names[element] for element in elements], len(weights)) @ weights
        parents = [place[page.parents[element]] for element in elements]
        above = share[:, 3 * size : 4 * size]
        for at, parent in enumerate(parents):  # every row ends up with the sum over itself and all that is above
            if parent < at:
                above[at] += above[parent]
        parents.append(len(elements))
        up = np.array(parents)
        own = np.array([place[block.element] for block in page.blocks])
        parent = up[own]
        grandparent = up[parent]
        hidden += share[own, :size]
        hidden += share[parent, size : 2 * size]
        hidden += share[grandparent, 2 * size : 3 * size]
        hidden += above[up[grandparent]]
        rows: list[int] = []
        inner: list[int] = []
        for at, block in enumerate(page.blocks):
            seen = inner_elements(page, block.element, block.inner)
            rows.extend([at] * len(seen))
            inner.extend([place[element] for element in seen])
        if rows:
            np.add.at(hidden, rows, share[inner, 4 * size :])


def inner_elements(page: Page, element: int, listed: list[int]) -> list[int]:
    """Return the inline elements between a run's texts and media and its own element, each once."""
    seen: dict[int, None] = {}
    for start in listed:
        inner = start
        while inner != element and inner not in seen:
            seen[inner] = None
            inner = page.parents[inner]
    return list(seen)


def ones(rows: list[list[int]], width: int) -> csr_matrix:
    """Return a matrix with a one for every column that a row lists; a column listed twice is there twice."""
    pointers = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=pointers[1:])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.int32, count=int(pointers[-1]))
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, pointers), shape=(len(rows), width))
