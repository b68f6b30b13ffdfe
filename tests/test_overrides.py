import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, dom, overrides
from app.extents import Extents
from app.overrides import Report
from app.selectors import Selectors
from app.wishes import Override
from tests import strategies


def given_labels(html: str, *asked: Override, steps: int = 1_000_000) -> tuple[dict[str, str], list[Report]]:
    page = blocks.split(dom.parse(html))
    found = overrides.find(asked, Selectors(page, steps=steps))
    named, reports = overrides.apply(asked, found, Extents(page))
    return {page.blocks[block].text: override.label for block, override in named.items()}, reports


def test_every_block_within_the_elements_gets_the_label() -> None:
    labels, reports = given_labels(
        "<div class=x>a<p>b</p><div class=x><p>c</p></div></div><p>d</p><div class=x> </div>", Override(".x", "advert")
    )
    assert labels == {"a": "advert", "b": "advert", "c": "advert"}
    assert reports == [Report(0, 3, 3, None)]


def test_an_inline_element_around_a_whole_block_names_it_and_one_around_a_part_does_not() -> None:
    labels, reports = given_labels(
        "<p>a <b>b</b></p><p><i>c</i></p>", Override("b", "advert"), Override("i", "appeal", "donation")
    )
    assert labels == {"c": "appeal"}
    assert reports == [Report(0, 1, 0, "no_block"), Report(1, 1, 1, None)]


def test_the_last_wins() -> None:
    labels, reports = given_labels("<div><p>a</p><p>b</p></div>", Override("div", "advert"), Override("p", "content"))
    assert set(labels.values()) == {"content"}
    assert [report.blocks for report in reports] == [2, 2]
    labels, _ = given_labels("<div><p>a</p><p>b</p></div>", Override("p", "content"), Override("div", "advert"))
    assert set(labels.values()) == {"advert"}


def test_what_does_nothing_is_reported_with_its_reason() -> None:
    page = "<p>a</p><div></div>"
    _, reports = given_labels(page, *(Override(selector, "advert") for selector in ("p[", "ul", "div", "p")))
    assert [report.problem for report in reports] == ["invalid_selector", "no_element", "no_block", None]
    _, reports = given_labels(page, Override("p " * 40, "advert"), steps=500)
    assert [report.problem for report in reports] == ["too_costly"]
    assert {"invalid_selector", "no_element", "no_block", "too_costly"} == set(overrides.PROBLEMS)


def test_labels_given_stand_in_the_models_place() -> None:
    chosen = np.array([0, 1, 2], dtype=np.int64)
    assert overrides.chosen(chosen, {1: Override("p", "navigation")}).tolist() == [0, 3, 2]
    assert chosen.tolist() == [0, 1, 2]


@settings(max_examples=200, deadline=None)
@given(html=strategies.PAGES, data=st.data())
def test_the_blocks_named_are_those_that_stand_whole_in_a_matched_element(html: str, data: st.DataObject) -> None:
    page = blocks.split(dom.parse(html))
    seen = Extents(page)
    elements = sorted(data.draw(st.sets(st.integers(0, len(page.tags) - 1), max_size=6)))
    named, (report,) = overrides.apply([Override("x", "advert")], [elements or "no_element"], seen)
    expected = {block for element in elements for block in seen.whole(element)}
    assert set(named) == expected
    assert report.blocks == len(expected)
