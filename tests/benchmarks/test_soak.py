import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import soak, soak_results
from benchmarks.plot import plot_soak
from benchmarks.soak import Soak, read
from scripts.markers import filled


@pytest.fixture
def found() -> Soak:
    samples = [
        {"at": second, "megabytes": 300.0 + second / 100, "in_flight": 1.0, "pages": 50, "p50": 30.0, "p99": 90.0}
        for second in range(1, 601)
    ]
    samples[10]["megabytes"] = 100.0  # in the warm-up
    return Soak(
        "Here.", 10.0, 1, 25.0, 20.0, 19.9, 11_940, 630, {"413": 30, "422": 600}, {}, samples,
    )  # fmt: skip


def judged(found: Soak) -> list[bool]:
    return [kept for *_, kept in soak_results.verdicts(found)]


def test_a_steady_run_holds(found: Soak) -> None:
    assert soak_results.held(found)
    assert len(soak_results.parts(found)) == soak_results.PARTS
    content = soak_results.content(found)
    assert content.startswith("Here.\n")
    assert "11,940 pages and 630 hostile requests (5.0%), which were answered with 413: 30, 422: 600." in content
    assert content.count("| held |") == 5


def test_each_promise_can_be_missed(found: Soak) -> None:
    late = found.samples[-100:]
    assert judged(replace(found, wrong={"page: 500": 1})) == [True, False, True, True, True]
    assert judged(replace(found, reached=18.0)) == [True, True, True, True, False]
    for name, factor, at in (("megabytes", 1.06, 0), ("megabytes", 0.9, 0), ("p50", 1.2, 2), ("p99", 1.3, 3)):
        grown = [{**sample, name: sample[name] * factor} for sample in late]
        missed = judged(replace(found, samples=found.samples[:-100] + grown))
        assert [number for number, kept in enumerate(missed) if not kept] == [at]


def test_a_run_without_answers_is_none(found: Soak) -> None:
    empty = replace(found, samples=[], pages=0, hostile=0, refused={})
    assert not soak_results.held(empty)
    assert "answered with none" in soak_results.content(empty)


def test_the_plot_is_the_same_for_the_same_figures(found: Soak, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        plot_soak(found, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.slow
def test_a_soak_of_seconds_posts_pages_and_attacks(tmp_path: Path) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("<!-- soak:start -->\n<!-- soak:end -->\n")
    figures = tmp_path / "soak.json"
    soak.main(
        ["--corpus", str(tmp_path), "--minutes", "0.2", "--figures", str(figures), "--results", str(results)]
    )  # whether it is steady in so short a time is the machine's affair
    found = read(figures)
    assert found.pages > 0
    assert found.hostile > 0
    assert not found.wrong
    assert found.samples
    assert soak_results.content(found) in filled(results.read_text(), "soak")
    assert (tmp_path / "soak.svg").exists()
    assert json.loads(figures.read_bytes())["minutes"] == 0.2


def test_without_pages_there_is_nothing_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.pages.OWN", tmp_path)
    assert soak.main(["--corpus", str(tmp_path), "--minutes", "1"]) == 1
