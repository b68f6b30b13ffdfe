import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.labeller import likeliest_kinds
from app.labels import CLASSES, LABELS
from app.vocabulary import Vocabulary
from tests.training.conftest import Make
from training import dataset, evaluate, measures, splits
from training.corpus import CLASS_OF, FULL, Corpus
from training.dataset import Dataset
from training.stages import LABEL_OF, Fitted

MAIN, COMMENT = CLASS_OF["content", "main"], CLASS_OF["content", "comment"]
DONATION, NEWSLETTER = CLASS_OF["appeal", "donation"], CLASS_OF["appeal", "newsletter"]
NAVIGATION = CLASS_OF["navigation", None]


@pytest.fixture(scope="module")
def metrics(tiny_corpus: Path, data: Dataset, fitted: Fitted) -> dict[str, object]:
    corpus = Corpus(tiny_corpus)
    corpus.examples()
    return evaluate.evaluate(corpus, data, fitted, data, fitted)


def certain(fitted: Fitted, *given: int) -> Fitted:
    """A head that is sure of a class for every row."""
    classes = np.eye(len(CLASSES), dtype=np.float32)[list(given)]
    labels = np.stack([classes[:, label == LABEL_OF].sum(axis=1) for label in range(len(LABELS))], axis=1)
    return replace(fitted, classes=classes, labels=labels, chosen=labels.argmax(axis=1))


def test_only_tested_units_are_answers(data: Dataset, fitted: Fitted) -> None:
    answers = evaluate.answers(data, fitted)
    test = splits.testable(data, FULL)
    assert len(answers.gold) == test.sum() < len(data.classes)
    assert answers.gold.tolist() == LABEL_OF[data.classes[test]].tolist()
    assert answers.given.tolist() == fitted.chosen[test].tolist()
    assert answers.chars.tolist() == data.chars[test].tolist()
    sites = {page: data.examples[page].site for page in answers.pages}
    assert len(set(zip(answers.sites.tolist(), map(sites.get, answers.pages.tolist()), strict=True))) == 10


def test_the_figures_are_those_of_the_answers(metrics: dict[str, object], data: Dataset, fitted: Fitted) -> None:
    answers = evaluate.answers(data, fitted)
    assert metrics["pages"] == metrics["text"] == measures.figures(answers)
    assert metrics["tested_on"] == {"pages": 20, "sites": 10, "units": len(answers.gold)}
    assert metrics["alignment"] == {"units": 805, "matched": 1.0}


def test_a_confusion_matrix_has_gold_rows_and_given_columns(
    metrics: dict[str, object], data: Dataset, fitted: Fitted
) -> None:
    confusion = metrics["confusion"]
    assert isinstance(confusion, dict)
    assert confusion["labels"] == list(LABELS)
    table = np.array(confusion["rows_gold_columns_given"])
    answers = evaluate.answers(data, fitted)
    assert table.sum(axis=1).tolist() == np.bincount(answers.gold, minlength=4).tolist()
    assert table.sum(axis=0).tolist() == np.bincount(answers.given, minlength=4).tolist()


def test_languages_and_page_types_with_enough_pages_have_figures(metrics: dict[str, object]) -> None:
    languages, types = metrics["languages"], metrics["page_types"]
    assert isinstance(languages, dict)
    assert isinstance(types, dict)
    assert {name: group["pages"] for name, group in languages.items()} == {"de": 10, "en": 10}
    assert {name: group["pages"] for name, group in types.items()} == {"article": 10, "news, unknown": 10}
    assert {"macro_f1", "appeal_recall"} <= languages["de"].keys()


def test_metrics_can_be_written_as_json(metrics: dict[str, object]) -> None:
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics


def test_kinds_are_counted_by_hand(make: Make, fitted: Fitted) -> None:
    html = "<p>a</p><p>b</p><p>c</p><p>d</p><p>e</p><p>f</p>"
    known = Vocabulary()
    example = make(html, DONATION, DONATION, DONATION, NEWSLETTER, MAIN, COMMENT)
    data = dataset.build([example], dataset.collect([example], known), known, markup=True)
    head = certain(fitted, DONATION, NEWSLETTER, MAIN, NEWSLETTER, MAIN, NAVIGATION)
    found = evaluate.kinds(data, head, splits.testable(data, FULL))
    assert found["appeal/donation"] == {"units": 3, "label_recall": 0.6667, "kind_right": 0.5}
    assert found["appeal/newsletter"] == {"units": 1, "label_recall": 1.0, "kind_right": 1.0}
    assert found["appeal/adblock"] == {"units": 0, "label_recall": None, "kind_right": None}
    assert found["content/main"] == {"units": 1, "label_recall": 1.0, "kind_right": 1.0}
    assert found["content/comment"] == {"units": 1, "label_recall": 0.0, "kind_right": None}
    assert found["appeal"] == {"kind_right": 0.6667}
    assert found["content"] == {"kind_right": 1.0}


def test_the_kind_given_is_the_likeliest_of_the_chosen_label() -> None:
    classes = np.zeros((3, len(CLASSES)), dtype=np.float32)
    classes[0, [MAIN, DONATION, NEWSLETTER]] = 0.5, 0.2, 0.3
    classes[1, [MAIN, COMMENT]] = 0.4, 0.6
    classes[2, NAVIGATION] = 1
    assert likeliest_kinds(classes, np.array([1, 0, 3])).tolist() == [NEWSLETTER, COMMENT, NAVIGATION]


def test_mistakes_are_listed_the_surest_first_with_page_place_and_markup(
    make: Make, fitted: Fitted, tmp_path: Path
) -> None:
    html = "<main id=m class='a b'><p>story</p><p>give</p><p>menu</p></main>"
    known = Vocabulary()
    example = make(html, MAIN, DONATION, NAVIGATION, name="page-1")
    example.url = "https://a.test/x"
    data = dataset.build([example], dataset.collect([example], known), known, markup=True)
    head = certain(fitted, MAIN, MAIN, DONATION)
    head.labels[1] = 0.7, 0.1, 0.1, 0.1
    evaluate.mistakes(tmp_path / "new" / "mistakes.jsonl", data, head)
    lines = (tmp_path / "new" / "mistakes.jsonl").read_text().splitlines()
    surest, second = map(json.loads, lines)
    assert (surest["text"], surest["gold"], surest["given"]) == ("menu", "navigation", "appeal")
    assert second == {
        "page": "page-1",
        "address": "https://a.test/x",
        "gold": "appeal",
        "given": "content",
        "probabilities": {"content": 0.7, "appeal": 0.1, "advert": 0.1, "navigation": 0.1},
        "selector": "html > body:nth-child(2) > main:nth-child(1) > p:nth-child(2)",
        "text": "give",
        "markup": ["<p>", '<main id="m" class="a b">', "<body>", "<html>"],
    }


def test_a_summary_names_the_main_figures(metrics: dict[str, object]) -> None:
    lines = evaluate.summary(metrics).splitlines()
    assert re.match(r"pages: balanced macro F1 [01]\.\d", lines[0])
    assert [line.split()[0] for line in lines[1:8]] == [*LABELS, "content_hit_rate", "content_lost", "appeal_leak"]
    assert re.match(r"text: balanced macro F1 [01]\.\d", lines[8])
    assert lines[-1].startswith("calibration error 0.")
