from dataclasses import replace

import numpy as np

from app import features
from app.features import Features
from app.model import PAGE, TEXT
from app.network import FirstStage, Floats, ones
from app.vocabulary import Vocabulary
from tests.training.conftest import as_text, fit_first
from training import dataset, order
from training.corpus import Example
from training.dataset import Dataset
from training.stages import Fitted


def says(head: Fitted, known: Vocabulary, seen: Features, example: Example | None) -> Floats:
    names = known.names if example is not None else 0
    stage = FirstStage(head.first, head.scaler, known.words, names)
    return stage(seen, ones(seen.words, known.words), example.page if example is not None else None)


def test_the_most_frequent_words_come_first_and_the_model_says_the_same(
    examples: list[Example], data: Dataset, fitted: Fitted
) -> None:
    grown = Vocabulary(growing=True)
    dataset.collect(examples, grown)
    known = Vocabulary(grown.entries())
    plain = fit_first(as_text(data))
    fitted_text = replace(fitted, first=plain.networks[()], scaler=plain.scaler)
    ordered, heads = order.frequent_first(known, data, {PAGE: fitted, TEXT: fitted_text})
    assert sorted(ordered.entries()) == sorted(known.entries())
    assert ordered.entries() != known.entries()
    said = np.bincount(data.words.indices, minlength=known.words)
    numbers = {entry: number for number, entry in enumerate(known.entries())}
    counts = [said[numbers[entry]] for entry in ordered.entries()[: ordered.words]]
    assert counts == sorted(counts, reverse=True)
    for example in examples[:3]:
        before, after = (features.page_features(example.page, each) for each in (known, ordered))
        np.testing.assert_allclose(
            says(heads[PAGE], ordered, after, example), says(fitted, known, before, example), atol=1e-5
        )
        np.testing.assert_allclose(
            says(heads[TEXT], ordered, after, None), says(fitted_text, known, before, None), atol=1e-5
        )
