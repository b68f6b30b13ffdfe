from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.neural_network import MLPClassifier

from app.labels import CLASSES
from app.network import probabilities
from training.networks import fitted

Floats = NDArray[np.float32]

ROWS = 600
TOLD, COPY = 0, 1


def examples() -> tuple[Floats, NDArray[np.int64]]:
    """Rows of eight columns, of which the first says the class (0 or 9) and the second the same, the others nothing."""
    chance = np.random.default_rng(7)
    rows = chance.integers(0, 2, (ROWS, 8)).astype(np.float32)
    rows[:, COPY] = rows[:, TOLD]
    return rows, np.where(rows[:, TOLD] > 0, len(CLASSES) - 1, 0)


def fit(rows: Floats | csr_matrix, classes: NDArray[np.int64], drop: Floats, seed: int = 3) -> MLPClassifier:
    network = MLPClassifier((6,), alpha=0.0, batch_size=50, max_iter=12, learning_rate_init=0.02, random_state=seed)
    return fitted(network, rows, classes, np.ones(len(classes)), drop)


def left_out(*shares: float) -> Floats:
    return np.array([*shares, *[0.0] * (8 - len(shares))], dtype=np.float32)


@pytest.mark.parametrize("sparse", [False, True])
def test_a_network_learns_what_it_sees_in_part_and_answers_for_every_class(*, sparse: bool) -> None:
    rows, classes = examples()
    network = fit(csr_matrix(rows) if sparse else rows, classes, np.full(8, 0.3, dtype=np.float32))
    said = probabilities(network, rows)
    assert said.shape == (ROWS, len(CLASSES))
    assert (said.argmax(axis=1) == classes).all()
    assert network.classes_.tolist() == list(range(len(CLASSES)))


@pytest.mark.parametrize("sparse", [False, True])
def test_a_column_that_is_always_left_out_teaches_nothing_and_one_never_left_out_all(*, sparse: bool) -> None:
    """Nearly always: what is seen counts for as much more as it is seen less, so that all of it cannot be left out."""
    rows, classes = examples()
    given = csr_matrix(rows) if sparse else rows
    network = fit(given, classes, left_out(0.0, 0.999))
    rows[:, COPY] = 1.0 - rows[:, COPY]
    assert (probabilities(network, rows).argmax(axis=1) == classes).all()


def test_what_is_seen_in_part_counts_for_as_much_on_average() -> None:
    """A column seen half the time weighs twice as much then: a network that sees all of it is as sure as any."""
    rows, classes = examples()
    whole = fit(rows, classes, left_out())
    half = fit(rows, classes, left_out(0.5, 0.5))
    sure = [probabilities(each, rows)[np.arange(ROWS), classes].mean() for each in (whole, half)]
    assert min(sure) > 0.9


@pytest.mark.parametrize("sparse", [False, True])
def test_the_same_seed_gives_the_same_network_and_the_rows_stay_as_they_are(*, sparse: bool) -> None:
    rows, classes = examples()
    given: Any = csr_matrix(rows) if sparse else rows.copy()
    drop = np.full(8, 0.4, dtype=np.float32)
    first, again, other = fit(given, classes, drop), fit(given, classes, drop), fit(given, classes, drop, seed=4)
    assert np.array_equal(first.coefs_[0], again.coefs_[0])
    assert not np.array_equal(first.coefs_[0], other.coefs_[0])
    assert np.array_equal(given.toarray() if sparse else given, rows)
    assert first.random_state == 3


def test_each_round_leaves_out_others() -> None:
    """With one drawing for all rounds, half of the rows would never show their only column."""
    rows, classes = np.eye(8, dtype=np.float32), np.arange(8)
    many = MLPClassifier((16,), alpha=0.0, batch_size=8, max_iter=400, learning_rate_init=0.02, random_state=0)
    network = fitted(many, rows, classes, np.ones(8), np.full(8, 0.5, dtype=np.float32))
    assert (probabilities(network, rows).argmax(axis=1) == classes).all()


def test_weights_are_kept_as_the_file_holds_them_and_nothing_that_only_training_needs() -> None:
    rows, classes = examples()
    network = fit(rows, classes, left_out())
    for weights in network.coefs_:
        assert weights.dtype == np.float32
        assert np.array_equal(weights, weights.astype(np.float16).astype(np.float32))
        assert (np.abs(weights[weights != 0]) >= 2.0**-12).all()
    assert not {"_optimizer", "_random_state", "loss_curve_"} & vars(network).keys()
