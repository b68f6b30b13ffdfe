import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from app import pagewide, text
from app.context import OPINION_COLUMNS, PLACE_COLUMNS
from app.features import NUMBERS
from app.labels import CLASSES, LABELS
from app.model import PAGE, calibrated, choose
from app.network import by_label
from app.vocabulary import Vocabulary
from tests import tiny
from tests.training.conftest import as_text, fit_first
from training import dataset, firsts, splits, stages
from training.corpus import CLASS_OF, FULL, Example
from training.dataset import Dataset
from training.decision import RULES
from training.firsts import Firsts
from training.splits import FOLDS
from training.stages import LABEL_OF, Fitted

MAIN, NAVIGATION = CLASS_OF["content", "main"], CLASS_OF["navigation", None]
DONATION = CLASS_OF["appeal", "donation"]


def fit(data: Dataset, extra: Any = None, seed: int = 0) -> Fitted:
    """A head that hears both ways of reading a page, fitted anew."""
    heard = [fit_first(data, extra, seed), fit_first(as_text(data), extra, seed)]
    with tiny.fitting():
        return stages.fit(data, splits.folds(data.examples), heard, RULES[PAGE], seed=seed, jobs=1, title="test")


def fold_of(data: Dataset) -> NDArray[np.int64]:
    return splits.rows_of(data, splits.folds(data.examples))


def test_every_class_has_its_label() -> None:
    assert [LABELS[label] for label in LABEL_OF] == [label for label, _ in CLASSES]


def test_every_row_gets_probabilities_and_a_label(data: Dataset, fitted: Fitted) -> None:
    count = len(data.classes)
    assert fitted.classes.shape == (count, len(CLASSES))
    assert fitted.labels.shape == (count, len(LABELS))
    np.testing.assert_allclose(fitted.classes.sum(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(fitted.labels.sum(axis=1), 1, atol=1e-4)
    assert set(fitted.chosen.tolist()) <= set(range(len(LABELS)))
    gold = LABEL_OF[data.classes]
    assert (fitted.chosen == gold)[splits.testable(data, FULL)].mean() > 0.85


def test_the_calibration_that_is_kept_is_fitted_on_all_tested_rows(data: Dataset, fitted: Fitted) -> None:
    labels = calibrated(fitted.calibration, by_label(fitted.classes))
    test = splits.testable(data, FULL)
    gold = LABEL_OF[data.classes]
    assert (choose(labels, fitted.rule) == gold)[test].mean() > 0.85
    # Calibrated probabilities of a label are as many as there are of it (logistic regression without much penalty).
    np.testing.assert_allclose(labels[test].mean(axis=0), np.bincount(gold[test]) / test.sum(), atol=0.02)


def right(classes: NDArray[Any], gold: NDArray[np.int64], rows: NDArray[np.bool_]) -> float:
    return float((classes.argmax(axis=1) == gold)[rows].mean())


def test_the_opinion_of_a_page_comes_from_stages_that_have_not_seen_its_site(data: Dataset, fitted: Fitted) -> None:
    """With the labels of one fold's sites swapped, only what was trained on them can say the swapped labels."""
    fold = fold_of(data) == 2
    swap = np.arange(len(CLASSES))
    swap[[MAIN, NAVIGATION]] = NAVIGATION, MAIN
    swapped = np.where(fold, swap[data.classes], data.classes)
    after = fit(replace(data, classes=swapped))
    matrix = firsts.rows_for(data, after.scaler)
    seen = after.first.predict_proba(matrix)
    assert right(after.classes, data.classes, fold) > right(fitted.classes, data.classes, fold) - 0.05
    assert right(after.classes, data.classes, fold) > right(seen, data.classes, fold) + 0.05
    assert right(after.classes, swapped, fold) < right(seen, swapped, fold) - 0.05


def test_a_stage_without_some_folds_has_learnt_nothing_of_their_labels(data: Dataset, pages: Firsts) -> None:
    """Whatever the labels in a fold are, the stages without it are the same to the last bit; all others differ."""
    swap = np.arange(len(CLASSES))
    swap[[MAIN, NAVIGATION]] = NAVIGATION, MAIN
    after = fit_first(replace(data, classes=np.where(fold_of(data) == 3, swap[data.classes], data.classes)))
    assert len(pages.networks) == 1 + FOLDS + FOLDS * (FOLDS - 1) // 2
    for left_out, network in pages.networks.items():
        same = np.array_equal(network.coefs_[0], after.networks[left_out].coefs_[0])
        assert same == (3 in left_out), left_out


def test_an_opinion_on_a_row_is_of_the_stage_without_its_fold_and_the_one_tested_on(data: Dataset) -> None:
    """Stages that say nothing but who they are: the number of the class that each is sure of."""
    of_row = fold_of(data)
    pairs = list(itertools.combinations(range(FOLDS), 2))  # as many as there are classes
    names: dict[tuple[int, ...], int] = {(fold,): fold for fold in range(FOLDS)}
    names |= {pair: number for number, pair in enumerate(pairs)}
    scaler = StandardScaler().fit(data.numbers)
    width = firsts.rows_for(data, scaler).shape[1]
    networks = {left_out: sure(width, name, len(left_out)) for left_out, name in names.items()}
    heard = Firsts(scaler, networks).opinions(data, of_row)
    assert set(heard) == {None, *range(FOLDS)}
    for tested, opinion in heard.items():
        for fold in range(FOLDS):
            left_out = (fold,) if tested in {None, fold} else tuple(sorted((fold, tested or 0)))
            rows = opinion[of_row == fold]
            assert len(rows)
            assert set(rows.argmax(axis=1).tolist()) == {names[left_out]}
            assert (rows.max(axis=1) > 0.99).all() == (len(left_out) == 2)


def sure(width: int, named: int, strength: int) -> Any:
    """A network without a hidden layer that is sure of one class (surer with more strength), whatever the row."""
    logits = np.zeros(len(CLASSES), dtype=np.float32)
    logits[named] = 5.0 * strength
    return SimpleNamespace(coefs_=[np.zeros((width, len(CLASSES)), dtype=np.float32)], intercepts_=[logits])


def test_the_second_stage_hears_every_opinion_that_it_is_given(data: Dataset, pages: Firsts, fitted: Fitted) -> None:
    with tiny.fitting():
        alone = stages.fit(data, splits.folds(data.examples), [pages], RULES[PAGE], seed=0, jobs=1, title="test")
    numbers, opinion = len(NUMBERS) + len(PLACE_COLUMNS), len(OPINION_COLUMNS)
    shared = len(pagewide.COLUMNS)
    assert len(alone.rescaler.mean_) == numbers + opinion + shared
    assert len(fitted.rescaler.mean_) == numbers + 2 * opinion + shared
    np.testing.assert_array_equal(alone.first.coefs_[0], fitted.first.coefs_[0])
    np.testing.assert_allclose(alone.rescaler.mean_[:-shared], fitted.rescaler.mean_[: numbers + opinion])
    np.testing.assert_allclose(alone.rescaler.mean_[-shared:], fitted.rescaler.mean_[-shared:])


def test_a_stage_fitted_on_text_says_of_pages_what_scikit_learn_says_of_their_text(data: Dataset) -> None:
    plain = fit_first(as_text(data))
    of_row = fold_of(data)
    matrix = firsts.rows_for(as_text(data), plain.scaler)
    assert matrix.shape[1] == data.words.shape[1] + len(text.COLUMNS)
    opinion = plain.opinions(data, of_row)[None]
    for fold in range(FOLDS):
        rows = of_row == fold
        wanted = plain.networks[fold,].predict_proba(matrix[rows])
        np.testing.assert_allclose(opinion[rows], wanted, atol=1e-4)


def test_columns_that_a_stage_has_not_seen_have_no_weight(examples: list[Example]) -> None:
    """Chance had put some weight there, and nothing would have moved it; a page may hold the word all the same."""
    known = Vocabulary(growing=True)
    described = dataset.collect(examples, known)
    nowhere = known.numbers("word", ["on-no-page"])
    known.growing = False
    data = dataset.build(examples, described, known, markup=True)
    found = fit_first(data)
    matrix = firsts.rows_for(data, found.scaler)
    of_row = fold_of(data)
    learnt = data.weights > 0
    for left_out, network in found.networks.items():
        seen = matrix[learnt & ~np.isin(of_row, left_out)].getnnz(axis=0) > 0
        weighty = (network.coefs_[0] != 0).any(axis=1)
        assert not weighty[nowhere].any()
        assert not weighty[~seen].any()
        assert weighty[seen].mean() > 0.99
    only = (matrix[learnt & (of_row == 0)].getnnz(axis=0) > 0) & (matrix[learnt & (of_row != 0)].getnnz(axis=0) == 0)
    assert only.any(), "no column is in fold 0 alone: the test says nothing of folds"


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
    assert again.rule == fitted.rule == RULES[PAGE]
    assert not np.array_equal(other.classes, fitted.classes)


def test_every_first_stage_learns_from_extra_rows_too(examples: list[Example]) -> None:
    known = Vocabulary(growing=True)
    described = dataset.collect(examples, known)
    plea = known.numbers("word", [f"on-no-page-{at}" for at in range(50)])
    known.growing = False
    data = dataset.build(examples, described, known, markup=True)
    rows = dataset.ones([plea] * 30, known.words)
    for seen in (data, as_text(data)):
        found = fit_first(seen, (rows, np.full(30, DONATION), np.full(30, 3.0)))
        for left_out, network in found.networks.items():
            row = np.zeros((1, network.coefs_[0].shape[0]))
            row[0, plea] = 1
            assert network.predict_proba(row)[0].argmax() == DONATION, left_out
        assert found.opinions(data, fold_of(data))[None].shape == (len(data.classes), len(CLASSES))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # no appeal or advert to take a mean of
def test_a_corpus_without_some_classes_still_makes_networks_for_all(data: Dataset) -> None:
    few = np.where(LABEL_OF[data.classes] == 0, MAIN, NAVIGATION)
    only = fit(replace(data, classes=few))
    assert only.first.classes_.tolist() == list(range(len(CLASSES)))
    # On so few rows some opinions stay undecided, but none is sure of a class that nothing was.
    sure_of = only.classes.argmax(axis=1)[only.classes.max(axis=1) > 0.5]
    assert set(sure_of.tolist()) == {MAIN, NAVIGATION}
    assert right(only.classes, few, np.ones(len(few), dtype=np.bool_)) > 0.95


def test_hardly_any_content_is_called_an_appeal_or_advert(data: Dataset, fitted: Fitted) -> None:
    test, gold = splits.testable(data, FULL), LABEL_OF[data.classes]
    labels = calibrated(fitted.calibration, by_label(fitted.classes))
    chosen = choose(labels, fitted.rule)
    content = test & (gold == 0)
    hit = (chosen[content] == 1) | (chosen[content] == 2)
    assert hit.mean() <= 0.006 + 1 / content.sum()
