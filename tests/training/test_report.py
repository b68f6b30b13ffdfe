import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.labels import LABELS
from tests.training import measured
from training import cases, report, sections
from training.evaluate import curves

HOSTILE = "<script>alert(1)</script> & \"quoted\" 'text'"


def mistake(gold: str = "content", given: str = "appeal", **other: Any) -> dict[str, Any]:
    return {
        "page": "0123456789ab",
        "address": "https://news.example.test/?a=1&b=2",
        "gold": gold,
        "given": given,
        "probabilities": {"content": 0.1, "appeal": 0.8, "advert": 0.05, "navigation": 0.05},
        "selector": "html > body > p:nth-child(2)",
        "text": "Something was said.",
        "markup": ['<p class="inner">', "<main>", "<body>"],
        **other,
    }


class Outline(HTMLParser):
    """Collects elements with attributes; fails where elements are not closed in order."""

    VOID = ("meta", "br", "line", "circle", "rect", "polyline")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def count(self, tag: str, name: str | None = None) -> int:
        return sum(each == tag and name in (None, attrs.get("class")) for each, attrs in self.seen)


def confusion(mistakes: list[dict[str, Any]]) -> list[list[int]]:
    """Return a confusion matrix with these mistakes and 1,170 right units of each label."""
    rows = [[1170 * (gold == given) for given in LABELS] for gold in LABELS]
    for each in mistakes:
        rows[LABELS.index(each["gold"])][LABELS.index(each["given"])] += 1
    return rows


def made(tmp_path: Path, figures: dict[str, Any], mistakes: list[dict[str, Any]] | None = None) -> Outline:
    """Return the outline of the report that the command writes. The confusions are made to fit the mistakes."""
    if mistakes is not None:
        figures["confusion"]["rows_gold_columns_given"] = confusion(mistakes)
    measured.model(tmp_path / "models", figures)
    path = tmp_path / "mistakes.jsonl"
    if mistakes is not None:
        path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in mistakes), encoding="utf-8")
    out = tmp_path / "build" / "report.html"
    assert report.main(["--models", str(tmp_path / "models"), "--mistakes", str(path), "--out", str(out)]) == 0
    outline = Outline()
    outline.feed(out.read_text(encoding="utf-8"))
    outline.close()
    assert outline.open == []
    return outline


def test_the_report_shows_all_figures(tmp_path: Path) -> None:
    page = made(tmp_path, measured.metrics(), [mistake()])
    text = " ".join(page.text)
    for title in (
        "Figures",
        "Confusion",
        "Precision and recall",
        "Languages",
        "Page types",
        "Kinds",
        "content's text",
        "Worst mistakes",
    ):
        assert title in text
    assert "begone's model 1.2.3" in text
    assert "Trained on 50 pages" in text
    assert "error 0.0110" in text
    assert re.search(r"0\.0040\s+0\.0020 – 0\.0060", text)
    assert "1,170" in text
    # Three of the labels have a curve, one has no units; the fourth chart shows reliability.
    assert page.count("svg", "chart") == 4
    assert page.count("circle", "ring") == 3
    assert page.count("circle", "weighed") == 2
    assert "no units to test on" in text


def test_the_report_is_one_file_that_fetches_and_runs_nothing(tmp_path: Path) -> None:
    page = made(tmp_path, measured.metrics(), [mistake()])
    assert not {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe", "object"}
    assert not [attrs for _, attrs in page.seen if "src" in attrs or any(name.startswith("on") for name in attrs)]
    policies = [attrs["content"] for _, attrs in page.seen if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert "url(" not in report.STYLE.read_text(encoding="utf-8")


def test_whatever_pages_say_is_escaped(tmp_path: Path) -> None:
    hostile = dict.fromkeys(("page", "address", "selector", "text"), HOSTILE)
    figures = measured.metrics()
    figures["languages"][HOSTILE] = figures["languages"]["en"]
    figures["page_types"][HOSTILE] = figures["page_types"]["article"]
    page = made(tmp_path, figures, [mistake(**hostile, markup=[HOSTILE, HOSTILE])])
    assert page.count("script") == 0
    # page, address, selector, text; text again and two elements in the tree; language and page type
    assert "".join(page.text).count(HOSTILE) == 9


@pytest.mark.parametrize(
    ("address", "linked"),
    [('https://a.test/"><b>', True), ("http://a.test/", True), ("javascript:alert(1)", False), (None, False)],
)
def test_only_web_addresses_become_links(tmp_path: Path, address: str | None, linked: bool) -> None:
    page = made(tmp_path, measured.metrics(), [mistake(address=address)])
    assert [attrs["href"] for tag, attrs in page.seen if tag == "a"] == ([address] if linked else [])


def test_a_mistake_stands_in_its_markup() -> None:
    shown = cases.section([mistake()], Path("unused"))
    tree = re.search(r"<pre>(.*?)</pre>", shown, re.DOTALL)
    assert tree is not None
    lines = re.sub("</?mark>", "", tree[1]).split("\n")
    assert [html.unescape(line) for line in lines] == [
        "<body>",
        "  <main>",
        '    <p class="inner">',
        "      Something was said.",
    ]
    assert "appeal 0.800" in shown


def test_the_dearest_mistakes_come_first() -> None:
    pairs = [("navigation", "advert"), ("navigation", "advert"), ("advert", "appeal"), ("appeal", "content")]
    pairs += [("content", "navigation"), ("content", "appeal")]
    shown = cases.section([mistake(gold, given) for gold, given in pairs], Path("unused"))
    titles = re.findall(r"<b>(\w+)</b> labelled <b>(\w+)</b> <small>(\d+)", shown)
    assert titles == [
        ("content", "appeal", "1"),
        ("content", "navigation", "1"),
        ("appeal", "content", "1"),
        ("navigation", "advert", "2"),
        ("advert", "appeal", "1"),
    ]
    assert shown.count("<details open>") == 1


def test_a_text_may_hold_other_line_ends_and_no_element(tmp_path: Path) -> None:
    page = made(tmp_path, measured.metrics(), [mistake(text="one\u2028two\x85three", selector=None, markup=[])])
    assert "one\u2028two\x85three" in page.text
    assert "no element" in page.text


def test_no_mistakes_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = made(tmp_path, measured.metrics())
    assert "mistakes.jsonl: `make train` writes it" in capsys.readouterr().err
    assert "make train" in page.text


@pytest.mark.parametrize(
    "mistakes",
    [
        [],  # fewer than the model made
        [mistake()] * 3,  # more
        [mistake(), mistake("advert", "content")],  # others
        [mistake(), mistake("content", "unheard of")],
    ],
)
def test_mistakes_of_another_model_are_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mistakes: list[dict[str, Any]]
) -> None:
    figures = measured.metrics()
    figures["confusion"]["rows_gold_columns_given"] = confusion([mistake(), mistake()])
    directory = measured.model(tmp_path / "models", figures)
    path, out = tmp_path / "mistakes.jsonl", tmp_path / "report.html"
    path.write_text("".join(json.dumps(each) + "\n" for each in mistakes))
    assert report.main(["--model", str(directory), "--mistakes", str(path), "--out", str(out)]) == 0
    assert "of another training" in capsys.readouterr().err
    assert "Something was said." not in out.read_text(encoding="utf-8")


def test_no_more_mistakes_are_expected_than_are_listed() -> None:
    many = confusion([mistake()] * 500)
    assert cases.fits([mistake()] * 400, many)
    assert not cases.fits([mistake()] * 399, many)


def test_a_model_without_curves_is_said_to_have_none(tmp_path: Path) -> None:
    figures = measured.metrics()
    del figures["curves"]
    page = made(tmp_path, figures, [])
    assert any("hold no curves" in text for text in page.text)
    assert page.count("svg", "chart") == 1


def test_figures_that_could_not_be_counted_are_dashes(tmp_path: Path) -> None:
    figures = measured.metrics()
    for name in ("precision", "f1"):
        del figures["pages"][f"advert_{name}"]
    del figures["pages"]["content_micro_recall"]
    figures["languages"] = {}
    figures["text"]["appeal_f1"] = measured.figure(0.2)
    page = made(tmp_path, figures, [])
    text = " ".join(page.text)
    assert "Strips run from 0 to 1; those" in text
    assert "No group has enough pages" in text
    assert page.count("circle", "ring") == 2
    assert "–" in page.text


def test_strips_begin_where_figures_are() -> None:
    assert "Strips run from 0.5 to 1" in sections.headline(measured.metrics())


def test_without_a_model_the_command_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main(["--models", str(tmp_path), "--out", str(tmp_path / "report.html")]) == 2
    assert "make train" in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_another_model_may_be_named(tmp_path: Path) -> None:
    other = measured.model(tmp_path / "models", measured.metrics(), version="other")
    (tmp_path / "models" / "CURRENT").unlink()
    out = tmp_path / "report.html"
    assert report.main(["--model", str(other), "--mistakes", str(tmp_path / "none"), "--out", str(out)]) == 0
    assert "begone's model other" in out.read_text(encoding="utf-8")


def test_a_curve_is_what_calling_all_above_a_threshold_gives() -> None:
    gold = np.array([1, 1, 0, 1, 3, 0])
    appeal = np.array([0.9, 0.8, 0.7, 0.6, 0.6, 0.1], dtype=np.float32)
    chances = np.stack([1 - appeal, appeal, 0 * appeal, 0 * appeal], axis=1)
    found = curves(gold, chances)
    assert found["appeal"] == [
        {"threshold": 0.9, "precision": 1.0, "recall": 0.3333},
        {"threshold": 0.8, "precision": 1.0, "recall": 0.6667},
        {"threshold": 0.6, "precision": 0.6, "recall": 1.0},  # the two at 0.6 are called together
    ]
    assert found["advert"] == []
    assert found["navigation"] == [{"threshold": 0.0, "precision": 0.1667, "recall": 1.0}]


def test_a_curve_has_few_points_and_agrees_with_a_plain_count() -> None:
    chance = np.random.default_rng(0)
    gold = chance.integers(0, 4, 3000)
    chances = chance.dirichlet((1, 1, 1, 1), 3000).astype(np.float32)
    chances[np.arange(3000), gold] += 0.3
    for number, label in enumerate(LABELS):
        points = curves(gold, chances)[label]
        assert len(points) == 40
        assert points[-1]["recall"] == 1.0
        assert [each["recall"] for each in points] == sorted(each["recall"] for each in points)
        for point in points:
            # The threshold is rounded: it lies within one ten-thousandth of a count that gives these figures.
            counts = [chances[:, number] >= point["threshold"] + shift for shift in (-1e-4, 1e-4)]
            recalls = [float((called & (gold == number)).sum() / (gold == number).sum()) for called in counts]
            assert recalls[1] - 1e-4 <= point["recall"] <= recalls[0] + 1e-4
            precisions = [float((gold[called] == number).mean()) for called in counts if called.any()]
            assert min(abs(each - point["precision"]) for each in precisions) < 0.02


def test_no_units_give_no_curves() -> None:
    assert curves(np.array([], dtype=np.int64), np.zeros((0, 4), dtype=np.float32)) == {label: [] for label in LABELS}


def test_the_contents_text_stands_beside_another_tools_by_kind_of_page() -> None:
    shown = sections.texts(measured.metrics()["texts"])
    assert "<th scope=row>all</th><td>1,143</td>" in shown
    assert "<th scope=row>forum</th><td>87</td>" in shown
    assert "kept, trafilatura" in shown
    assert "no reference text" in sections.texts({})
