"""The model's arithmetic, held against scikit-learn's own on rows that are written out in full."""

import warnings
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from app import blocks, dom, features, text
from app.features import NUMBERS, Features
from app.labels import CLASSES
from app.network import CLIP, NAME_LEVELS, FirstStage, Floats, inner_elements, ones, probabilities, scaled, softmax
from app.vocabulary import Vocabulary
from tests import pages
from training import dataset, firsts
from training.corpus import UNKNOWN, Example

EXTRA = (
    "<p>no names at all</p>",
    "<div class='a b'><p id=c>one <a href=/x class=d><b class=e>two</b></a> <i><u class=f>three</u></i></p></div>",
    "<a class=g><div>inline around a block</div></a>",
    "<div class=ad></div><body class=h><html class=k>",
)


def network_of(width: int, hidden: tuple[int, ...], seed: int = 0) -> Any:
    """A network whose every weight matters, in the precision of the saved ones."""
    chance = np.random.default_rng(seed)
    fitted = MLPClassifier(hidden, max_iter=1, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged, and is not meant to
        fitted.fit(csr_matrix(np.eye(len(CLASSES), width, dtype=np.float32)), np.arange(len(CLASSES)))
    fitted.coefs_ = [chance.normal(0, 0.3, weights.shape).astype(np.float32) for weights in fitted.coefs_]
    fitted.intercepts_ = [chance.normal(0, 0.3, bias.shape).astype(np.float32) for bias in fitted.intercepts_]
    return fitted


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    made = []
    for name, html in [*((page.name, page.html) for page in pages.load()), *enumerate(EXTRA)]:
        page = blocks.split(dom.parse(html), url="https://www.paper.test/story")
        classes = np.arange(len(page.blocks)) % len(CLASSES)
        classes[::7] = UNKNOWN
        made.append(Example(str(name), f"{name}.test", "en", None, None, "full", page, classes))
    return made


def agrees(ours: Floats, theirs: Floats) -> None:
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert ours.std() > 0.01, "probabilities that hardly differ would agree by themselves"


@pytest.fixture(scope="module")
def known(examples: list[Example]) -> tuple[Vocabulary, list[Features]]:
    """A vocabulary of all the examples' words, and their features by it."""
    vocabulary = Vocabulary(growing=True)
    described = dataset.collect(examples, vocabulary)
    vocabulary.growing = False
    return vocabulary, described


def unscaled(width: int) -> Any:
    """A scaler that leaves numbers as they are, save for the cut."""
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_ = np.zeros(width), np.ones(width)
    return scaler


def said(first: FirstStage, examples: list[Example], described: list[Features]) -> Floats:
    """What a first stage says of all the examples' blocks."""
    width = len(first.word_weights)
    return np.vstack([
        first(seen, ones(seen.words, width), example.page)
        for example, seen in zip(examples, described, strict=True)
        if example.page.blocks
    ])  # fmt: skip


def test_the_first_stage_is_scikit_learns_on_rows_written_out(
    examples: list[Example], known: tuple[Vocabulary, list[Features]]
) -> None:
    vocabulary, described = known
    data = dataset.build(examples, described, vocabulary, markup=True)
    scaler = StandardScaler().fit(data.numbers)
    matrix = firsts.rows_for(data, scaler)
    assert matrix.shape == (len(data.classes), vocabulary.words + len(NUMBERS) + len(NAME_LEVELS) * vocabulary.names)
    fitted = network_of(matrix.shape[1], (6,))
    first = FirstStage(fitted, scaler, vocabulary.words, vocabulary.names)
    agrees(said(first, examples, described), fitted.predict_proba(matrix))


def test_a_stage_fitted_on_text_reads_a_page_as_if_it_were_such(
    examples: list[Example], known: tuple[Vocabulary, list[Features]]
) -> None:
    """The page's words, addresses included, and the first of its numbers; nothing of its names and markup."""
    vocabulary, described = known
    page = dataset.build(examples, described, vocabulary, markup=True)
    plain = dataset.build(examples, described, vocabulary, markup=False)
    np.testing.assert_array_equal(plain.numbers, page.numbers[:, : len(text.COLUMNS)])
    scaler = StandardScaler().fit(plain.numbers)
    matrix = firsts.rows_for(plain, scaler)
    assert matrix.shape == (len(page.classes), vocabulary.words + len(text.COLUMNS))
    assert (matrix != firsts.rows_for(page, scaler)).nnz == 0
    fitted = network_of(matrix.shape[1], (6,), seed=2)
    first = FirstStage(fitted, scaler, vocabulary.words, 0)
    ours = said(first, examples, described)
    agrees(ours, fitted.predict_proba(matrix))
    linked = [number for number, (space, _) in enumerate(vocabulary.entries()) if space == "link"]
    without = matrix.tolil()
    without[:, linked] = 0
    assert np.abs(ours - fitted.predict_proba(without.tocsr())).max() > 0.01


def test_words_that_are_not_known_change_nothing(examples: list[Example]) -> None:
    vocabulary = Vocabulary([("word", "the"), ("pair", "of the"), ("name", "<p"), ("name", "ad"), ("name", "<div")])
    described = dataset.collect(examples, vocabulary)
    data = dataset.build(examples, described, vocabulary, markup=True)
    fitted = network_of(2 + len(NUMBERS) + len(NAME_LEVELS) * 3, (4,), seed=1)
    scaler = unscaled(len(NUMBERS))
    first = FirstStage(fitted, scaler, 2, 3)
    agrees(said(first, examples, described), fitted.predict_proba(firsts.rows_for(data, scaler)))


def test_without_structure_it_is_scikit_learns_too(examples: list[Example]) -> None:
    vocabulary = Vocabulary(growing=True)
    lines, described = dataset.text_examples(examples, vocabulary)
    vocabulary.growing = False
    data = dataset.build(lines, described, vocabulary, markup=False)
    scaler = StandardScaler().fit(data.numbers)
    matrix = firsts.rows_for(data, scaler)
    assert matrix.shape[1] == vocabulary.words + len(text.COLUMNS)
    fitted = network_of(matrix.shape[1], (6,))
    first = FirstStage(fitted, scaler, vocabulary.words, 0)
    ours = [first(seen, ones(seen.words, vocabulary.words), None) for seen in described]
    agrees(np.vstack(ours), fitted.predict_proba(matrix))


def test_every_name_level_has_weights_of_its_own() -> None:
    page = blocks.split(
        dom.parse(
            "<div class=nf><section class=ne><ul class=nd><li class=nc><p class=nb><b class=na>x</b></p></li></ul>"
        )
    )
    names = Vocabulary([("name", f"n{letter}") for letter in "abcdef"])
    seen = features.page_features(page, names)
    width = len(NUMBERS) + len(NAME_LEVELS) * names.names
    assert len(page.blocks) == 1
    fitted = network_of(width, (1,))
    fitted.coefs_ = [np.zeros((width, 1), np.float32), np.ones((1, len(CLASSES)), np.float32)]
    fitted.coefs_[1][0, 1:] = 0
    fitted.intercepts_ = [np.zeros(1, np.float32), np.zeros(len(CLASSES), np.float32)]
    where = {"own": "b", "parent": "c", "grandparent": "d", "above": "ef", "inner": "a"}
    for level, name in enumerate(NAME_LEVELS):
        for letter in "abcdef":
            weights = np.zeros((len(NAME_LEVELS), 6), np.float32)
            weights[level, "abcdef".index(letter)] = 5
            fitted.coefs_[0] = np.concatenate((np.zeros(len(NUMBERS), np.float32), weights.ravel()))[:, None]
            first = FirstStage(fitted, unscaled(len(NUMBERS)), 0, names.names)
            found = first(seen, ones(seen.words, 0), page)
            assert (found[0, 0] > 0.9) == (letter in where[name]), (name, letter)


def test_inner_elements_are_those_between_a_runs_texts_and_its_element() -> None:
    page = blocks.split(dom.parse("<p>a <a href=/><b>c</b><i>d</i></a> <img> <u></u>e</p>"))
    (block,) = page.blocks
    inner = inner_elements(page, block.element, block.inner)
    assert [page.tags[element] for element in inner] == ["b", "a", "i", "img"]


def test_a_dense_network_is_scikit_learns() -> None:
    for hidden in ((5,), (7, 4)):
        fitted = network_of(20, hidden)
        rows = np.random.default_rng(0).normal(size=(30, 20)).astype(np.float32)
        agrees(probabilities(fitted, rows.copy()), fitted.predict_proba(rows))


def test_numbers_are_scaled_as_by_scikit_learn_but_cut_off() -> None:
    rows = np.random.default_rng(0).normal(3, 2, (50, 4)).astype(np.float32)
    rows[0] = 1_000
    scaler = StandardScaler().fit(rows[1:])
    before = rows.copy()
    np.testing.assert_allclose(scaled(scaler, rows), np.clip(scaler.transform(rows), -CLIP, CLIP), atol=1e-5)
    np.testing.assert_array_equal(rows, before)


def test_softmax_stands_great_numbers() -> None:
    rows = softmax(np.array([[1e4, 0, -1e4], [0, 0, 0]], dtype=np.float32))
    np.testing.assert_allclose(rows, np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]), atol=1e-6)
