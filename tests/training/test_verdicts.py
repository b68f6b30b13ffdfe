import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from app import blocks, dom, features, shape
from app.blocks import Page
from app.judge import KINDS, Judge
from app.metadata import Metadata
from app.model import METRICS, PAGE, VERDICTS, Model, Opinion
from tests import judged
from training import pages, save, splits, stages, verdicts
from training.corpus import Corpus
from training.pages import Sheet


@pytest.fixture(scope="module")
def sheets(tiny_corpus: Path, tiny_model: Path) -> list[Sheet]:
    """The tiny corpus' pages as its own model labels them."""
    model = Model.load(tiny_model)
    corpus = Corpus(tiny_corpus)

    def label(page: Page, declared: Metadata) -> Opinion:
        return model.heads[PAGE](features.page_features(page, model.vocabulary, declared), page)

    known = {example.id: label(example.page, example.declared) for example in corpus.examples()}
    return pages.sheets(corpus, known, label)


def test_pages_whose_kind_or_gate_is_known_are_read(sheets: list[Sheet]) -> None:
    assert len(sheets) == 41
    assert {sheet.kind for sheet in sheets} == {"article", "product", "listing", "forum"}
    gates = [sheet.gate for sheet in sheets]
    assert (gates.count("subscription"), gates.count("none"), gates.count(None)) == (10, 30, 1)
    assert {sheet.truncated for sheet in sheets if sheet.gate == "subscription"} == {"yes"}
    assert sum(sheet.truncated is not None for sheet in sheets) == 20
    assert all(sheet.row and sheet.words for sheet in sheets)


def test_kinds_are_learned_from_pages_cut_down_too_and_tested_on_whole_ones(
    tiny_corpus: Path, sheets: list[Sheet]
) -> None:
    whole = next(sheet for sheet in sheets if sheet.kind == "forum")
    cut = blocks.split(dom.parse("<p>The bell rang.</p>"))
    said = judged.opinion("C")
    corpus = Corpus(tiny_corpus)
    known = {sheet.id: judged.opinion("C" * len(sheet.labelled.texts)) for sheet in sheets}
    found = pages.sheets(corpus, known, lambda page, _: judged.opinion("C" * len(page.blocks)), {whole.id: (cut, said)})
    (own,) = [sheet for sheet in found if sheet.cut]
    assert (own.site, own.kind, own.gate, own.labelled.texts) == (whole.site, "forum", None, ["The bell rang."])
    assert pages.fit([own])["kind"]["words"] == "-"  # its words are those of the whole page: none is known by it
    assert verdicts.evaluate([*sheets, own])["kind"]["pages"] == verdicts.evaluate(sheets)["kind"]["pages"]


def test_estimators_tell_what_they_were_taught(sheets: list[Sheet]) -> None:
    judge = Judge(pages.fit(sheets))
    right = [judge.kinds(sheet.row, sheet.words).argmax() == KINDS.index(sheet.kind or "") for sheet in sheets]
    assert np.mean(right) > 0.9
    found = [sheet.gate == "subscription" for sheet in sheets if (judge.walls(sheet.boxes) >= 0.5).any()]
    assert sum(found) >= 8
    assert np.mean(found) >= 0.7  # of all pages a quarter is gated


def test_the_same_pages_give_the_same_estimators(sheets: list[Sheet]) -> None:
    one, two = pages.fit(sheets), pages.fit(list(sheets))
    np.testing.assert_array_equal(one["kind"]["regression"].coef_, two["kind"]["regression"].coef_)
    np.testing.assert_array_equal(one["gate"]["regression"].coef_, two["gate"]["regression"].coef_)
    assert one["kind"]["words"] == two["kind"]["words"]


def test_nothing_to_learn_from_is_no_error() -> None:
    judge = Judge(pages.fit([]))
    assert judge.kinds([0.0] * len(shape.COLUMNS), {"title:": {"bell"}}).sum() == pytest.approx(1)
    assert verdicts.evaluate([])["gate"] == {
        "pages": 0,
        "gated": 0,
        "false_alarms": {},
        "found": {},
        "kind_right": None,
    }


def test_a_model_is_held_against_the_texts_of_pages_that_it_has_not_seen(tiny_corpus: Path) -> None:
    examples = Corpus(tiny_corpus).examples(limit=3)
    found = verdicts.answers(examples, lambda page, _: judged.opinion("C" * len(page.blocks)))
    texts = [len(block.text) for each in examples for block in each.page.blocks if block.text]
    assert found.chars.tolist() == texts
    assert set(found.given.tolist()) == {0}
    gold = np.concatenate([each.classes[[bool(block.text) for block in each.page.blocks]] for each in examples])
    assert found.gold.tolist() == stages.LABEL_OF[gold].tolist()
    assert len(set(found.pages.tolist())) == 3
    assert len(set(found.sites.tolist())) == len({each.site for each in examples})


def test_no_site_is_in_two_folds_and_gated_pages_are_spread(sheets: list[Sheet]) -> None:
    folds = verdicts.folds(sheets)
    of_site: dict[str, set[int]] = {}
    for sheet, fold in zip(sheets, folds.tolist(), strict=True):
        of_site.setdefault(sheet.site, set()).add(fold)
    assert all(len(found) == 1 for found in of_site.values())
    gated = [fold for sheet, fold in zip(sheets, folds.tolist(), strict=True) if sheet.gate == "subscription"]
    assert np.bincount(gated, minlength=splits.FOLDS).tolist() == [2] * 5


def test_training_measures_what_is_said_of_whole_pages(tiny_model: Path) -> None:
    found = Model.load(tiny_model).metrics["verdicts"]
    assert found["kind"]["pages"] == 41
    assert set(found["kind"]["kinds"]) == {"article", "product", "listing", "forum"}
    assert (found["gate"]["pages"], found["gate"]["gated"]) == (40, 10)
    assert found["gate"]["found"]["value"] >= 0.5
    assert found["truncated"]["pages"] == 20


def test_estimators_are_added_to_a_model_that_has_none(tiny_model: Path, tmp_path: Path, sheets: list[Sheet]) -> None:
    directory = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    (directory / VERDICTS).unlink()
    manifest = json.loads((directory / "manifest.json").read_text())
    del manifest["sha256"][VERDICTS]
    (directory / "manifest.json").write_text(json.dumps(manifest))
    assert Model.load(directory, judging=False).judge is None
    save.add(directory, pages.fit(sheets), {"pages": 1})
    model = Model.load(directory)
    assert model.judge is not None
    assert model.metrics == json.loads((directory / METRICS).read_text()) == {"pages": 1}
    once = (directory / VERDICTS).read_bytes()
    save.add(directory, pages.fit(sheets), {"pages": 1})
    assert (directory / VERDICTS).read_bytes() == once
