"""The second stage's view of a block's surroundings, held against sums made the slow way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, context, dom
from app.blocks import Page
from app.concepts import CONCEPTS
from app.context import COLUMNS, OPINION_COLUMNS, PLACE_COLUMNS, Floats, Surroundings
from app.labels import CLASSES, SPANS
from app.markup import COUNTS
from tests import strategies

STORY = (
    "<body><nav><ul><li>one</li><li>two</li></ul></nav>"
    "<main><h1>head</h1><p class=t>three four</p><div class=box><p>five</p><p>six</p></div><p class=t>seven</p></main>"
    "<footer>eight</footer></body>"
)
COUNTED = len(CONCEPTS) + len(COUNTS)
MEANINGS = 3 * COUNTED
MEANT = slice(len(PLACE_COLUMNS) - MEANINGS, len(PLACE_COLUMNS))
"""Columns of what the words in boxes mean; they come last of those about places."""

GROUPS = {"main": (0, 1), "comment": (1, 2), "appeal": SPANS[1], "advert": SPANS[2], "navigation": SPANS[3]}


def parsed(html: str) -> Page:
    return blocks.split(dom.parse(html))


def certain(*classes: int) -> Floats:
    """Scores of a first stage that is sure of each block's class."""
    return np.eye(len(CLASSES), dtype=np.float32)[list(classes)]


def unmeant(count: int) -> Floats:
    """Concepts of blocks whose words stand for none."""
    return np.zeros((count, COUNTED), dtype=np.float32)


def columns(around: Surroundings, scores: Floats) -> dict[str, list[float]]:
    """What one opinion says around each block, and what stands there whatever it says, save the words' meanings."""
    table = context.context(around, [scores])
    assert table.shape == (len(scores), len(COLUMNS))
    assert table.dtype == np.float32
    names = [*PLACE_COLUMNS[:-MEANINGS], *OPINION_COLUMNS]
    assert len(set(names)) == len(names)
    return dict(zip(names, np.delete(table, MEANT, axis=1).T.tolist(), strict=True))


def meanings(around: Surroundings, level: int) -> Floats:
    """Which concepts the words in each block's box stand for, (blocks, len(CONCEPTS))."""
    table = context.context(around, [])
    assert table.shape == (len(around.chars), len(PLACE_COLUMNS))
    first = PLACE_COLUMNS.index(f"box{level}_means_{CONCEPTS[0]}")
    assert PLACE_COLUMNS[first : first + len(CONCEPTS)] == tuple(f"box{level}_means_{concept}" for concept in CONCEPTS)
    return table[:, first : first + len(CONCEPTS)]


def seen(html: str, scores: Floats) -> dict[str, list[float]]:
    return columns(context.surroundings(parsed(html), unmeant(len(scores))), scores)


NAVIGATION, MAIN, NEWSLETTER = 9, 0, CLASSES.index(("appeal", "newsletter"))
GIVEN = certain(NAVIGATION, NAVIGATION, MAIN, MAIN, NEWSLETTER, NEWSLETTER, MAIN, NAVIGATION)


@pytest.mark.parametrize(
    "names",
    [PLACE_COLUMNS[:-MEANINGS], PLACE_COLUMNS[-MEANINGS:], OPINION_COLUMNS],
    ids=["place", "meanings", "opinion"],
)
def test_the_names_of_the_columns_are_distinct(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)
    assert (*PLACE_COLUMNS, *OPINION_COLUMNS) == COLUMNS


def test_each_opinion_has_columns_of_its_own_after_those_of_the_place() -> None:
    around = context.surroundings(parsed(STORY), unmeant(8))
    chance = np.random.default_rng(0)
    first, second = (chance.dirichlet(np.ones(len(CLASSES)), 8).astype(np.float32) for _ in range(2))
    both = context.context(around, [first, second])
    assert both.shape == (8, len(PLACE_COLUMNS) + 2 * len(OPINION_COLUMNS))
    place, of_first, of_second = np.split(both, [len(PLACE_COLUMNS), len(COLUMNS)], axis=1)
    np.testing.assert_array_equal(place, context.context(around, []))
    np.testing.assert_array_equal(np.hstack((place, of_first)), context.context(around, [first]))
    np.testing.assert_array_equal(np.hstack((place, of_second)), context.context(around, [second]))
    assert not np.array_equal(of_first, of_second)


def test_an_opinion_of_the_block_itself_is_its_logarithms() -> None:
    scores = np.random.default_rng(1).dirichlet(np.ones(len(CLASSES)), 8).astype(np.float32)
    found = seen(STORY, scores)
    for number, (label, kind) in enumerate(CLASSES):
        assert found[f"own_{label}_{kind}"] == pytest.approx(np.log(np.maximum(scores[:, number], 1e-4)).tolist())
    assert seen(STORY, GIVEN)["own_content_main"][0] == pytest.approx(np.log(1e-4))


def test_the_words_of_a_box_are_counted_by_what_they_mean() -> None:
    concepts = unmeant(8)
    plea, subscribe, we = 4, CONCEPTS.index("subscribe"), CONCEPTS.index("we")
    concepts[plea, subscribe] = 2
    concepts[plea + 1, subscribe] = 1
    concepts[plea + 1, we] = 1
    around = context.surroundings(parsed(STORY), concepts)
    first, second, third = (meanings(around, level) for level in (1, 2, 3))
    assert first[:, subscribe] == pytest.approx(np.log1p([0, 0, 3, 3, 3, 3, 3, 3]))
    assert first[:, we] == pytest.approx(np.log1p([0, 0, 1, 1, 1, 1, 1, 1]))
    assert second[:, subscribe] == pytest.approx(np.log1p([3] * 8))
    assert third[:, we] == pytest.approx(np.log1p([1] * 8))
    assert first.sum() == pytest.approx(first[:, [subscribe, we]].sum())


def test_the_words_of_the_lines_around_are_counted_by_what_they_mean() -> None:
    concepts = unmeant(5)
    concepts[0, CONCEPTS.index("advert")] = 1
    around = context.line_surroundings(["a", "b", "c", "d", "e"], concepts)
    assert meanings(around, 1)[:, CONCEPTS.index("advert")] == pytest.approx(np.log1p([1, 1, 0, 0, 0]))
    assert meanings(around, 2)[:, CONCEPTS.index("advert")] == pytest.approx(np.log1p([1, 1, 1, 1, 0]))


def test_neighbours_are_the_blocks_before_and_after() -> None:
    found = seen(STORY, GIVEN)
    assert found["at-1_navigation"] == [0, 1, 1, 0, 0, 0, 0, 0]
    assert found["at+1_appeal"] == [0, 0, 0, 1, 1, 0, 0, 0]
    assert found["at+1_heading"] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert found["at-1_chars"] == pytest.approx([0, *(np.log1p(size) for size in (3, 3, 4, 10, 4, 3, 5))])


def test_the_first_box_is_the_smallest_that_holds_more_than_the_block() -> None:
    found = seen(STORY, GIVEN)
    assert found["box1_blocks"] == pytest.approx(np.log1p([2, 2, 5, 5, 2, 2, 5, 8]).tolist())
    assert found["box1_appeal"] == pytest.approx([0, 0, 0.4, 0.4, 1, 1, 0.4, 0.25])
    assert found["box1_navigation"] == pytest.approx([1, 1, 0, 0, 0, 0, 0, 3 / 8])
    assert found["box1_place"] == pytest.approx([0, 0.5, 0, 0.2, 0, 0.5, 0.8, 7 / 8])
    assert found["box1_share"] == pytest.approx([0.25, 0.25, 0.625, 0.625, 0.25, 0.25, 0.625, 1])


def test_the_next_boxes_hold_more_and_the_last_is_the_page() -> None:
    found = seen(STORY, GIVEN)
    assert found["box2_blocks"] == pytest.approx(np.log1p([8, 8, 8, 8, 5, 5, 8, 8]).tolist())
    assert found["box3_blocks"] == pytest.approx(np.log1p([8] * 8).tolist())


def test_an_element_with_several_runs_is_the_first_box_of_each() -> None:
    found = seen("<div>a<br><br>b</div><p>c</p>", certain(MAIN, NEWSLETTER, MAIN))
    assert found["box1_appeal"] == pytest.approx([0.5, 0.5, 1 / 3])


def test_whether_any_block_of_a_box_is_an_appeal() -> None:
    scores = certain(MAIN, MAIN, MAIN)
    scores[0, [MAIN, NEWSLETTER]] = 0.5
    scores[1, [MAIN, NEWSLETTER]] = 0.5
    found = seen("<p>a</p><p>b</p><p>c</p>", scores)
    assert found["box1_any_appeal"] == pytest.approx([0.75] * 3, abs=1e-3)
    assert found["box1_appeal"] == pytest.approx([1 / 3] * 3)


def test_which_kind_of_appeal_a_box_holds() -> None:
    found = seen(STORY, GIVEN)
    assert found["box1_newsletter"][4] == pytest.approx(1, abs=1e-3)
    assert found["box1_donation"][4] == pytest.approx(0, abs=1e-3)


def test_blocks_of_the_same_tags_and_classes_have_the_same_shape() -> None:
    found = seen(STORY, certain(NAVIGATION, MAIN, MAIN, MAIN, NEWSLETTER, MAIN, NAVIGATION, NAVIGATION))
    assert found["shape_navigation"] == pytest.approx([0.5, 0.5, 0, 0.5, 0, 0, 0.5, 1])
    assert found["shape_appeal"] == pytest.approx([0, 0, 0, 0, 0.5, 0.5, 0, 0])
    assert found["shape_blocks"] == pytest.approx(np.log1p([2, 2, 1, 2, 2, 2, 2, 1]).tolist())


def test_the_page_is_the_same_for_all_its_blocks() -> None:
    found = seen(STORY, GIVEN)
    assert found["page_main"] == pytest.approx([3 / 8] * 8)
    assert found["page_blocks"] == pytest.approx([np.log1p(8)] * 8)


def test_the_page_knows_its_surest_pleas_and_adverts() -> None:
    page = parsed(STORY)
    scores = np.zeros((len(page.blocks), len(CLASSES)), dtype=np.float32)
    scores[:, SPANS[1][0]] = np.linspace(0.1, 0.5, len(page.blocks))
    seen = columns(context.surroundings(page, unmeant(len(page.blocks))), scores)
    surest = sorted(scores[:, SPANS[1][0]])[-3:]
    count = len(page.blocks)
    assert seen["page_surest_appeal"] == pytest.approx([np.log(surest[-1] + 1e-3)] * count)
    assert seen["page_three_surest_appeal"] == pytest.approx([np.mean(surest)] * count)
    assert seen["page_all_appeal"] == pytest.approx([np.log1p(scores[:, SPANS[1][0]].sum())] * count)
    assert seen["page_surest_advert"] == pytest.approx([np.log(1e-3)] * count)


def test_what_has_no_text_says_nothing_of_the_pleas_on_a_page() -> None:
    page = parsed("<body><p>story</p><img src=donate.png></body>")
    scores = certain(0, SPANS[1][0])
    seen = columns(context.surroundings(page, unmeant(2)), scores)
    assert seen["page_surest_appeal"] == pytest.approx([np.log(1e-3)] * 2)


def test_lines_of_text_have_windows_for_boxes_and_equal_lines_the_same_shape() -> None:
    lines = ["a", "b", "c", "b", "d"]
    found = columns(context.line_surroundings(lines, unmeant(5)), certain(MAIN, NEWSLETTER, MAIN, MAIN, NAVIGATION))
    assert found["box1_appeal"] == pytest.approx([1 / 2, 1 / 3, 1 / 3, 0, 0])
    assert found["box5_appeal"] == pytest.approx([1 / 5] * 5)
    assert found["shape_appeal"] == pytest.approx([0, 0.5, 0, 0.5, 0])


def boxes(page: Page, at: int) -> list[list[int]]:
    """The blocks in each larger and larger box around a block, its own element's several runs first."""
    found: list[list[int]] = []
    element = page.blocks[at].element
    while element >= 0:
        inside = [other for other, block in enumerate(page.blocks) if within(page, block.element, element)]
        if len(inside) > 1 and (not found or len(inside) > len(found[-1])):
            found.append(inside)
        element = page.parents[element]
    return found or [[at]]


def within(page: Page, element: int, box: int) -> bool:
    while element > box:
        element = page.parents[element]
    return element == box


@settings(max_examples=60, deadline=None)
@given(strategies.PAGES, st.integers(0, 2**32 - 1))
def test_every_box_is_the_sum_over_its_blocks(html: str, seed: int) -> None:
    page = parsed(html)
    if not page.blocks:
        return
    count = len(page.blocks)
    chance = np.random.default_rng(seed)
    scores = chance.dirichlet(np.ones(len(CLASSES)), count).astype(np.float32)
    concepts = chance.integers(0, 4, (count, COUNTED)).astype(np.float32)
    surroundings = context.surroundings(page, concepts)
    meant = [meanings(surroundings, level) for level in (1, 2, 3)]
    found = columns(surroundings, scores)
    assert np.isfinite(list(found.values())).all()
    for at in range(count):
        around = boxes(page, at)
        for level in range(1, 6):
            inside = around[min(level, len(around)) - 1]
            assert found[f"box{level}_blocks"][at] == pytest.approx(np.log1p(len(inside)), rel=1e-5)
            for name, (start, end) in GROUPS.items():
                mean = scores[inside, start:end].sum() / len(inside)
                assert found[f"box{level}_{name}"][at] == pytest.approx(float(mean), abs=1e-4)
            if level <= len(meant):
                stood_for = concepts[inside, : len(CONCEPTS)].sum(axis=0)
                assert meant[level - 1][at] == pytest.approx(np.log1p(stood_for), rel=1e-5)


def test_a_page_of_one_block_has_itself_around_it() -> None:
    found = seen("<p>alone</p>", certain(NEWSLETTER))
    assert found["box1_appeal"] == found["page_appeal"] == found["shape_appeal"] == [1]
    assert found["at-1_appeal"] == found["at+1_appeal"] == [0]
