"""The second stage's view of a block's surroundings, held against sums made the slow way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, context, dom
from app.blocks import Page
from app.context import COLUMNS, Floats, Surroundings
from app.labels import CLASSES, SPANS
from tests import strategies

STORY = (
    "<body><nav><ul><li>one</li><li>two</li></ul></nav>"
    "<main><h1>head</h1><p class=t>three four</p><div class=box><p>five</p><p>six</p></div><p class=t>seven</p></main>"
    "<footer>eight</footer></body>"
)
GROUPS = {"main": (0, 1), "comment": (1, 2), "appeal": SPANS[1], "advert": SPANS[2], "navigation": SPANS[3]}


def parsed(html: str) -> Page:
    return blocks.split(dom.parse(html))


def certain(*classes: int) -> Floats:
    """Scores of a first stage that is sure of each block's class."""
    return np.eye(len(CLASSES), dtype=np.float32)[list(classes)]


def columns(around: Surroundings, scores: Floats) -> dict[str, list[float]]:
    table = context.context(around, scores)
    assert table.shape == (len(scores), len(COLUMNS))
    assert table.dtype == np.float32
    return dict(zip(COLUMNS, table.T.tolist(), strict=True))


def seen(html: str, scores: Floats) -> dict[str, list[float]]:
    return columns(context.surroundings(parsed(html)), scores)


NAVIGATION, MAIN, NEWSLETTER = 9, 0, CLASSES.index(("appeal", "newsletter"))
GIVEN = certain(NAVIGATION, NAVIGATION, MAIN, MAIN, NEWSLETTER, NEWSLETTER, MAIN, NAVIGATION)


def test_the_names_of_the_columns_are_distinct() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)


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


def test_lines_of_text_have_windows_for_boxes_and_equal_lines_the_same_shape() -> None:
    lines = ["a", "b", "c", "b", "d"]
    found = columns(context.line_surroundings(lines), certain(MAIN, NEWSLETTER, MAIN, MAIN, NAVIGATION))
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
    scores = np.random.default_rng(seed).dirichlet(np.ones(len(CLASSES)), len(page.blocks)).astype(np.float32)
    found = columns(context.surroundings(page), scores)
    assert np.isfinite(list(found.values())).all()
    for at in range(len(page.blocks)):
        around = boxes(page, at)
        for level in range(1, 6):
            inside = around[min(level, len(around)) - 1]
            assert found[f"box{level}_blocks"][at] == pytest.approx(np.log1p(len(inside)), rel=1e-5)
            for name, (start, end) in GROUPS.items():
                mean = scores[inside, start:end].sum() / len(inside)
                assert found[f"box{level}_{name}"][at] == pytest.approx(float(mean), abs=1e-4)


def test_a_page_of_one_block_has_itself_around_it() -> None:
    found = seen("<p>alone</p>", certain(NEWSLETTER))
    assert found["box1_appeal"] == found["page_appeal"] == found["shape_appeal"] == [1]
    assert found["at-1_appeal"] == found["at+1_appeal"] == [0]
