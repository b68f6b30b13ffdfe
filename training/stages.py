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
from training.corpus import FULL, Example
from training.dataset import Dataset
from training.decision import calibrate
from training.networks import fitted

Floats = NDArray[np.float32]

FOLDS: Final = 5
FIRST: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (32,),
    "alpha": 0.1,
    "batch_size": 4096,
    "max_iter": 5,
    "learning_rate_init": 4e-3,
}
SECOND: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (64,),
    "alpha": 1.0,
    "batch_size": 512,
    "max_iter": 8,
    "learning_rate_init": 1e-3,
}
ENSEMBLE: Final = 4
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


def folds(examples: Sequence[Example]) -> dict[str, int]:
    """Return each site's fold, so that every fold has a like share of the pages to test on."""
    load: dict[str, int] = {}
    for example in examples:
        load[example.site] = load.get(example.site, 0) + (5 if example.full else 1)
    sums = [0] * FOLDS
    of_site = {}
    for site in sorted(load, key=lambda site: (-load[site], site)):
        fold = sums.index(min(sums))
        of_site[site] = fold
        sums[fold] += load[site]
    return of_site


def rows_of(data: Dataset, of_site: Mapping[str, int]) -> NDArray[np.int64]:
    """Return each row's fold."""
    return np.array([of_site[example.site] for example in data.examples])[data.pages]


def first_matrix(data: Dataset, scaler: StandardScaler) -> csr_matrix:
    """Return a first stage's rows. One that was fitted on text without structure sees of a page no more than that."""
    width = len(scaler.mean_)
    parts = [data.words, csr_matrix(scaled(scaler, data.numbers[:, :width]))]
    if width > len(text.COLUMNS):
        parts.append(data.names)
    return hstack(parts, format="csr", dtype=np.float32)


def _fit_first(
    matrix: csr_matrix, classes: NDArray[np.int64], weights: NDArray[np.float64], use: NDArray[np.bool_], seed: int
) -> MLPClassifier:
    rows = use & (weights > 0)
    seen = matrix[rows]
    network = fitted(MLPClassifier(**FIRST, random_state=seed), seen, classes[rows], weights[rows])
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
    tasks = (delayed(_fit_first)(matrix, classes, weights, ~np.isin(fold_of, left), seed) for left in out)
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
    for left_out in tqdm((None, *range(FOLDS)), desc=f"{title}: second stage", unit="fold"):
        rows = scaled(rescaler, _second_input(data, [each[left_out] for each in heard]))
        use, test = trained & (of_row != (-1 if left_out is None else left_out)), of_row == left_out
        ready, of_class, of_weight = rows[use], data.classes[use], data.weights[use]
        members = list(
            run(delayed(_fit_second)(ready, of_class, of_weight, seed + member) for member in range(ENSEMBLE))
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


def _fit_second(rows: Floats, classes: NDArray[np.int64], weights: NDArray[np.float64], seed: int) -> MLPClassifier:
    return fitted(MLPClassifier(**SECOND, random_state=seed), rows, classes, weights)


def testable(data: Dataset, how: str) -> NDArray[np.bool_]:
    """Return which rows are tested on: labelled text units of the pages that were labelled so.

    FULL are those whose every unit was shown to their reader; THINNED_FULL these cut down to a few blocks.
    """
    tested = np.array([example.how == how for example in data.examples])[data.pages]
    return tested & data.texts & (data.classes >= 0)


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
