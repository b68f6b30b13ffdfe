import gzip
import json
from pathlib import Path

import pytest

from benchmarks import pages
from benchmarks.pages import NoPages, sample


def make_corpus(folder: Path, how: dict[str, str]) -> Path:
    for part in ("gold", "labels"):
        (folder / part).mkdir()
    for name, kind in how.items():
        (folder / "labels" / f"{name}.json").write_text(json.dumps({"page": name, "how": kind}))
        (folder / "gold" / f"{name}.html.gz").write_bytes(gzip.compress(f"<p>Grüße {name}".encode()))
    return folder


def test_fully_labelled_pages_are_taken_and_read(tmp_path: Path) -> None:
    found = sample(make_corpus(tmp_path, {"a1": "full", "b2": "review", "c3": "full"}), 10)
    assert {page.name: page.html for page in found.pages} == {"a1": "<p>Grüße a1", "c3": "<p>Grüße c3"}
    assert [page.size for page in found.pages] == [13, 13]
    assert found.what.startswith("2 gold pages")


def test_the_choice_is_the_same_each_time_and_grows(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path, {f"{number:012x}": "full" for number in range(20)})
    small, large = (sample(corpus, count) for count in (5, 12))
    assert small.pages == large.pages[:5]
    assert [page.name for page in large.pages] != sorted(page.name for page in large.pages)


def test_without_corpus_our_own_pages_are_taken(tmp_path: Path) -> None:
    found = sample(tmp_path, 3)
    assert len(found.pages) == 3
    assert "our own" in found.what


def test_no_pages_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "OWN", tmp_path)
    with pytest.raises(NoPages):
        sample(tmp_path, 3)
