import numpy as np
import pytest
from numpy.typing import NDArray

from app import blocks, context, dom
from app.boxes import agreed, settle
from app.concepts import CONCEPTS
from app.labels import LABELS

CONTENT, APPEAL, ADVERT, NAVIGATION = range(len(LABELS))


def surroundings(html: str, count: int) -> context.Surroundings:
    page = blocks.split(dom.parse(html))
    assert len(page.blocks) == count
    return context.surroundings(page, np.zeros((count, len(CONCEPTS)), np.float32))


def opinions(chosen: list[int], doubt: float = 0.2) -> NDArray[np.float32]:
    """Return probabilities: every block gives each label that it does not have one of `doubt`."""
    labels: NDArray[np.float32] = np.full((len(chosen), len(LABELS)), doubt, np.float32)
    labels[np.arange(len(chosen)), chosen] = 1 - 3 * doubt
    return labels


def settled(html: str, chosen: list[int], doubt: float = 0.2) -> list[int]:
    """Return the labels after `settle`, of blocks that doubt so much."""
    given = np.array(chosen)
    result = settle(given, opinions(chosen, doubt), surroundings(html, len(chosen)))
    assert given.tolist() == chosen, "the labels that were handed over are left as they are"
    settled_labels: list[int] = result.tolist()
    return settled_labels


BOX = "<p>story</p><div><p>one</p><p>two</p><p>three</p><p>four</p></div><p>story</p>"


@pytest.mark.parametrize("label", [APPEAL, ADVERT])
@pytest.mark.parametrize("stray", [CONTENT, NAVIGATION])
def test_a_stray_block_takes_the_label_of_its_box(label: int, stray: int) -> None:
    assert settled(BOX, [CONTENT, label, stray, label, label, CONTENT]) == [CONTENT, *[label] * 4, CONTENT]


def test_a_box_of_content_or_navigation_takes_nothing() -> None:
    for label in (CONTENT, NAVIGATION):
        chosen = [CONTENT, label, APPEAL, label, label, CONTENT]
        assert settled(BOX, chosen) == chosen


def test_half_of_a_plea_makes_a_plea_and_less_does_not() -> None:
    assert settled(BOX, [CONTENT, APPEAL, CONTENT, NAVIGATION, APPEAL, CONTENT]) == [CONTENT, *[APPEAL] * 4, CONTENT]
    chosen = [CONTENT, APPEAL, CONTENT, NAVIGATION, NAVIGATION, CONTENT]
    assert settled(BOX, chosen) == chosen


def test_what_stands_beside_a_plea_stays() -> None:
    html = f"<p>story</p><div>{BOX.replace('story', 'beside')}</div><p>story</p>"
    chosen = [CONTENT, NAVIGATION, APPEAL, APPEAL, NAVIGATION, NAVIGATION, NAVIGATION, CONTENT]
    assert settled(html, chosen) == [CONTENT, NAVIGATION, *[APPEAL] * 4, NAVIGATION, CONTENT]


def test_a_block_that_is_sure_stays() -> None:
    chosen = [CONTENT, APPEAL, CONTENT, APPEAL, APPEAL, CONTENT]
    assert settled(BOX, chosen, doubt=0.01) == chosen


@pytest.mark.parametrize(("content", "stays"), [(0.5, False), (0.89, False), (0.91, True)])
def test_a_block_that_is_surely_content_stays(content: float, stays: bool) -> None:
    chosen = [CONTENT, CONTENT, NAVIGATION, APPEAL, APPEAL, CONTENT]
    labels = opinions(chosen, doubt=0.02)
    labels[1] = [content, max(1 - content, 0.1), 0, 0]
    around = surroundings(BOX, len(chosen))
    assert settle(np.array(chosen), labels, around)[1] == (CONTENT if stays else APPEAL)


@pytest.mark.parametrize(("appeal", "label"), [(0.62, APPEAL), (0.58, NAVIGATION)])
def test_a_sure_plea_among_furniture_is_one_whatever_its_box_says(appeal: float, label: int) -> None:
    html = "<p>story</p><ul><li>News</li><li>Sport</li><li>Subscribe</li><li>Travel</li><li>Weather</li></ul>"
    chosen = np.array([CONTENT, *[NAVIGATION] * 5])
    labels = opinions(chosen.tolist(), 0.01)
    labels[3] = [0.0, appeal, 0.0, 1 - appeal]
    assert settle(chosen, labels, surroundings(html, 6)).tolist() == [
        CONTENT,
        NAVIGATION,
        NAVIGATION,
        label,
        NAVIGATION,
        NAVIGATION,
    ]
    content = np.full(6, CONTENT)
    assert settle(content, labels, surroundings(html, 6)).tolist() == content.tolist(), "the story keeps its blocks"


def test_one_other_is_no_box() -> None:
    chosen = [APPEAL, CONTENT, CONTENT]
    assert settled("<div><p>one</p><p>two</p></div><p>story</p>", chosen) == chosen


def test_all_that_was_posted_is_no_box() -> None:
    chosen = [APPEAL, APPEAL, CONTENT]
    assert settled("<p>one</p><p>two</p><p>story</p>", chosen) == chosen
    labels = opinions(chosen)
    around = surroundings("<p>one</p><p>two</p><p>story</p>", 3)
    assert agreed(labels, around) == pytest.approx(labels)


def test_lines_of_text_have_no_boxes() -> None:
    chosen = [CONTENT, APPEAL, CONTENT, APPEAL, APPEAL, CONTENT]
    around = context.line_surroundings([str(at) for at in range(6)], np.zeros((6, len(CONCEPTS)), np.float32))
    labels = opinions(chosen)
    assert agreed(labels, around) is labels
    assert settle(np.array(chosen), labels, around).tolist() == chosen


def test_the_blocks_of_a_box_have_a_say_in_each_others_labels() -> None:
    labels = opinions([CONTENT, APPEAL, APPEAL, CONTENT, APPEAL, CONTENT])
    around = surroundings(BOX, 6)
    said = agreed(labels, around)
    assert said.sum(axis=1) == pytest.approx(np.ones(6))
    assert said[[0, 5]] == pytest.approx(labels[[0, 5]])
    assert said[1, APPEAL] > labels[1, APPEAL]
    assert said[3, APPEAL] > labels[3, APPEAL]
    # Its own logarithm, and a fifth of the mean one of the three others; content or not it says itself.
    odds = np.log(said[3, APPEAL] / said[3, ADVERT])
    assert odds == pytest.approx(0.2 * np.log(0.4 / 0.2), abs=1e-5)
    assert said[3, CONTENT] / said[3, NAVIGATION] == pytest.approx(0.4 / 0.2)


def test_a_large_box_is_a_part_of_the_page() -> None:
    many = "".join(f"<p>text {number}</p>" for number in range(20))
    chosen = [CONTENT, *[ADVERT] * 9, CONTENT, *[ADVERT] * 10, CONTENT]
    assert settled(f"<p>story</p><div>{many}</div><p>story</p>", chosen) == chosen


def test_of_many_blocks_of_one_shape_those_called_navigation_follow_the_content() -> None:
    updates = "".join(f"<section><p>{at}</p><p class=x>text</p></section>" for at in range(12))
    chosen = [CONTENT, CONTENT] * 10 + [NAVIGATION, CONTENT, APPEAL, NAVIGATION]
    assert settled(updates, chosen) == [CONTENT] * 22 + [APPEAL, CONTENT]
    assert settled(updates, chosen, doubt=0.01) == chosen
    half = [CONTENT, CONTENT] * 6 + [NAVIGATION, CONTENT] * 6
    assert settled(updates, half) == half
    few = "".join(f"<section><p>{at}</p></section>" for at in range(3))
    assert settled(few, [CONTENT, NAVIGATION, CONTENT]) == [CONTENT, NAVIGATION, CONTENT]


TABLE = "<table><tr><td>Year<td>Fares<tr><td>1911<td>214</table>"


def test_a_table_that_follows_on_content_and_does_not_link_is_content() -> None:
    cells = [CONTENT, NAVIGATION, NAVIGATION, NAVIGATION]
    html = f"<table><tr><td><p>story</p>{TABLE}<p>story</p></table>"
    assert settled(html, [CONTENT, *cells, CONTENT]) == [CONTENT] * 6
    assert settled(f"<p>story</p>{TABLE}<p>menu</p>", [CONTENT, *cells, NAVIGATION]) == [*[CONTENT] * 5, NAVIGATION]
    assert settled(f"<p>story</p>{TABLE}", [CONTENT, *cells]) == [CONTENT] * 5
    mixed = [CONTENT, APPEAL, NAVIGATION, ADVERT, NAVIGATION, CONTENT]
    assert settled(html, mixed) == [CONTENT, APPEAL, CONTENT, ADVERT, CONTENT, CONTENT]


@pytest.mark.parametrize(
    ("html", "before", "after"),
    [
        (f"<p>menu</p>{TABLE}<p>story</p>", [NAVIGATION], [CONTENT]),
        (f"{TABLE}<p>story</p>", [], [CONTENT]),
        (f"<p>story</p>{TABLE.replace('214', '<a href=/x>Buy one</a>')}<p>story</p>", [CONTENT], [CONTENT]),
        (f"<p>story</p>{TABLE.replace('<table>', '<div>')}<p>story</p>", [CONTENT], [CONTENT]),
    ],
)
def test_other_tables_keep_their_labels(html: str, before: list[int], after: list[int]) -> None:
    count = len(blocks.split(dom.parse(html)).blocks) - len(before) - len(after)
    chosen = [*before, *[NAVIGATION] * count, *after]
    assert settled(html, chosen) == chosen


@pytest.mark.parametrize(
    ("before", "first", "sure", "after"),
    [
        (NAVIGATION, NAVIGATION, 0.5, [NAVIGATION] * 4),  # rather no content, and it begins as furniture
        (NAVIGATION, NAVIGATION, 0.9, [NAVIGATION, CONTENT, CONTENT, CONTENT]),  # surely content
        (NAVIGATION, CONTENT, 0.5, [CONTENT] * 4),
        (APPEAL, NAVIGATION, 0.5, [NAVIGATION, CONTENT, CONTENT, CONTENT]),
    ],
)
def test_a_table_that_follows_on_furniture_and_begins_with_it_is_none_of_the_content(
    before: int, first: int, sure: float, after: list[int]
) -> None:
    chosen = np.array([before, first, CONTENT, CONTENT, CONTENT])
    labels = opinions(chosen.tolist(), 0.01)
    labels[2:] = [sure, 0.0, 0.0, 1 - sure]
    given = settle(chosen, labels, surroundings(f"<p>text</p>{TABLE}", 5))
    assert given.tolist() == [before, *after]


def test_pictures_follow_the_texts_of_their_box_but_do_not_outvote_them() -> None:
    html = "<p>story</p><div><p>one</p><p><img src=a></p><p>two</p><p>three</p></div><p>story</p>"
    assert settled(html, [CONTENT, ADVERT, NAVIGATION, ADVERT, ADVERT, CONTENT])[2] == ADVERT
    html = "<p>story</p><div><p>one</p><p><img src=a></p><p><img src=b></p><p><img src=c></p></div><p>story</p>"
    chosen = [CONTENT, CONTENT, ADVERT, ADVERT, ADVERT, CONTENT]
    assert settled(html, chosen) == chosen
