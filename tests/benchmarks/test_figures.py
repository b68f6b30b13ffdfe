from itertools import pairwise

import pytest

from benchmarks.figures import BUCKETS, Figures, bucket_name, by_bucket, figures, per_page, percentile
from benchmarks.pages import Page


def test_a_page_counts_with_the_median_of_its_rounds() -> None:
    assert per_page({"a": [9.0, 1.0, 2.0], "b": [4.0, 6.0]}) == {"a": 2.0, "b": 5.0}


def test_figures_are_median_and_95th_percentile() -> None:
    found = figures([float(number) for number in range(100, -1, -1)])
    assert found == Figures(pages=101, p50=50.0, p95=95.0)


def test_no_values_have_no_figures() -> None:
    assert figures([]) is None


@pytest.mark.parametrize(
    ("values", "percent", "expected"), [([7.0], 95, 7.0), ([0.0, 10.0], 25, 2.5), ([1, 2, 3], 100, 3)]
)
def test_percentiles_lie_between_neighbours(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == pytest.approx(expected)


def test_buckets_leave_no_gap() -> None:
    assert BUCKETS[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(BUCKETS))


def test_every_page_is_in_the_bucket_of_its_size() -> None:
    pages = [Page("a", "", 49_999), Page("b", "", 50_000), Page("c", "", 2_000_000)]
    found = {bucket_name(bucket): [page.name for page in inside] for bucket, inside in by_bucket(pages).items()}
    assert found == {"up to 50 kB": ["a"], "50 to 100 kB": ["b"], "over 250 kB": ["c"]}
