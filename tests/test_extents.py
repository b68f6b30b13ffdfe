from hypothesis import given, settings

from app import blocks, dom
from app.extents import NOTHING, Extents
from tests import strategies


def extents(html: str) -> tuple[blocks.Page, Extents]:
    page = blocks.split(dom.parse(html))
    return page, Extents(page)


def test_an_element_holds_the_blocks_between_its_first_thing_and_its_last() -> None:
    page, seen = extents("<div><p>one</p> <p>two<img></p></div><section> <i></i></section><p>three</p>")
    at = {tag: page.tags.index(tag) for tag in ("div", "p", "img", "section", "i")}
    assert [list(seen.whole(at[tag])) for tag in ("div", "p", "section")] == [[0, 1], [0], []]
    assert list(seen.whole(0)) == [0, 1, 2]
    assert seen.highs[at["i"]] == NOTHING
    assert seen.cuts(at["img"])
    assert list(seen.whole(at["img"])) == []
    assert not seen.cuts(at["div"])
    assert not seen.cuts(at["section"])


def test_an_element_may_hold_a_part_of_one_block_and_the_whole_of_the_next() -> None:
    page, seen = extents("<p>one <b>two<br><br>three</b></p>")
    bold = page.tags.index("b")
    assert [block.text for block in page.blocks] == ["one two", "three"]
    assert list(seen.whole(bold)) == [1]
    assert seen.cuts(bold)


def test_line_breaks_and_blank_texts_are_nothing_to_see() -> None:
    page, seen = extents("<p>one</p><div> <br> <b>\n</b></div><pre>\n</pre>")
    assert [seen.highs[page.tags.index(tag)] for tag in ("div", "br", "b", "pre")] == [NOTHING] * 4
    assert (seen.owners, seen.starts, seen.ends) == ([0], [0], [0])


@settings(max_examples=200, deadline=None)
@given(html=strategies.PAGES)
def test_every_thing_is_in_the_elements_around_it_and_in_one_block(html: str) -> None:
    page, seen = extents(html)
    below: list[list[int]] = [[] for _ in page.tags]
    for number, block in enumerate(page.blocks):
        things = range(seen.starts[number], seen.ends[number] + 1)
        assert [seen.owners[thing] for thing in things] == [number] * len(things)
        assert len(things) >= 1
        shown = [
            element
            for element, _, text in page.items[block.first : block.last]
            if (page.tags[element] != "br" if text is None else text.strip())
        ]
        for thing, held in zip(things, shown, strict=True):
            element = held
            while element >= 0:
                below[element].append(thing)
                element = page.parents[element]
    for element, things_below in enumerate(below):
        assert things_below == (
            list(range(seen.lows[element], seen.highs[element] + 1)) if seen.highs[element] != NOTHING else []
        )
        touched = {seen.owners[thing] for thing in things_below}
        whole = {
            number
            for number in touched
            if seen.starts[number] >= seen.lows[element] and seen.ends[number] <= seen.highs[element]
        }
        assert set(seen.whole(element)) == whole
        assert seen.cuts(element) == (touched != whole)
