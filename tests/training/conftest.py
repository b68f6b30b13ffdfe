from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app import blocks, dom, text
from app.model import PAGE
from app.vocabulary import Vocabulary
from tests import tiny
from training import dataset, firsts, splits, stages
from training.corpus import Corpus, Example
from training.dataset import Dataset
from training.decision import RULES
from training.firsts import Firsts
from training.stages import Fitted

Make = Callable[..., Example]


@pytest.fixture(scope="session")
def examples(tiny_corpus: Path) -> list[Example]:
    return Corpus(tiny_corpus).examples()


@pytest.fixture(scope="session")
def data(examples: list[Example]) -> Dataset:
    """The tiny corpus as matrices, with a vocabulary of all its words."""
    vocabulary = Vocabulary(growing=True)
    described = dataset.collect(examples, vocabulary)
    return dataset.build(examples, described, vocabulary, markup=True)


@pytest.fixture(scope="session")
def pages(data: Dataset) -> Firsts:
    """First stages that see the whole of a page."""
    return fit_first(data)


@pytest.fixture(scope="session")
def fitted(data: Dataset, pages: Firsts) -> Fitted:
    """A head that hears what a page says, and what it says as text, as the one for pages does."""
    with tiny.fitting():
        heard = [pages, fit_first(as_text(data))]
        return stages.fit(data, splits.folds(data.examples), heard, RULES[PAGE], seed=0, jobs=1, title="test")


def fit_first(data: Dataset, extra: Any = None, seed: int = 0) -> Firsts:
    with tiny.fitting():
        return firsts.fit(data, splits.folds(data.examples), extra=extra, seed=seed, jobs=1, title="test")


def as_text(data: Dataset) -> Dataset:
    """The same pages read as if they were nothing but text."""
    width = len(text.COLUMNS)
    nameless = csr_matrix((len(data.classes), 0), dtype=np.float32)
    return replace(data, numbers=data.numbers[:, :width], names=nameless)


@pytest.fixture
def make() -> Make:
    """Return a way to make a labelled page from markup and the classes of its blocks."""

    def made(html: str, *classes: int, site: str = "a.test", how: str = "full", name: str = "page") -> Example:
        page = blocks.split(dom.parse(html))
        assert len(page.blocks) == len(classes)
        return Example(name, site, "en", None, None, how, page, np.array(classes, dtype=np.int64))

    return made
