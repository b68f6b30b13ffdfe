"""The estimators and how they are fitted: first stage, second stage, calibration, offsets.

The second stage is trained on what the first one says of pages that it has not seen. For an honest test by site, a
fold's test pages must not have been seen by the first stages that speak to the second stage's training either:
besides a first stage without fold i for every i there is one without folds i and j for every pair.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app import rules, text
from app.boxes import agreed, settle
from app.labels import CLASSES, SPANS
from app.model import Rule, calibrated, choose, second_input, shares
from app.network import by_label, probabilities, scaled
from training.corpus import FULL
from training.dataset import Dataset
from training.decision import calibrate
from training.networks import fitted
from training.splits import FOLDS, rows_of, testable

Floats = NDArray[np.float32]

FIRST: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (32,),
    "alpha": 0.1,
    "batch_size": 4096,
    "max_iter": 5,
    "learning_rate_init": 4e-3,
}
SECOND: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (128,),
    "alpha": 1.0,
    "batch_size": 512,
    "max_iter": 8,
    "learning_rate_init": 1e-3,
}
ENSEMBLE: Final = 2
PAGES_LEFT_OUT: Final = (0.2, 0.3)
TEXT_LEFT_OUT: Final = (0.4, 0.0)
"""Shares of a row's words and names that a round of a first stage does not see, for pages and for text.

The names on a chain of elements say the same many times over: who always sees all of them learns pages by heart.
"""
SECOND_LEFT_OUT: Final = 0.1
SHARED_LEFT_OUT: Final = 0.5
"""The same for what the second stage sees, and for those columns of it that all blocks of a page share."""
LABEL_OF: Final = np.array([label for label, (start, end) in enumerate(SPANS) for _ in range(start, end)])


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
        matrix = first_matrix(data, self.scaler)
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


@dataclass(slots=True)
class Fitted:
    """One head's estimators, ready to be saved, and its cross-validated opinion of every row."""

    scaler: StandardScaler
    first: MLPClassifier
    rescaler: StandardScaler
    second: list[MLPClassifier]
    calibration: LogisticRegression
    rule: Rule
    classes: Floats  # (rows, classes), from the fold whose training has not seen the row's site
    labels: Floats  # (rows, 4), calibrated on other folds
    chosen: NDArray[np.int64]


def first_matrix(data: Dataset, scaler: StandardScaler) -> csr_matrix:
    """Return a first stage's rows. One that was fitted on text without structure sees of a page no more than that."""
    width = len(scaler.mean_)
    parts = [data.words, csr_matrix(scaled(scaler, data.numbers[:, :width]))]
    if width > len(text.COLUMNS):
        parts.append(data.names)
    return hstack(parts, format="csr", dtype=np.float32)


def _fit_first(
    matrix: csr_matrix,
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    use: NDArray[np.bool_],
    drop: Floats,
    seed: int,
) -> MLPClassifier:
    rows = use & (weights > 0)
    seen = matrix[rows]
    network = fitted(MLPClassifier(**FIRST, random_state=seed), seen, classes[rows], weights[rows], drop)
    # A column that no row has was never moved from where chance had put it.
    network.coefs_[0][seen.getnnz(axis=0) == 0] = 0.0
    return network


def fit_first(
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
    matrix = first_matrix(data, scaler)
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
    tasks = (delayed(_fit_first)(matrix, classes, weights, ~np.isin(fold_of, left), drop, seed) for left in out)
    networks = tqdm(run(tasks), total=len(out), desc=f"{title}: first stage", unit="fit")
    return Firsts(scaler, dict(zip(out, networks, strict=True)))


def fit(
    data: Dataset,
    of_site: Mapping[str, int],
    firsts: Sequence[Firsts],
    rule: Rule,
    *,
    seed: int,
    jobs: int,
    title: str,
) -> Fitted:
    """Fit a head's second stage on what the first ones say, and return the head with its cross-validated opinion.

    `firsts` are the head's own first stages, then others to be heard; `rule` chooses its labels. Shows progress.
    """
    of_row = rows_of(data, of_site)
    trained = data.weights > 0
    heard = [each.opinions(data, of_row) for each in firsts]
    rescaler = StandardScaler().fit(_second_input(data, [each[None] for each in heard])[trained])
    run = Parallel(n_jobs=jobs, return_as="generator")
    opinion = np.zeros((len(of_row), len(CLASSES)), dtype=np.float32)
    final: list[MLPClassifier] = []
    shared = len(data.features[0].page)
    for left_out in tqdm((None, *range(FOLDS)), desc=f"{title}: second stage", unit="fold"):
        rows = scaled(rescaler, _second_input(data, [each[left_out] for each in heard]))
        use, test = trained & (of_row != (-1 if left_out is None else left_out)), of_row == left_out
        ready, of_class, of_weight = rows[use], data.classes[use], data.weights[use]
        members = list(
            run(delayed(_fit_second)(ready, of_class, of_weight, shared, seed + member) for member in range(ENSEMBLE))
        )
        if left_out is None:
            final = members
        else:
            opinion[test] = sum(probabilities(network, rows[test]) for network in members) / ENSEMBLE
    calibration, labels, chosen = _decide(data, opinion, of_row, rule)
    own = firsts[0]
    return Fitted(own.scaler, own.networks[()], rescaler, final, calibration, rule, opinion, labels, chosen)


def _second_input(data: Dataset, opinions: Sequence[Floats]) -> Floats:
    parts = []
    for page, seen in enumerate(data.features):
        start, end = data.starts[page], data.starts[page + 1]
        if end > start:
            parts.append(second_input(seen, [each[start:end] for each in opinions]))
    return np.vstack(parts)


def _fit_second(
    rows: Floats, classes: NDArray[np.int64], weights: NDArray[np.float64], shared: int, seed: int
) -> MLPClassifier:
    """Fit a network on rows of which the last `shared` columns are the same for all blocks of a page."""
    drop = np.full(rows.shape[1], SECOND_LEFT_OUT, dtype=np.float32)
    drop[len(drop) - shared :] = SHARED_LEFT_OUT
    return fitted(MLPClassifier(**SECOND, random_state=seed), rows, classes, weights, drop)


def _decide(
    data: Dataset, opinion: Floats, of_row: NDArray[np.int64], rule: Rule
) -> tuple[LogisticRegression, Floats, NDArray[np.int64]]:
    """Fit the calibration, cross-fit it for the rows' own figures, and choose their labels."""
    raw = by_label(opinion)
    gold = LABEL_OF[np.maximum(data.classes, 0)]
    test = testable(data, FULL)
    labels = np.zeros_like(raw)
    chosen = np.zeros(len(raw), dtype=np.int64)
    for fold in range(FOLDS):
        use, here = test & (of_row != fold), of_row == fold
        calibration = calibrate(raw[use], gold[use])
        labels[here] = calibrated(calibration, raw[here])
    for page, seen in enumerate(data.features):
        rows = slice(data.starts[page], data.starts[page + 1])
        said = agreed(labels[rows], seen.around)
        settled = settle(choose(said, rule), labels[rows], seen.around)
        if seen.around.boxes:
            classes = shares(opinion[rows], labels[rows])
            settled = rules.settle(settled, classes, data.examples[page].page, {})
        chosen[rows] = settled
    return calibrate(raw[test], gold[test]), labels, chosen
