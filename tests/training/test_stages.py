from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from app.labels import CLASSES, LABELS
from app.model import by_label, calibrated, choose
from app.network import scaled
from app.vocabulary import Vocabulary
from tests import tiny
from tests.training.conftest import Make
from training import dataset, stages
from training.corpus import CLASS_OF, Example
from training.dataset import Dataset
from training.decision import HIT_RATE
from training.stages import FOLDS, LABEL_OF, Fitted

MAIN, NAVIGATION = CLASS_OF["content", "main"], CLASS_OF["navigation", None]
DONATION = CLASS_OF["appeal", "donation"]


def fit(data: Dataset, extra: Any = None, seed: int = 0) -> Fitted:
    with tiny.fitting():
        return stages.fit(data, extra=extra, seed=seed, jobs=1, title="test")


def test_every_class_has_its_label() -> None:
    assert [LABELS[label] for label in LABEL_OF] == [label for label, _ in CLASSES]


def test_a_site_is_in_one_fold_and_every_fold_has_pages_to_test_on(data: Dataset) -> None:
    of_row = stages.folds(data)
    sites: dict[str, set[int]] = {}
    tested = [0] * FOLDS
    for number, example in enumerate(data.examples):
        found = set(of_row[data.starts[number] : data.starts[number + 1]].tolist())
        sites.setdefault(example.site, set()).update(found)
        tested[next(iter(found))] += example.full
    assert all(len(folds) == 1 for folds in sites.values())
    assert {fold for folds in sites.values() for fold in folds} == set(range(FOLDS))
    assert max(tested) - min(tested) <= tiny.PAGES


def test_a_site_with_many_pages_does_not_unbalance_the_folds(make: Make) -> None:
    examples = [make("<p>a</p>", MAIN, site="large.test", name=f"l{at}") for at in range(8)]
    examples += [make("<p>a</p>", MAIN, site=f"{at}.test", name=f"s{at}") for at in range(32)]
    known = Vocabulary()
    data = dataset.build(examples, dataset.collect(examples, known), known, markup=True)
    assert np.bincount(stages.folds(data)).tolist() == [8] * FOLDS


def test_tested_are_labelled_texts_of_pages_that_were_read_in_full(make: Make) -> None:
    html = "<p>a</p><p><img></p><p>b</p>"
    examples = [
        make(html, MAIN, MAIN, -1),
        make(html, MAIN, MAIN, -1, how="review"),
        make(html, MAIN, MAIN, -1, how="own"),
    ]
    known = Vocabulary()
    data = dataset.build(examples, dataset.collect(examples, known), known, markup=True)
    assert stages.testable(data).tolist() == [True, False, False] + [False] * 6


def test_every_row_gets_probabilities_and_a_label(data: Dataset, fitted: Fitted) -> None:
    count = len(data.classes)
    assert fitted.classes.shape == (count, len(CLASSES))
    assert fitted.labels.shape == (count, len(LABELS))
    np.testing.assert_allclose(fitted.classes.sum(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(fitted.labels.sum(axis=1), 1, atol=1e-4)
    assert set(fitted.chosen.tolist()) <= set(range(len(LABELS)))
    gold = LABEL_OF[data.classes]
    assert (fitted.chosen == gold)[stages.testable(data)].mean() > 0.85


def test_the_calibration_and_the_rule_that_are_kept_are_fitted_on_all_tested_rows(
    data: Dataset, fitted: Fitted
) -> None:
    labels = calibrated(fitted.calibration, by_label(fitted.classes))
    test = stages.testable(data)
    gold = LABEL_OF[data.classes]
    assert (choose(labels, fitted.rule) == gold)[test].mean() > 0.85
    # Calibrated probabilities of a label are as many as there are of it (logistic regression without much penalty).
    np.testing.assert_allclose(labels[test].mean(axis=0), np.bincount(gold[test]) / test.sum(), atol=0.02)


def right(classes: NDArray[Any], gold: NDArray[np.int64], rows: NDArray[np.bool_]) -> float:
    return float((classes.argmax(axis=1) == gold)[rows].mean())


def test_the_opinion_of_a_page_comes_from_stages_that_have_not_seen_its_site(data: Dataset, fitted: Fitted) -> None:
    """With the labels of one fold's sites swapped, only what was trained on them can say the swapped labels."""
    fold = stages.folds(data) == 2
    swap = np.arange(len(CLASSES))
    swap[[MAIN, NAVIGATION]] = NAVIGATION, MAIN
    swapped = np.where(fold, swap[data.classes], data.classes)
    after = fit(replace(data, classes=swapped))
    matrix = stages.first_matrix(data, scaled(after.scaler, data.numbers))
    seen = after.first.predict_proba(matrix)
    assert right(after.classes, data.classes, fold) > right(fitted.classes, data.classes, fold) - 0.05
    assert right(after.classes, data.classes, fold) > right(seen, data.classes, fold) + 0.05
    assert right(after.classes, swapped, fold) < right(seen, swapped, fold) - 0.05


def test_weights_are_those_that_half_precision_can_hold(fitted: Fitted) -> None:
    for network in (fitted.first, *fitted.second):
        assert isinstance(network, MLPClassifier)
        assert network.classes_.tolist() == list(range(len(CLASSES)))
        for weights in network.coefs_:
            assert weights.dtype == np.float32
            np.testing.assert_array_equal(weights, weights.astype(np.float16).astype(np.float32))


def test_the_same_seed_gives_the_same_fit_and_another_a_different_one(data: Dataset, fitted: Fitted) -> None:
    again, other = fit(data), fit(data, seed=1)
    np.testing.assert_array_equal(again.classes, fitted.classes)
    np.testing.assert_array_equal(again.first.coefs_[0], fitted.first.coefs_[0])
    assert again.rule == fitted.rule
    assert not np.array_equal(other.classes, fitted.classes)


def test_the_first_stage_learns_from_extra_rows_too(examples: list[Example]) -> None:
    known = Vocabulary(growing=True)
    described = dataset.collect(examples, known)
    plea = known.numbers("word", [f"on-no-page-{at}" for at in range(50)])
    known.growing = False
    data = dataset.build(examples, described, known, markup=True)
    rows = dataset.ones([plea] * 30, known.words)
    after = fit(data, (rows, np.full(30, DONATION), np.full(30, 3.0)))
    row = np.zeros((1, after.first.coefs_[0].shape[0]))
    row[0, plea] = 1
    assert after.first.predict_proba(row)[0].argmax() == DONATION
    assert after.classes.shape == (len(data.classes), len(CLASSES))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # no appeal or advert to take a mean of
def test_a_corpus_without_some_classes_still_makes_networks_for_all(data: Dataset) -> None:
    few = np.where(LABEL_OF[data.classes] == 0, MAIN, NAVIGATION)
    only = fit(replace(data, classes=few))
    assert only.first.classes_.tolist() == list(range(len(CLASSES)))
    assert set(only.classes.argmax(axis=1).tolist()) <= {MAIN, NAVIGATION}


def test_labels_that_a_rule_could_win_by_are_within_the_bound_on_lost_content(data: Dataset, fitted: Fitted) -> None:
    test, gold = stages.testable(data), LABEL_OF[data.classes]
    labels = calibrated(fitted.calibration, by_label(fitted.classes))
    chosen = choose(labels, fitted.rule)
    content = test & (gold == 0)
    hit = (chosen[content] == 1) | (chosen[content] == 2)
    assert hit.mean() <= HIT_RATE + 1 / content.sum()
