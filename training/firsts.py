"""The first stages: what a block says by itself, told by networks that have not seen the pages they speak of.

The second stage is trained on what the first one says of pages that it has not seen. For an honest test by site, a
fold's test pages must not have been seen by the first stages that speak to the second stage's training either:
besides a first stage without fold i for every i there is one without folds i and j for every pair.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app import text
from app.labels import CLASSES
from app.network import probabilities, scaled
from training.dataset import Dataset
from training.networks import fitted
from training.splits import FOLDS, rows_of

Floats = NDArray[np.float32]

NETWORK: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (32,),
    "alpha": 0.1,
    "batch_size": 4096,
    "max_iter": 5,
    "learning_rate_init": 4e-3,
}
PAGES_LEFT_OUT: Final = (0.2, 0.3)
TEXT_LEFT_OUT: Final = (0.4, 0.0)
"""Shares of a row's words and names that a round of a first stage does not see, for pages and for text.

The names on a chain of elements say the same many times over: who always sees all of them learns pages by heart.
"""


@dataclass(slots=True)
class Firsts:
    """First stages of one kind: one without each fold, one without each pair of folds, and one that saw all."""

    scaler: StandardScaler
    networks: dict[tuple[int, ...], MLPClassifier]

    def opinions(self, data: Dataset, of_row: NDArray[np.int64]) -> dict[int | None, Floats]:
        """Return what the stages say of rows that they have not seen, (rows, classes) each.

        At None each row's opinion is that of the stage without the row's fold; at a fold k, of the one that has not
        seen fold k either.
        """
        matrix = rows_for(data, self.scaler)
        of_fold = [of_row == fold for fold in range(FOLDS)]
        alone = np.zeros((len(of_row), len(CLASSES)), dtype=np.float32)
        for fold, rows in enumerate(of_fold):
            alone[rows] = probabilities(self.networks[fold,], matrix[rows])
        result: dict[int | None, Floats] = {None: alone}
        for fold in range(FOLDS):
            result[fold] = alone.copy()
            for other, rows in enumerate(of_fold):
                if other != fold:
                    network = self.networks[min(fold, other), max(fold, other)]
                    result[fold][rows] = probabilities(network, matrix[rows])
        return result


def rows_for(data: Dataset, scaler: StandardScaler) -> csr_matrix:
    """Return a first stage's rows. One that was fitted on text without structure sees of a page no more than that."""
    width = len(scaler.mean_)
    parts = [data.words, csr_matrix(scaled(scaler, data.numbers[:, :width]))]
    if width > len(text.COLUMNS):
        parts.append(data.names)
    return hstack(parts, format="csr", dtype=np.float32)


def _fit_one(
    matrix: csr_matrix,
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    use: NDArray[np.bool_],
    drop: Floats,
    seed: int,
) -> MLPClassifier:
    rows = use & (weights > 0)
    seen = matrix[rows]
    network = fitted(MLPClassifier(**NETWORK, random_state=seed), seen, classes[rows], weights[rows], drop)
    # A column that no row has was never moved from where chance had put it.
    network.coefs_[0][seen.getnnz(axis=0) == 0] = 0.0
    return network


def fit(
    data: Dataset,
    of_site: Mapping[str, int],
    *,
    extra: tuple[csr_matrix, NDArray[np.int64], NDArray[np.float64]] | None,
    seed: int,
    jobs: int,
    title: str,
) -> Firsts:
    """Fit the first stages on `data`. Shows progress.

    `extra` are rows (words, numbers' columns excluded; classes; weights) that every stage learns from.
    """
    of_row = rows_of(data, of_site)
    scaler = StandardScaler().fit(data.numbers[data.weights > 0])
    matrix = rows_for(data, scaler)
    classes, weights = data.classes, data.weights
    if extra is not None:
        padded = hstack(
            [extra[0], csr_matrix((extra[0].shape[0], matrix.shape[1] - extra[0].shape[1]))],
            format="csr",
            dtype=np.float32,
        )
        matrix = vstack([matrix, padded], format="csr")
        classes = np.concatenate((classes, extra[1]))
        weights = np.concatenate((weights, extra[2]))
    fold_of = np.concatenate((of_row, np.full(matrix.shape[0] - len(of_row), -1)))
    out: list[tuple[int, ...]] = [(), *((i,) for i in range(FOLDS)), *itertools.combinations(range(FOLDS), 2)]
    run = Parallel(n_jobs=jobs, return_as="generator")
    drop = np.zeros(matrix.shape[1], dtype=np.float32)
    drop[: data.words.shape[1]], drop[matrix.shape[1] - data.names.shape[1] :] = (
        PAGES_LEFT_OUT if data.names.shape[1] else TEXT_LEFT_OUT
    )
    tasks = (delayed(_fit_one)(matrix, classes, weights, ~np.isin(fold_of, left), drop, seed) for left in out)
    networks = tqdm(run(tasks), total=len(out), desc=f"{title}: first stage", unit="fit")
    return Firsts(scaler, dict(zip(out, networks, strict=True)))
