from pathlib import Path

import pytest

from app.model import PAGE, Model, Opinion
from training import pages
from training.corpus import Corpus
from training.pages import Sheet


@pytest.fixture(scope="module")
def sheets(tiny_corpus: Path, tiny_model: Path) -> list[Sheet]:
    model = Model.load(tiny_model)
    corpus = Corpus(tiny_corpus)

    def label(page: pages.Page) -> Opinion:
        return model.heads[PAGE](pages.features.page_features(page, model.vocabulary), page)

    known = {example.id: label(example.page) for example in corpus.examples() if corpus.index[example.id]["gold"]}
    return pages.sheets(corpus, known, label)
