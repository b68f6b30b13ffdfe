import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import blocks, dom
from app.labels import CLASSES
from tests import tiny
from training import corpus
from training.corpus import CLASS_OF, UNKNOWN, Corpus, Example

NAVIGATION, MAIN, ADVERT = CLASS_OF["navigation", None], CLASS_OF["content", "main"], CLASS_OF["advert", None]
NEWSLETTER = CLASS_OF["appeal", "newsletter"]
KINDS = {number: each for each, number in CLASS_OF.items()}
BODY = "html > body:nth-child(2)"


@pytest.fixture
def copied(tiny_corpus: Path, tmp_path: Path) -> Path:
    """A corpus to change."""
    return shutil.copytree(tiny_corpus, tmp_path / "corpus")


def unit(path: str, given: int, text: str | None, part: int | None = None) -> dict[str, Any]:
    label, kind = KINDS[given]
    shown = {} if text is None else {"text": text}
    return {"path": f"{BODY} > {path}", "part": part, "label": label, "kind": kind, **shown}


def laid(tiny_corpus: Path, html: str, *units: dict[str, Any]) -> tuple[list[int], Corpus]:
    reader = Corpus(tiny_corpus)
    return reader.lay(units, blocks.split(dom.parse(html))).tolist(), reader


def test_every_page_is_read_with_a_class_for_every_block(examples: list[Example]) -> None:
    assert len(examples) == tiny.SITES * tiny.PAGES
    assert len({example.site for example in examples}) == tiny.SITES
    for example in examples:
        assert example.classes.shape == (len(example.page.blocks),)
        assert (example.classes != UNKNOWN).all()
        assert example.page.head.host == example.site
    assert {int(each) for example in examples for each in example.classes} == set(range(len(CLASSES)))


def test_what_the_index_says_of_a_page(examples: list[Example]) -> None:
    assert {example.language for example in examples} == {"en", "de"}
    assert {example.page_type for example in examples} == {None, "article"}
    assert sum(example.full for example in examples) == len(examples) / 2
    assert all(example.full == (example.how == "full") for example in examples)


def test_what_a_page_declares_is_read_with_it(examples: list[Example]) -> None:
    assert all(example.declared.address == example.url for example in examples)
    assert {example.declared.address is None for example in examples} == {False}


def test_only_so_many_pages_are_read_where_a_limit_says_so(tiny_corpus: Path) -> None:
    assert [example.id for example in Corpus(tiny_corpus).examples(limit=3)] == sorted(
        file.stem for file in (tiny_corpus / "labels").iterdir()
    )[:3]


def test_pages_of_the_gold_and_of_the_pool_are_found_and_others_are_not(tiny_corpus: Path) -> None:
    reader = Corpus(tiny_corpus)
    assert "unlabelled text" in reader.html("feedfacecafe")
    assert reader.html(next(iter(reader.index))).startswith("<!DOCTYPE html>")
    with pytest.raises(FileNotFoundError, match="no page 000000000000"):
        reader.html("000000000000")


def test_units_are_laid_on_the_blocks_of_their_path_with_their_text(tiny_corpus: Path) -> None:
    html = "<p>one</p><p>two</p><div>three</div>"
    classes, reader = laid(
        tiny_corpus,
        html,
        unit("p:nth-child(2)", MAIN, "two"),
        unit("p:nth-child(1)", NAVIGATION, "one"),
        unit("div:nth-child(3)", ADVERT, "another text"),
        unit("div:nth-child(9)", ADVERT, "three"),
    )
    assert classes == [NAVIGATION, MAIN, UNKNOWN]
    assert (reader.alignment.units, reader.alignment.matched) == (4, 2)


def test_white_space_and_what_is_beyond_the_shown_text_do_not_matter(tiny_corpus: Path) -> None:
    text = "one two " * 20
    classes, _ = laid(tiny_corpus, f"<p>{text}</p>", unit("p:nth-child(1)", MAIN, "onetwo  one two " * 5))
    assert classes == [MAIN]


def test_runs_of_one_element_are_told_apart_by_part_or_text(tiny_corpus: Path) -> None:
    html = "<p>same<br><br>same<br><br>other</p>"
    classes, _ = laid(
        tiny_corpus,
        html,
        unit("p:nth-child(1)", NEWSLETTER, "same", 1),
        unit("p:nth-child(1)", MAIN, "same", 0),
        unit("p:nth-child(1)", ADVERT, "other", 7),
    )
    assert classes == [MAIN, NEWSLETTER, ADVERT]


def test_no_block_is_given_to_two_units(tiny_corpus: Path) -> None:
    classes, reader = laid(
        tiny_corpus,
        "<p>same</p>",
        unit("p:nth-child(1)", MAIN, "same"),
        unit("p:nth-child(1)", ADVERT, "same"),
    )
    assert classes == [MAIN]
    assert reader.alignment.matched == 1


def test_a_unit_of_media_is_laid_on_the_block_without_text_there(tiny_corpus: Path) -> None:
    classes, reader = laid(
        tiny_corpus,
        "<p><img></p><p>text <img></p>",
        unit("p:nth-child(1)", ADVERT, ""),
        unit("p:nth-child(2)", MAIN, ""),
    )
    assert classes == [ADVERT, UNKNOWN]
    assert reader.alignment.units == 0


def test_an_innermost_empty_box_is_laid_on_our_outermost(tiny_corpus: Path) -> None:
    html = "<div class=ad><div><div></div></div></div>"
    path = "div:nth-child(1) > div:nth-child(1) > div:nth-child(1)"
    assert laid(tiny_corpus, html, unit(path, ADVERT, ""))[0] == [ADVERT]


def test_our_labels_name_a_block_by_path_and_part_alone(tiny_corpus: Path) -> None:
    html = "<p>a<br><br>b</p><div><img></div>"
    classes, reader = laid(
        tiny_corpus,
        html,
        unit("p:nth-child(1)", NEWSLETTER, None, 1),
        unit("div:nth-child(2)", NAVIGATION, None),
    )
    assert classes == [UNKNOWN, NEWSLETTER, NAVIGATION]
    assert reader.alignment.units == 0


def test_all_gold_units_of_the_tiny_corpus_are_found(tiny_corpus: Path) -> None:
    reader = Corpus(tiny_corpus)
    found = reader.examples()
    assert reader.alignment.units == reader.alignment.matched > 700
    for example in found:
        units = json.loads((tiny_corpus / "labels" / f"{example.id}.json").read_bytes())["units"]
        assert example.classes.tolist() == [CLASS_OF[each["label"], each["kind"]] for each in units]


def test_our_labels_come_after_the_corpus_own_for_pages_that_it_has(
    tiny_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "labels.jsonl.gz"
    units = [unit("p:nth-child(2)", MAIN, None), unit("nav:nth-child(1)", NAVIGATION, None)]
    entries = [{"page": name, "how": "own", "units": units} for name in ("feedfacecafe", "0123456789ab")]
    ours.write_bytes(gzip.compress("".join(json.dumps(entry) + "\n" for entry in entries).encode()))
    monkeypatch.setattr(corpus, "OWN_LABELS", ours)
    found = Corpus(tiny_corpus).examples()
    assert len(found) == tiny.SITES * tiny.PAGES + 1
    last = found[-1]
    assert (last.id, last.how, last.full, last.language, last.url) == ("feedfacecafe", "own", False, "?", None)
    assert last.classes.tolist() == [NAVIGATION, MAIN]


def test_a_gold_label_that_was_mended_is_read_as_mended_and_belongs_to_the_digest(
    tiny_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended = tmp_path / "mended.jsonl"
    monkeypatch.setattr(corpus, "MENDED", mended)
    before, digest = list(Corpus(tiny_corpus).labels()), Corpus(tiny_corpus).digest()
    page, other = before[0], before[1]
    wrong = page["units"][3]
    instead = (
        {"label": "appeal", "kind": "donation"} if wrong["label"] != "appeal" else {"label": "advert", "kind": None}
    )
    place = {"path": wrong["path"], "part": wrong["part"]}
    mended.write_text("".join(json.dumps({"page": name, **place, **instead}) + "\n" for name in (page["page"], "none")))
    after = list(Corpus(tiny_corpus).labels())
    changed = [unit for unit, old in zip(after[0]["units"], page["units"], strict=True) if unit != old]
    assert changed == [{**wrong, **instead}]
    assert after[1] == other
    assert Corpus(tiny_corpus).digest() != digest


def test_large_pages_are_those_of_sites_that_no_label_is_learned_from(
    tiny_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Corpus(tiny_corpus)
    learned = next(iter(reader.labels()))["page"]
    units = [unit("p:nth-child(2)", MAIN, None), unit("nav:nth-child(1)", NAVIGATION, None)]
    entries = [{"page": name, "how": "own", "units": units} for name in ("feedfacecafe", learned, "0123456789ab")]
    (tmp_path / "large").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    monkeypatch.setattr(corpus, "LARGE", tmp_path / "large")
    before = reader.digest()
    sites = {reader.index[learned]["site"]}
    (one,) = reader.large(sites)
    assert (one.id, one.full, one.classes.tolist()) == ("feedfacecafe", False, [NAVIGATION, MAIN])
    assert reader.large(sites, limit=0) == []
    assert len(reader.large(())) == 2
    assert reader.digest() == before


def test_the_digest_changes_with_any_label_and_with_nothing_else(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "OWN_LABELS", tmp_path / "ours")
    before = Corpus(copied).digest()
    (copied / "labels" / "notes.txt").write_text("no label")
    assert Corpus(copied).digest() == before
    file = next((copied / "labels").glob("*.json"))
    file.write_bytes(file.read_bytes().replace(b"navigation", b"advert", 1))
    changed = Corpus(copied).digest()
    (tmp_path / "ours").write_bytes(b"ours")
    assert len({before, changed, Corpus(copied).digest()}) == 3


def test_labels_for_a_page_without_an_entry_are_an_error_not_a_silence(copied: Path) -> None:
    (copied / "labels" / "000000000000.json").write_text('{"page": "000000000000", "how": "full", "units": []}')
    with pytest.raises(KeyError):
        Corpus(copied).examples()


def test_the_classes_of_a_page_without_units_are_unknown(tiny_corpus: Path) -> None:
    assert np.array_equal(laid(tiny_corpus, "<p>a</p><p>b</p>")[0], [UNKNOWN, UNKNOWN])
