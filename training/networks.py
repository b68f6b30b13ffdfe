"""How one network is fitted: so many rounds, every class an output, weights as the model's file holds them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse
from sklearn.neural_network import MLPClassifier

from app.labels import CLASSES

Floats = NDArray[np.float32]

_AT_A_TIME: Final = 8_192  # rows, so that no second matrix as large as theirs is made on the way


def fitted(
    network: MLPClassifier, rows: Any, classes: NDArray[np.int64], weights: NDArray[np.float64], drop: Floats
) -> MLPClassifier:
    """Return the network fitted on rows (n, columns), sparse or dense, with their classes and weights (n,).

    In each round a share `drop` (columns,) of every column's values is left out, drawn anew, and the others count for
    as much more (dropout of the input; Srivastava et al., 2014). Every class gets an output, even one that no row has.
    """
    seed = network.random_state
    chance = np.random.default_rng(seed)
    network.random_state = np.random.RandomState(seed)  # one for all rounds, each of which is shuffled anew
    every = np.arange(len(CLASSES))
    for _ in range(network.max_iter):  # a fixed number of rounds is a regulariser too
        network.partial_fit(_dropped(rows, drop, chance), classes, sample_weight=weights, classes=every)
    network.random_state = seed
    # Rounded to half precision, in which they are stored: what is tested is what is served.
    network.coefs_ = [_halved(weights) for weights in network.coefs_]
    network.intercepts_ = [bias.astype(np.float32) for bias in network.intercepts_]
    for name in _ONLY_FOR_TRAINING:
        if hasattr(network, name):
            delattr(network, name)
    return network


def _dropped(rows: Any, drop: Floats, chance: np.random.Generator) -> Any:
    if issparse(rows):
        share = drop[rows.indices]
        values = np.where(chance.random(rows.nnz, dtype=np.float32) < share, np.float32(0), rows.data / (1 - share))
        result = csr_matrix((values, rows.indices.copy(), rows.indptr.copy()), shape=rows.shape)
        result.eliminate_zeros()
        return result
    dense = np.empty_like(rows)
    for start in range(0, len(rows), _AT_A_TIME):
        part = rows[start : start + _AT_A_TIME]
        dense[start : start + _AT_A_TIME] = part * (chance.random(part.shape, dtype=np.float32) >= drop) / (1 - drop)
    return dense


def _halved(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    half = weights.astype(np.float16)
    half[np.abs(half) < _LEAST] = 0.0
    return half.astype(np.float32)


_LEAST: Final = 2.0**-12
"""Weights below it are left out: the file is a megabyte smaller, and of 52,186 blocks none was called otherwise."""

_ONLY_FOR_TRAINING: Final = (
    "_optimizer", "_random_state", "loss_curve_", "_no_improvement_count",
    "_best_coefs",
    "_best_intercepts", "best_loss_", "validation_scores_",
)  # fmt: skip
"""Attributes that only further training needs; they would treble the file."""
