import pytest

from app import blocks, dom, hints


def taken(html: str) -> tuple[blocks.Page, dict[int, str]]:
    page = blocks.split(dom.parse(html))
    return page, hints.take(page)


def test_the_callers_word_on_what_is_shown_goes_before_the_markups() -> None:
    page, _ = taken(
        "<p>a<div data-bl-vis=0>b<p>c<p data-bl-vis=1>d</div>"
        "<div hidden data-bl-vis=1>e<p>f<p style='display:none'>g</div><p data-bl-vis=2 hidden>h"
    )
    shown = {block.text: not page.hidden[block.element] for block in page.blocks}
    assert shown == {"a": True, "b": False, "c": False, "d": True, "e": True, "f": True, "g": False, "h": False}


def test_positions_are_told_of_elements() -> None:
    page, positions = taken("<p data-bl-pos=Static>a</p><div data-bl-pos=fixed></div><p data-bl-pos>b</p>")
    assert {page.tags[element]: position for element, position in positions.items()} == {"p": "static", "div": "fixed"}


def test_hints_are_taken_off_so_that_no_label_rests_on_their_names() -> None:
    page, _ = taken("<html data-bl-vis=1><p class=x data-bl-pos=fixed data-bl-vis=1 data-y=1>a")
    assert page.attrs == [{}, {}, {"class": "x", "data-y": "1"}]


@pytest.mark.parametrize("html", ["", "<p hidden>a<p>b"])
def test_a_page_without_hints_stays_as_it_is(html: str) -> None:
    page, positions = taken(html)
    assert positions == {}
    assert page == blocks.split(dom.parse(html))
