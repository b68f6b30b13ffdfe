import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from app import blocks, dom
from training import annotate, corpus
from training.annotate import CODES, listing, read_codes
from training.corpus import Corpus

POOL = "feedfacecafe"  # the tiny corpus' page without labels: a menu and a paragraph


def test_the_codes_are_the_rule_books() -> None:
    assert "".join(CODES) == "CKNADSRLBO"
    assert set(CODES.values()) == set(corpus.CLASS_OF)


def test_a_page_is_listed_block_by_block_with_text_media_and_the_boxes_around() -> None:
    html = (
        "<div id=top class='menu main'><ul><li>Home</li></ul></div><p>one\n two</p><figure><img></figure>"
        "<div hidden><p>secret</p></div>"
    )
    lines = listing(blocks.split(dom.parse(html))).splitlines()
    assert lines == [
        "0 | Home | li < ul < div#top.menu main < body",
        "1 | one two | p < body",
        "2 | {img} | figure < body",
        "3 | secret | HIDDEN p < div < body",
    ]


@pytest.mark.parametrize(
    ("text", "codes"), [("0-2 N\n3 C", "NNNC"), ("\n0 A\n\n 1-2 L \n3 O\n", "ALLO"), ("0-3 K", "KKKK")]
)
def test_runs_of_codes(text: str, codes: str) -> None:
    assert "".join(read_codes(text, 4)) == codes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-2 N", "the page has 4 blocks, the runs cover 3"),
        ("0-4 N", "the page has 4 blocks, the runs cover 5"),
        ("", "the page has 4 blocks, the runs cover 0"),
        ("1-3 N", "block 0 comes next"),
        ("0-1 N\n1-3 C", "block 2 comes next"),
        ("0-1 N\n3 C", "block 2 comes next"),
        ("0-3 X", "not a run of codes"),
        ("0-3", "not a run of codes"),
        ("3-0 N", "block 0 comes next"),
        ("all of it N", "not a run of codes"),
    ],
)
def test_runs_that_do_not_cover_the_page_once_and_in_order_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_codes(text, 4)


def test_labels_hold_places_and_no_text() -> None:
    page = blocks.split(dom.parse("<p>secret<br><br>story</p><iframe></iframe>"))
    units = annotate.units(page, ["D", "C", "A"])
    path = "html > body:nth-child(2) > p:nth-child(1)"
    assert units == [
        {"path": path, "part": 0, "label": "appeal", "kind": "donation"},
        {"path": path, "part": 1, "label": "content", "kind": "main"},
        {"path": "html > body:nth-child(2) > iframe:nth-child(2)", "part": None, "label": "advert", "kind": None},
    ]
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        annotate.units(page, ["C"])


def test_labels_are_stored_in_the_same_bytes_whatever_their_order(tmp_path: Path) -> None:
    entries: dict[str, dict[str, Any]] = {name: {"page": name, "how": "own", "units": []} for name in ("b", "a", "c")}
    annotate.store(entries, tmp_path / "one")
    annotate.store(dict(sorted(entries.items())), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert annotate.own(tmp_path / "one") == entries
    assert annotate.own(tmp_path / "none") == {}


def test_the_commands_list_a_page_and_take_its_codes(
    tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = tmp_path / "labels.jsonl.gz"
    options = ["--corpus", str(tiny_corpus), "--labels", str(labels)]
    assert annotate.main([*options, "list", POOL]) == 0
    assert capsys.readouterr().out.startswith("0 | menu | nav < body\n1 | unlabelled text")
    (tmp_path / f"{POOL}.txt").write_text("0 N\n1 C\n")
    assert annotate.main([*options, "take", str(tmp_path / f"{POOL}.txt")]) == 0
    assert "1 pages taken, 0 refused; 1 pages are ours" in capsys.readouterr().err
    with gzip.open(labels, "rt") as lines:
        (entry,) = map(json.loads, lines)
    assert (entry["page"], entry["how"], len(entry["units"])) == (POOL, "own", 2)
    monkeypatch.setattr(corpus, "OWN_LABELS", labels)
    last = Corpus(tiny_corpus).examples()[-1]
    assert (last.id, last.classes.tolist()) == (POOL, [corpus.CLASS_OF["navigation", None], 0])


def test_codes_that_do_not_fit_are_refused_and_the_others_taken(
    tiny_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.jsonl.gz"
    other = next(iter(Corpus(tiny_corpus).index))
    (tmp_path / f"{POOL}.txt").write_text("0-1 N")
    (tmp_path / f"{other}.txt").write_text("0 N")
    files = [str(tmp_path / f"{name}.txt") for name in (other, POOL)]
    assert annotate.main(["--corpus", str(tiny_corpus), "--labels", str(labels), "take", *files]) == 1
    said = capsys.readouterr().err
    assert f"{other}.txt: the page has" in said
    assert "1 pages taken, 1 refused; 1 pages are ours" in said
    assert set(annotate.own(labels)) == {POOL}
