"""How one network is fitted: so many rounds, every class an output, weights as the model's file holds them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse
from sklearn.neural_network import MLPClassifier

from app.labels import CLASSES

Floats = NDArray[np.float32]

_AT_A_TIME: Final = 1_024  # rows: what is made on the way stays in the processor's caches
_BYTE: Final = 256  # values of a byte: shares of columns are rounded to as many parts


def fitted(
    network: MLPClassifier,
    rows: Any,
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    drop: Floats,
    rates: Sequence[float],
) -> MLPClassifier:
    """Return the network fitted on rows (n, columns), sparse or dense, with their classes and weights (n,).

    In each round a share `drop` (columns,) of every column's values is left out, drawn anew, and the others count for
    as much more (dropout of the input; Srivastava et al., 2014); shares are rounded to 256ths, of which the last is
    kept. Every class gets an output, even one that no row has. There are as many rounds as `rates` has numbers: how
    fast each learns beside the first, which is 1. `ValueError` where it is not.
    """
    if rates[0] != 1.0:
        raise ValueError("the first round learns at the network's own rate")
    seed = network.random_state
    chance = np.random.default_rng(seed)
    network.random_state = np.random.RandomState(seed)  # one for all rounds, each of which is shuffled anew
    every = np.arange(len(CLASSES))
    for rate in rates:  # a fixed number of rounds is a regulariser too
        if hasattr(network, "_optimizer"):  # from the second round on; scikit-learn has no public way to it
            network._optimizer.learning_rate_init = network.learning_rate_init * rate
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
    """Return a copy of the rows without what is left out; a byte of chance for each value is drawn fastest."""
    least = np.minimum(np.round(drop * _BYTE), _BYTE - 1).astype(np.uint8)
    scale = np.float32(_BYTE) / (_BYTE - least.astype(np.float32))
    if issparse(rows):
        kept = np.frombuffer(chance.bytes(rows.nnz), dtype=np.uint8) >= least[rows.indices]
        before = np.zeros(rows.nnz + 1, dtype=rows.indptr.dtype)
        np.cumsum(kept, out=before[1:])
        columns = rows.indices[kept]
        values = rows.data[kept] * scale[columns]
        return csr_matrix((values, columns, before[rows.indptr]), shape=rows.shape)
    dense = np.empty_like(rows)
    for start in range(0, len(rows), _AT_A_TIME):
        part = rows[start : start + _AT_A_TIME]
        kept = np.frombuffer(chance.bytes(part.size), dtype=np.uint8).reshape(part.shape) >= least
        here = dense[start : start + _AT_A_TIME]
        np.multiply(part, scale, out=here)
        np.multiply(here, kept, out=here)
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
