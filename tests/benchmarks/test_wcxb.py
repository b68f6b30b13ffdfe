import gzip
import json
from pathlib import Path

import pytest

from benchmarks import wcxb
from benchmarks.wcxb import Reference, Score, references, score, table


def corpus(root: Path) -> Path:
    pages = {
        "aaaaaaaaaaaa": "seen.test",  # gold
        "bbbbbbbbbbbb": "seen.test",
        "cccccccccccc": "ours.test",  # labelled by us
        "dddddddddddd": "ours.test",
        "eeeeeeeeeeee": "new.test",
        "ffffffffffff": "other.test",
        "000000000000": "empty.test",
    }
    for folder in ("labels", "pool", "reference"):
        (root / folder).mkdir()
    (root / "labels" / "aaaaaaaaaaaa.json").write_text("{}")
    with (root / "index.jsonl").open("w") as index, gzip.open(root / "reference" / "wcxb.jsonl.gz", "wt") as reference:
        for page, site in pages.items():
            index.write(json.dumps({"id": page, "site": site}) + "\n")
            text = None if site == "empty.test" else "The bell rang."
            row = {"id": page, "page_type": "article", "main_content": text, "without": ["Home"]}
            reference.write(json.dumps(row) + "\n")
            html = "<nav>Home</nav><p>The bell rang.</p>" if site != "other.test" else "<noscript>The bell rang."
            (root / "pool" / f"{page}.html.gz").write_bytes(gzip.compress(html.encode()))
    (root / "ours.jsonl.gz").write_bytes(gzip.compress(b'{"page": "cccccccccccc"}\n'))
    return root


def test_only_pages_of_unseen_sites_are_taken(tmp_path: Path) -> None:
    root = corpus(tmp_path)
    found = references(root, root / "ours.jsonl.gz", 10)
    assert {(one.page, one.shown) for one in found} == {("eeeeeeeeeeee", 1.0), ("ffffffffffff", 0.0)}
    assert len(references(root, root / "ours.jsonl.gz", 1)) == 1
    assert {one.page for one in references(root, root / "no such file", 10)} >= {"cccccccccccc", "dddddddddddd"}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("The bell rang.", (1.0, 1.0, 1.0, 0)),
        ("HOME the BELL", (2 / 3, 2 / 3, 2 / 3, 0)),
        ("Home\n the bell rang rang", (0.75, 0.6, 1.0, 1)),
        ("", (0.0, 0.0, 0.0, 0)),
    ],
)
def test_words_are_counted_as_often_as_they_occur(text: str, figures: tuple[float, ...]) -> None:
    reference = Reference("x", "article", "", "The bell rang.", ("Home", "Sport"), 1.0)
    got = score(reference, text)
    assert (got.f1, got.precision, got.recall, got.kept) == pytest.approx(figures)
    assert got.unwanted == 2


def test_the_table_has_a_row_a_tool_and_one_for_each_kind() -> None:
    article, forum = Score("article", 1.0, 0.8, 0.7, 0.9, 1, 4), Score("forum", 0.1, 0.0, 0.0, 0.0, 0, 4)
    lines = table({"ours": [article, forum], "theirs": [article]}).splitlines()
    assert "| **ours** | 2 | 0.400 | 0.350 | 0.450 | 1 of 8 (12.5%) |" in lines
    assert "| ours, pages that show their text | 1 | 0.800 | 0.700 | 0.900 | 1 of 4 (25.0%) |" in lines
    assert "| ours, forum | 1 | 0.000 | 0.000 | 0.000 | 0 of 4 (0.0%) |" in lines
    assert not any(line.startswith("| theirs, forum") for line in lines)


def test_the_command_measures_both_tools(tmp_path: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = corpus(tmp_path)
    where = ["--corpus", str(root), "--labels", str(root / "ours.jsonl.gz"), "--model", str(tiny_model)]
    assert wcxb.main([*where, "--output", str(root / "out.md")]) in {0, 1}
    written = (root / "out.md").read_text()
    assert written == capsys.readouterr().out[:-1]
    assert "trafilatura" in written
    assert wcxb.main([*where, "--pages", "0"]) == 2
