import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from app.blocks import Page
from app.metadata import Metadata
from app.model import Model, Opinion
from training import pages
from training.corpus import Corpus
from training.texts import BEGONE, MAIN, TRAFILATURA, Reference, Score, figures, measure, references, score

NEWS = "<nav>Home</nav><p>The bell rang.</p><p>I agree.</p>"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Pages of sites that have a labelled page, and of others; the last keeps its text from those who run scripts."""
    made = {
        "aaaaaaaaaaaa": ("seen.test", NEWS),
        "bbbbbbbbbbbb": ("seen.test", NEWS),
        "cccccccccccc": ("new.test", NEWS),
        "dddddddddddd": ("empty.test", NEWS),
        "eeeeeeeeeeee": ("forum.test", f"<body><noscript><p>{'The bell rang. ' * 50}</p></noscript>"),
        "ffffffffffff": ("blank.test", "<script>write()</script>"),
    }
    for folder in ("pool", "reference"):
        (tmp_path / folder).mkdir()
    index, rows = [], []
    for page, (site, html) in made.items():
        index.append({"id": page, "site": site, "url": None, "gold": False})
        text = {"empty.test": "", "forum.test": "The bell rang. " * 50}.get(site, "The bell rang.")
        rows.append({"id": page, "page_type": "article", "main_content": text, "without": ["Home"]})
        (tmp_path / "pool" / f"{page}.html.gz").write_bytes(gzip.compress(html.encode()))
    (tmp_path / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in index))
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "reference" / "wcxb.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return Corpus(tmp_path)


def opinion(codes: str) -> Opinion:
    """C is content, K a comment, N navigation."""
    classes = np.zeros((len(codes), 10), dtype=np.float32)
    classes[range(len(codes)), ["CK".find(code) if code in "CK" else 9 for code in codes]] = 1
    chosen = np.array([0 if code in "CK" else 3 for code in codes], dtype=np.int64)
    return Opinion(np.eye(4, dtype=np.float32)[chosen], classes, chosen)


def test_labelled_pages_are_taken_and_those_of_sites_without_one(corpus: Corpus) -> None:
    found = [name[0] for name, _ in references(corpus, {"aaaaaaaaaaaa": opinion("NCK")})]
    assert found == ["a", "c", "e", "f"]


def test_the_text_is_that_of_the_labels_and_read_as_the_service_reads(corpus: Corpus) -> None:
    asked: list[int] = []

    def label(page: Page, _: Metadata) -> Opinion:
        asked.append(len(page.blocks))
        return opinion("NCK" if len(page.blocks) == 3 else "C")

    known = {"aaaaaaaaaaaa": opinion("CCK")}
    tested = Corpus(corpus.root)
    tested.index = {name: corpus.index[name] for name, _ in references(corpus, known)}
    found = measure(corpus, known, pages.sheets(tested, known, label), jobs=1)
    assert asked == [3, 1]  # a page without a block is asked of nobody
    assert (found["pages"], found["sites"]) == (4, 4)
    tools = found["tools"]
    assert set(tools) == {BEGONE, MAIN, TRAFILATURA}
    # With menu and comment, with comment, all of it, nothing; then without comments.
    assert tools[BEGONE]["f1"]["value"] == pytest.approx((6 / 9 + 6 / 8 + 1 + 0) / 4, abs=1e-4)
    assert tools[MAIN]["f1"]["value"] == pytest.approx((6 / 7 + 1 + 1 + 0) / 4, abs=1e-4)
    assert (tools[BEGONE]["kept"], tools[BEGONE]["unwanted"]) == (1, 4)
    assert (tools[BEGONE]["shown"]["pages"], tools[BEGONE]["kinds"]["article"]["pages"]) == (3, 4)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The bell rang.", (1.0, 1.0, 1.0, 0)),
        ("HOME the BELL", (2 / 3, 2 / 3, 2 / 3, 0)),
        ("Home\n the bell rang rang", (0.75, 0.6, 1.0, 1)),
        ("", (0.0, 0.0, 0.0, 0)),
    ],
)
def test_words_are_counted_as_often_as_they_occur(text: str, wanted: tuple[float, ...]) -> None:
    got = score(Reference("a.test", "article", "The bell rang.", ("Home", "Sport")), text)
    assert (got.f1, got.precision, got.recall, got.kept) == pytest.approx(wanted)
    assert got.unwanted == 2


def test_figures_are_means_over_pages_by_kind_and_without_pages_there_are_none() -> None:
    article = Score("a.test", "article", 1.0, 0.8, 0.7, 0.9, 1, 4)
    forum = Score("b.test", "forum", 0.1, 0.0, 0.0, 0.0, 0, 4)
    found = figures({BEGONE: [article, forum]})
    ours = found["tools"][BEGONE]
    assert (ours["f1"]["value"], ours["precision"], ours["recall"]) == (0.4, 0.35, 0.45)
    assert (ours["kept"], ours["unwanted"]) == (1, 8)
    assert (ours["shown"]["f1"]["value"], ours["kinds"]["forum"]["f1"]["value"]) == (0.8, 0.0)
    assert figures({BEGONE: []}) == {}


def test_training_measures_the_texts(tiny_model: Path) -> None:
    found = Model.load(tiny_model).metrics["texts"]
    assert found["pages"] == 40
    assert found["tools"][BEGONE]["recall"] > 0.8
