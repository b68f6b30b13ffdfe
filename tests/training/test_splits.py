import numpy as np

from app.vocabulary import Vocabulary
from tests import tiny
from tests.training.conftest import Make
from training import dataset, splits
from training.corpus import CLASS_OF, FULL
from training.dataset import Dataset
from training.splits import FOLDS

MAIN = CLASS_OF["content", "main"]


def test_a_site_is_in_one_fold_and_every_fold_has_pages_to_test_on(data: Dataset) -> None:
    of_row = splits.rows_of(data, splits.folds(data.examples))
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
    of_site = splits.folds(examples)
    assert np.bincount([of_site[one.site] for one in examples]).tolist() == [8] * FOLDS


def test_rows_are_in_the_fold_of_their_site_whatever_else_is_in_the_matrix(make: Make) -> None:
    """Lines of text are in other matrices than pages; a site is in one fold for all of them."""
    examples = [make("<p>a</p><p>b</p>", MAIN, MAIN, site=f"{at}.test", name=f"{at}") for at in range(7)]
    of_site = splits.folds(examples)
    known = Vocabulary()
    described = dataset.collect(examples, known)
    for chosen in ([0, 1, 2, 3, 4, 5, 6], [6, 2, 2], [3]):
        data = dataset.build([examples[at] for at in chosen], [described[at] for at in chosen], known, markup=True)
        assert splits.rows_of(data, of_site).tolist() == [of_site[f"{at}.test"] for at in chosen for _ in range(2)]


def test_tested_are_labelled_texts_of_pages_that_were_read_in_full(make: Make) -> None:
    html = "<p>a</p><p><img></p><p>b</p>"
    examples = [
        make(html, MAIN, MAIN, -1),
        make(html, MAIN, MAIN, -1, how="review"),
        make(html, MAIN, MAIN, -1, how="own"),
    ]
    known = Vocabulary()
    data = dataset.build(examples, dataset.collect(examples, known), known, markup=True)
    assert splits.testable(data, FULL).tolist() == [True, False, False] + [False] * 6
