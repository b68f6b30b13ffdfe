"""The arithmetic of the model: what scikit-learn's fitted estimators say, computed without materialising their input.

The first stage's input is wide and sparse: the words of a block, its numbers, and the names on its chain of elements,
level by level. Its hidden layer is linear in all of them, so the names of an element are multiplied once for all the
blocks below it. A test holds that the result is what scikit-learn's `predict_proba` says of the materialised rows.
"""

from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.blocks import Page
from app.features import Features
from app.labels import SPANS

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


def by_label(classes: Floats) -> Floats:
    """Return (n, 4) label probabilities from (n, 10) class probabilities."""
    return np.stack([classes[:, start:end].sum(axis=1) for start, end in SPANS], axis=1)


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

    def __init__(self, network: Any, scaler: Any, words: int, names: int) -> None:
        weights, self.out = network.coefs_
        self.bias, self.out_bias = network.intercepts_
        self.scaler = scaler
        self.numbers = len(scaler.mean_)
        hidden = weights.shape[1]
        self.word_weights = np.ascontiguousarray(weights[:words])
        self.number_weights = np.ascontiguousarray(weights[words : words + self.numbers])
        levels = weights[words + self.numbers :].reshape(-1, names, hidden) if names else np.empty((0, 0, hidden))
        # (names, levels × hidden): one product gives an element's share at every level.
        self.name_weights = np.ascontiguousarray(np.hstack(list(levels)), dtype=np.float32) if names else None
        self.hidden = hidden

    def __call__(self, features: Features, words: csr_matrix, page: Page | None) -> Floats:
        """Return (n, classes) probabilities; `words` are `ones(features.words, …)`, `page` is None without structure.

        A stage that was fitted on text without structure reads a page as if it were such: the first of its numbers.
        """
        return self.scores(self.sums(features, words, page))

    def sums(self, features: Features, words: csr_matrix, page: Page | None) -> Floats:
        """Return what the hidden units add up, (n, hidden): linear in every word, number and name."""
        hidden: Floats = words @ self.word_weights
        hidden += scaled(self.scaler, features.numbers[:, : self.numbers]) @ self.number_weights
        hidden += self.bias
        if page is not None and self.name_weights is not None:
            self._add_names(hidden, features, page, self.name_weights)
        return hidden

    def scores(self, sums: Floats) -> Floats:
        """Return (n, classes) probabilities for the hidden units' sums."""
        return softmax(np.maximum(sums, 0.0) @ self.out + self.out_bias)

    def _add_names(self, hidden: Floats, features: Features, page: Page, weights: Floats) -> None:
        size = self.hidden
        # Elements of the same names share one list of numbers: it is multiplied once.
        rows = list(features.names.values())
        identities = list(map(id, rows))
        distinct = dict(zip(identities, rows, strict=True))
        share = np.zeros((len(distinct) + 1, weights.shape[1]), dtype=np.float32)
        share[:-1] = ones(list(distinct.values()), len(weights)) @ weights
        number = dict(zip(distinct, range(len(distinct)), strict=True))
        # Per element its row in `share`; nameless ones, and at the end what is above the root (-1), have the last.
        kinds = np.full(len(page.parents) + 1, len(distinct))
        kinds[list(features.names)] = list(map(number.__getitem__, identities))
        up = np.array([*page.parents, -1])
        own = np.array([block.element for block in page.blocks])
        parent = up[own]
        grandparent = up[parent]
        hidden += share[kinds[own], :size]
        hidden += share[kinds[parent], size : 2 * size]
        hidden += share[kinds[grandparent], 2 * size : 3 * size]
        hidden += sums_upwards(share[kinds, 3 * size : 4 * size], up, np.array([*page.depths, -1]))[up[grandparent]]
        inside = [inner_elements(page, block.element, block.inner) for block in page.blocks]
        inner = list(chain.from_iterable(inside))
        if inner:
            at = np.repeat(np.arange(len(inside)), list(map(len, inside)))
            np.add.at(hidden, at, share[kinds[inner], 4 * size :])


def sums_upwards(rows: Floats, up: NDArray[np.int64], depths: NDArray[np.int64]) -> Floats:
    """Return for every row the sum over itself and all above it; `up` numbers the row next above, one less deep."""
    order = np.argsort(depths, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    above = place[up[order]]
    rows = rows[order]
    ends = np.cumsum(np.bincount(depths - depths[order[0]])).tolist()
    for start, end in pairwise(ends):
        rows[start:end] += rows[above[start:end]]
    return rows[place]


def inner_elements(page: Page, element: int, listed: list[int]) -> list[int]:
    """Return the inline elements between a run's texts and media and its own element, each once."""
    parents = page.parents
    if len(listed) == 1 and parents[listed[0]] == element:  # as in most menus
        return listed
    seen: dict[int, None] = {}
    for start in listed:
        inner = start
        while inner != element and inner not in seen:
            seen[inner] = None
            inner = parents[inner]
    return list(seen)


def ones(rows: list[list[int]], width: int) -> csr_matrix:
    """Return a matrix with a one for every column that a row lists; a column listed twice is there twice."""
    pointers = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(list(map(len, rows)), out=pointers[1:])
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=pointers[-1])
    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, pointers), shape=(len(rows), width))
