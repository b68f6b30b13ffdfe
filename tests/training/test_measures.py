import numpy as np
import pytest

from app.labels import LABELS
from training.measures import Answers, average, balanced, figures, reliability

CONTENT, APPEAL, ADVERT, NAVIGATION = range(4)

# Three pages of two sites. The first has a long menu that is all right; the second and third are short.
PAGES = [0] * 12 + [1] * 3 + [2] * 2
GOLD = [NAVIGATION] * 10 + [CONTENT, CONTENT] + [CONTENT, APPEAL, APPEAL] + [ADVERT, CONTENT]
GIVEN = [NAVIGATION] * 10 + [CONTENT, APPEAL] + [CONTENT, APPEAL, CONTENT] + [NAVIGATION, CONTENT]
CHARS = [4] * 10 + [50, 30] + [100, 40, 60] + [7, 9]
SITES = [0] * 15 + [1] * 2


def answers(given: list[int] = GIVEN, gold: list[int] = GOLD) -> Answers:
    return Answers(*(np.array(each) for each in (gold, given, CHARS, PAGES, SITES)))


def value(name: str) -> float:
    found: float = figures(answers())[name]["value"]
    return found


def test_balanced_figures_are_averaged_over_pages_first() -> None:
    table = balanced(np.array(GOLD), np.array(GIVEN), np.array(PAGES))
    # Content is given on all three pages: 1 of 1, 1 of 2, 1 of 1; it occurs on all: 1 of 2, 1 of 1, 1 of 1.
    precision, recall = (1 + 1 / 2 + 1) / 3, (1 / 2 + 1 + 1) / 3
    assert table[CONTENT] == pytest.approx([precision, recall, 2 * precision * recall / (precision + recall)])
    # Appeal is given on the first page (0 of 1) and the second (1 of 1); it occurs on the second: 1 of 2.
    assert table[APPEAL] == pytest.approx([1 / 2, 1 / 2, 1 / 2])
    # Navigation is given on the first (10 of 10) and the third (0 of 1): ten alike links weigh as one page.
    assert table[NAVIGATION] == pytest.approx([1 / 2, 1, 2 / 3])


def test_a_label_that_is_never_given_though_it_occurs_counts_as_nought() -> None:
    table = balanced(np.array(GOLD), np.array(GIVEN), np.array(PAGES))
    assert np.isnan(table[ADVERT, 0])
    assert table[ADVERT, 1:].tolist() == [0, 0]
    content, appeal, navigation = 5 / 6, 1 / 2, 2 / 3
    assert value("macro_f1") == pytest.approx((content + appeal + 0 + navigation) / 4, abs=1e-4)


def test_a_label_that_neither_occurs_nor_is_given_does_not_count() -> None:
    table = balanced(np.array([CONTENT, APPEAL]), np.array([CONTENT, CONTENT]), np.array([0, 0]))
    assert np.isnan(table[ADVERT]).all()
    assert table[CONTENT] == pytest.approx([1 / 2, 1, 2 / 3])
    assert np.isnan(table[APPEAL, 0])
    assert table[APPEAL, 1:].tolist() == [0, 0]


def test_pages_may_have_any_numbers_and_stand_in_any_order() -> None:
    order = np.random.default_rng(0).permutation(len(GOLD))
    numbers = np.array([70, 5, 900])[PAGES]
    np.testing.assert_allclose(
        balanced(np.array(GOLD)[order], np.array(GIVEN)[order], numbers[order]),
        balanced(np.array(GOLD), np.array(GIVEN), np.array(PAGES)),
    )


def test_figures_repeat_the_balanced_ones() -> None:
    found = figures(answers())
    table = balanced(np.array(GOLD), np.array(GIVEN), np.array(PAGES))
    for number, label in enumerate(LABELS):
        for column, name in enumerate(("precision", "recall", "f1")):
            if np.isnan(table[number, column]):
                assert f"{label}_{name}" not in found
            else:
                assert found[f"{label}_{name}"]["value"] == pytest.approx(table[number, column], abs=1e-4)


def test_micro_figures_weigh_every_unit_alike() -> None:
    assert value("content_micro_precision") == pytest.approx(3 / 4)
    assert value("content_micro_recall") == pytest.approx(3 / 4)
    assert value("navigation_micro_precision") == pytest.approx(10 / 11, abs=1e-4)
    assert value("navigation_micro_recall") == 1
    assert value("appeal_micro_f1") == pytest.approx(1 / 2)


def test_the_costliest_mistakes_and_the_leak() -> None:
    assert value("content_hit_rate") == pytest.approx(1 / 4)  # one of four content units is given as an appeal
    assert value("content_lost") == pytest.approx(1 / 4)
    assert value("appeal_leak") == pytest.approx(60 / 100)  # of the appeals' characters, given as content
    lost = answers(given=[*GIVEN[:10], NAVIGATION, APPEAL, *GIVEN[12:]])
    assert figures(lost)["content_hit_rate"]["value"] == pytest.approx(1 / 4)
    assert figures(lost)["content_lost"]["value"] == pytest.approx(2 / 4)


def test_where_all_is_right_every_figure_says_so() -> None:
    found = figures(answers(given=GOLD))
    for name, each in found.items():
        right = 0 if name in {"content_hit_rate", "content_lost", "appeal_leak"} else 1
        assert (each["value"], each["high"]) == (right, right)


def test_intervals_hold_the_value_and_are_drawn_over_sites() -> None:
    found = figures(answers())
    for each in found.values():
        assert each["low"] <= each["value"] <= each["high"]
    # With two sites a resample is one of them twice, or both: recall of content is 3/4, 1 or 5/6.
    assert (found["content_recall"]["low"], found["content_recall"]["high"]) == (0.75, 1)
    assert figures(answers()) == found
    alone = answers().where(np.array(SITES) == 0)
    assert all(each["low"] == each["value"] == each["high"] for each in figures(alone).values())


def test_units_can_be_picked() -> None:
    picked = answers().where(np.array(PAGES) == 1)
    assert picked.gold.tolist() == [CONTENT, APPEAL, APPEAL]
    assert picked.chars.tolist() == [100, 40, 60]
    assert picked.sites.tolist() == [0, 0, 0]


def test_an_average_has_an_interval_over_sites() -> None:
    found = average([("a", True), ("a", 0.5), ("b", False), ("c", True)])
    assert found["value"] == 0.625
    assert found["low"] <= 0.625 <= found["high"]
    assert average([("a", True)]) == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert average([]) == {}


def test_calibration_is_the_gap_between_scores_and_the_share_that_is_right() -> None:
    scores = np.array([0.95, 0.95, 0.95, 0.95, 0.5, 0.5], dtype=np.float32)
    right = np.array([True, True, True, False, True, True])
    error, bins = reliability(scores, right)
    assert error == pytest.approx(4 / 6 * (0.95 - 0.75) + 2 / 6 * (1 - 0.5), abs=1e-6)
    assert bins == [
        {"score": 0.5, "right": 1.0, "units": 2},
        {"score": 0.95, "right": 0.75, "units": 4},
    ]


def test_scores_that_say_what_is_true_have_no_error() -> None:
    chance = np.random.default_rng(0)
    scores = chance.uniform(0.25, 1, 50_000).astype(np.float32)
    assert reliability(scores, chance.uniform(size=50_000) < scores)[0] < 0.01
    assert reliability(np.ones(4, dtype=np.float32), np.ones(4, dtype=np.bool_))[0] == 0
