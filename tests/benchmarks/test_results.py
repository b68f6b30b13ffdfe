from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.bounds import BOUNDS, verdicts
from benchmarks.pages import Page
from benchmarks.plot import plot
from benchmarks.timing import Times
from benchmarks.tools import BEGONE, LEXBOR, TRAFILATURA, Tool

PAGES = [Page("small", "", 10_000), Page("large", "", 300_000)]
TOOLS = [Tool(BEGONE, "1.0", str), Tool(TRAFILATURA, "2.0", str), Tool("broken", "3", str)]


@pytest.fixture
def times() -> Times:
    return Times(
        {BEGONE: {"small": [2.0], "large": [4.0]}, TRAFILATURA: {"small": [10.0], "large": [30.0]}},
        defaultdict(set, {"broken": {"small", "large"}}),
    )


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_the_ratio_is_that_of_the_medians(times: Times) -> None:
    found = rows(results.tools_table(TOOLS, times))
    assert found[2] == [BEGONE, "1.0", "2", "3.00", "3.90", "", "0"]
    assert found[3] == [TRAFILATURA, "2.0", "2", "20.00", "29.00", "0.15", "0"]
    assert found[4] == ["broken", "3", "0", "", "", "", "2"]


def test_bounds_are_shown_with_what_was_measured(times: Times) -> None:
    assert rows(results.bounds_table(times))[2:] == [[f"begone / {TRAFILATURA}", "0.15", "0.2", "0.1", "held"]]


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(8.1, "missed"), (8.0, "held"), (3.1, "held"), (3.0, "held, stretch too")]
)
def test_a_bound_is_held_missed_or_stretched(ratio: float, verdict: str) -> None:
    ((bound, measured, said),) = verdicts({BEGONE: ratio, LEXBOR: 1.0})
    assert bound in BOUNDS
    assert (measured, said) == (ratio, verdict)


def test_sizes_have_a_column_each(times: Times) -> None:
    head, _, ours, theirs, broken = rows(results.sizes_table(TOOLS, times, PAGES))
    assert head == ["tool", "up to 50 kB (1 pages)", "over 250 kB (1 pages)"]
    assert ours == [BEGONE, "2.00 / 2.00", "4.00 / 4.00"]
    assert theirs[1:] == ["10.00 / 10.00", "30.00 / 30.00"]
    assert broken[1:] == ["", ""]


def test_stages_add_up() -> None:
    found = rows(results.stages_table({"parse": [1.0, 1.0], "predict": [3.0, 3.0]}))
    assert [row[-1] for row in found[2:]] == ["25%", "75%"]


def test_the_plot_is_the_same_for_the_same_figures(times: Times, tmp_path: Path) -> None:
    files = [tmp_path / "first.svg", tmp_path / "second.svg"]
    for file in files:
        plot(TOOLS, times, PAGES, file)
    first, second = (file.read_text(encoding="utf-8") for file in files)
    assert first == second
    assert BEGONE in first
    assert TRAFILATURA in first
