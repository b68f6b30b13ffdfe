"""A head's estimators and how they are fitted on what the first stages say: second stage, calibration."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app import rules
from app.boxes import agreed, settle
from app.labels import CLASSES, SPANS
from app.model import Rule, calibrated, choose, second_input, shares
from app.network import by_label, probabilities, scaled
from training.corpus import FULL
from training.dataset import Dataset
from training.decision import calibrate
from training.firsts import Firsts
from training.networks import fitted
from training.splits import FOLDS, rows_of, testable

Floats = NDArray[np.float32]

SECOND: Final[dict[str, Any]] = {
    "hidden_layer_sizes": (128,),
    "alpha": 1.0,
    "batch_size": 512,
    "max_iter": 8,
    "learning_rate_init": 1e-3,
}
ENSEMBLE: Final = 2
SECOND_LEFT_OUT: Final = 0.1
SHARED_LEFT_OUT: Final = 0.5
"""Shares of what the second stage sees that a round leaves out, of all and of what all blocks of a page share."""
_LEFT_OUT: Final = (None, *range(FOLDS))
"""The folds without which the second stage is fitted, once without leaving any out: for the model itself."""
LABEL_OF: Final = np.array([label for label, (start, end) in enumerate(SPANS) for _ in range(start, end)])


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
    opinion = np.zeros((len(of_row), len(CLASSES)), dtype=np.float32)
    final: list[MLPClassifier] = []

    def describe(fold: int | None) -> Floats:
        return scaled(rescaler, _second_input(data, [each[fold] for each in heard]))

    fits = _second_fits(describe, data, of_row, seed, jobs)
    for left_out, members, unseen in tqdm(fits, total=len(_LEFT_OUT), desc=f"{title}: second stage", unit="fold"):
        if left_out is None:
            final = members
        else:
            opinion[of_row == left_out] = sum(probabilities(network, unseen) for network in members) / ENSEMBLE
    calibration, labels, chosen = _decide(data, opinion, of_row, rule)
    own = firsts[0]
    return Fitted(own.scaler, own.networks[()], rescaler, final, calibration, rule, opinion, labels, chosen)


def _second_fits(
    describe: Callable[[int | None], Floats], data: Dataset, of_row: NDArray[np.int64], seed: int, jobs: int
) -> Iterator[tuple[int | None, list[MLPClassifier], Floats]]:
    """Yield what is left out, the networks fitted on the others' rows, and its own rows, for each of `_LEFT_OUT`.

    `describe` makes the rows; those of the next fold are described while networks are being fitted.
    """
    run = Parallel(n_jobs=jobs, return_as="generator")
    shared = len(data.features[0].page)
    waiting: tuple[int | None, Iterable[MLPClassifier], Floats] | None = None
    for left_out in _LEFT_OUT:
        rows = describe(left_out)
        if waiting is not None:
            yield waiting[0], list(waiting[1]), waiting[2]
        use = (data.weights > 0) & (of_row != (-1 if left_out is None else left_out))
        ready = rows[use], data.classes[use], data.weights[use], shared
        tasks = [delayed(_fit_second)(*ready, seed + member) for member in range(ENSEMBLE)]
        waiting = left_out, run(tasks), rows[of_row == left_out]
        del rows, ready, tasks  # a gigabyte and a half each, while the next ones are described
    if waiting is not None:
        yield waiting[0], list(waiting[1]), waiting[2]


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
