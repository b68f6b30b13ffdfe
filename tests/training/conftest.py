from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app import blocks, dom
from app.vocabulary import Vocabulary
from tests import tiny
from training import dataset, stages
from training.corpus import Corpus, Example
from training.dataset import Dataset
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
def fitted(data: Dataset) -> Fitted:
    with tiny.fitting():
        return stages.fit(data, extra=None, seed=0, jobs=1, title="test")


@pytest.fixture
def make() -> Make:
    """Return a way to make a labelled page from markup and the classes of its blocks."""

    def made(html: str, *classes: int, site: str = "a.test", how: str = "full", name: str = "page") -> Example:
        page = blocks.split(dom.parse(html))
        assert len(page.blocks) == len(classes)
        return Example(name, site, "en", None, None, how, page, np.array(classes, dtype=np.int64))

    return made
