"""How one network is fitted: so many rounds, every class an output, weights as the model's file holds them."""

import warnings
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from app.labels import CLASSES


def fitted(
    network: MLPClassifier, rows: Any, classes: NDArray[np.int64], weights: NDArray[np.float64]
) -> MLPClassifier:
    """Return the network fitted on rows (n, columns), sparse or dense, with their classes and weights (n,)."""
    missing = np.setdiff1d(np.arange(len(CLASSES)), classes)
    if len(missing):  # a small corpus: the network still gets an output for every class, which nothing calls for
        blank = csr_matrix((len(missing), rows.shape[1]), dtype=np.float32)
        rows = vstack([rows, blank], format="csr") if issparse(rows) else np.vstack((rows, blank.toarray()))
        classes = np.concatenate((classes, missing))
        weights = np.concatenate((weights, np.full(len(missing), 1e-6)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of rounds is the regulariser
        network.fit(rows, classes, sample_weight=weights)
    # Rounded to half precision, in which they are stored: what is tested is what is served.
    network.coefs_ = [_halved(weights) for weights in network.coefs_]
    network.intercepts_ = [bias.astype(np.float32) for bias in network.intercepts_]
    for name in _ONLY_FOR_TRAINING:
        if hasattr(network, name):
            delattr(network, name)
    return network


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
