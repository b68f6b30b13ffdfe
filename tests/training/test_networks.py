from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse
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


def fit(
    rows: Floats | csr_matrix,
    classes: NDArray[np.int64],
    drop: Floats,
    seed: int = 3,
    rates: Sequence[float] = (1.0,) * 12,
) -> MLPClassifier:
    network = MLPClassifier((6,), alpha=0.0, batch_size=50, learning_rate_init=0.02, random_state=seed)
    return fitted(network, rows, classes, np.ones(len(classes)), drop, rates)


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
    """Nearly always: what is seen counts for as much more as it is seen less, so that one in 256 is always kept."""
    rows, classes = examples()
    given = csr_matrix(rows) if sparse else rows
    network = fit(given, classes, left_out(0.0, 0.999))
    rows[:, COPY] = 1.0 - rows[:, COPY]
    assert (probabilities(network, rows).argmax(axis=1) == classes).all()


class Watched(MLPClassifier):  # type: ignore[misc]
    """A network that keeps what it is shown."""

    shown: tuple[Floats, ...] = ()

    def partial_fit(self, rows: Any, *rest: Any, **named: Any) -> "Watched":
        self.shown = (*self.shown, rows.toarray() if issparse(rows) else rows.copy())
        super().partial_fit(rows, *rest, **named)
        return self


@pytest.mark.parametrize("sparse", [False, True])
def test_what_is_seen_in_part_counts_for_as_much_on_average(*, sparse: bool) -> None:
    """A column that is seen half the time weighs twice as much then."""
    rows, classes = examples()
    network = Watched((6,), batch_size=50, random_state=3)
    drop = left_out(0.5, 0.25)
    fitted(network, csr_matrix(rows) if sparse else rows, classes, np.ones(ROWS), drop, (1.0,) * 20)
    shown = np.mean(network.shown, axis=0)
    assert set(np.unique(network.shown[0][:, TOLD])) == {0.0, 2.0}
    np.testing.assert_allclose(shown.mean(axis=0), rows.mean(axis=0), rtol=0.05)
    np.testing.assert_array_equal(shown[:, 2:], rows[:, 2:])


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
    many = MLPClassifier((16,), alpha=0.0, batch_size=8, learning_rate_init=0.02, random_state=0)
    network = fitted(many, rows, classes, np.ones(8), np.full(8, 0.5, dtype=np.float32), (1.0,) * 400)
    assert (probabilities(network, rows).argmax(axis=1) == classes).all()


def test_a_round_learns_as_fast_as_it_is_told() -> None:
    """Rounds that learn hardly anything leave what the ones before them have taught."""
    rows, classes = examples()
    once = fit(rows, classes, left_out(), rates=(1.0,))
    still, moved = (fit(rows, classes, left_out(), rates=(1.0, share, share)) for share in (1e-6, 1.0))
    assert np.abs(still.coefs_[0] - once.coefs_[0]).max() < 1e-3
    assert np.abs(moved.coefs_[0] - once.coefs_[0]).max() > 1e-2


def test_the_first_round_learns_at_the_networks_own_rate() -> None:
    rows, classes = examples()
    with pytest.raises(ValueError, match="first round"):
        fit(rows, classes, left_out(), rates=(0.5, 1.0))


def test_weights_are_kept_as_the_file_holds_them_and_nothing_that_only_training_needs() -> None:
    rows, classes = examples()
    network = fit(rows, classes, left_out())
    for weights in network.coefs_:
        assert weights.dtype == np.float32
        assert np.array_equal(weights, weights.astype(np.float16).astype(np.float32))
        assert (np.abs(weights[weights != 0]) >= 2.0**-12).all()
    assert not {"_optimizer", "_random_state", "loss_curve_"} & vars(network).keys()
