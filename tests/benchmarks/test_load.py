from pathlib import Path

import pytest

from benchmarks import large, load, load_results
from benchmarks.load import Measured, Row
from benchmarks.pages import Page
from benchmarks.plot import plot_load
from benchmarks.pressure import Load
from benchmarks.served import Served

PAGES = [
    Page("one", "<html><body class=x><p>The bell rang over the harbour.</p></body></html>", 60),
    Page("two", "<p>x", 4),
]


def loaded(speed: int, *times: float) -> Load:
    return Load(seconds=1.0, accepted=list(times) * speed, probed=[1.0, 9.0], own_seconds=0.02)


@pytest.fixture
def found() -> Measured:
    rows = [
        Row(workers, connections, loaded(workers, 10.0, 20.0), workers * 0.9, 180.0)
        for workers in (1, 2)
        for connections in load.CONNECTIONS
    ]
    return Measured(
        rows, rows[0].load, Load(1.0, [30.0, 60.0], [2.0, 51.0], 1), 4.0, 12.0, 11.0, 11.5, 1400.0, 1000.0,
        [(0, 170.0), (5000, 190.0)], [1.0, 1.2],
    )  # fmt: skip


def test_what_was_promised_stands_beside_what_was_measured(found: Measured) -> None:
    measured = {name: (round(value, 2), bound) for name, value, bound in load_results.verdicts(found)}
    assert list(measured.values()) == [
        (1.0, 2),
        (2.0, -1.7),
        (1.4, 1.3),
        (8.92, 15),
        (3.0, 4),
        (51.0, 50),
        (1, 0),
        (1.1, 1.5),
        (190.0, 220),
    ]
    verdicts = [line.split("|")[4].strip() for line in load_results.bounds_table(found).splitlines()[2:]]
    assert verdicts == ["held", "held", "missed", "held", "held", "missed", "missed", "held", "held"]


def test_every_run_has_its_line(found: Measured) -> None:
    shown = load_results.content(found, "here")
    assert shown.startswith("here\n")
    assert "| 2 | 16 | 4.0 | 15.0 / 20.0 / 20.0 | 0 | 0 | 5.0 / 8.9 | 1.80 | 180 | 2.0% |" in shown
    assert "| twice the capacity | 2 | 45.0 / 58.5 / 59.7 | 2 | 26.5 / 50.5 / 51.0 | 1 |" in shown
    assert "| 0 | 5,000 |\n| --- | --- |\n| 170 | 190 |" in shown


def test_the_plot_is_the_same_for_the_same_figures(found: Measured, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        plot_load(found.rows, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_large_pages_are_made_of_whole_bodies() -> None:
    parts = large.bodies(PAGES, 100)
    assert len(parts) == large.PARTS
    assert all(len(part) >= 100 for part in parts)
    assert parts[0].startswith("<div><p>The bell rang over the harbour.</p></div>\n<div><p>x</div>\n")
    ten, tenth = large.measure(PAGES, 1_000)
    assert ten > 0
    assert tenth > 0


@pytest.mark.slow
def test_a_tiny_run_fills_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "RESULTS.md"
    results.write_text("<!-- load:start -->\n<!-- load:end -->\n")
    monkeypatch.setattr(load, "CONNECTIONS", (1, 16))
    monkeypatch.setattr(large, "SIZE", 1_000)
    options = ["--corpus", str(tmp_path), "--pages", "2", "--seconds", "1", "--memory-pages", "10", "--starts", "1"]
    assert load.main([*options, "--results", str(results)]) == 0
    assert "| 2 | 16 |" in results.read_text()
    assert (tmp_path / "load.svg").exists()


def test_a_service_that_cannot_start_is_told(tmp_path: Path) -> None:
    service = Served(model_dir=tmp_path, max_waiting=0)
    with pytest.raises(TimeoutError), service:
        pass
