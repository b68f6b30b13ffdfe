import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, dom
from app.blocks import Page
from app.bounds import Bounds
from app.errors import PageTooComplex
from app.extents import Extents
from app.hide import Subtree, hide
from app.labels import LABELS
from app.places import Places
from tests import seen, strategies
from tests.seen import squeezed

CODES = {"c": 0, "a": 1, "d": 2, "n": 3}


def hidden(html: str, codes: str, bounds: Bounds = Bounds()) -> list[tuple[str, str, list[int]]]:  # noqa: B008 (frozen)
    """What may be hidden of a page whose blocks have these labels: label, tag and id, blocks."""
    page = blocks.split(dom.parse(html))
    assert len(page.blocks) == len(codes), [block.text for block in page.blocks]
    found = hide(page, Extents(page), [CODES[code] for code in codes], bounds)
    return [
        (each.label, page.tags[each.element] + (page.attrs[each.element].get("id") or ""), list(each.blocks))
        for each in found
    ]


@pytest.mark.parametrize(
    ("html", "codes", "expected"),
    [
        ("<main><p>a</p><aside id=1><p>b</p><p>c</p></aside></main>", "caa", [("appeal", "aside1", [1, 2])]),
        # Another label, or content, in the box: only what holds one label goes.
        (
            "<p>s</p><aside><h3>x</h3><p id=1>b</p><p id=2>c</p></aside>",
            "cnaa",
            [("navigation", "h3", [1]), ("appeal", "p1", [2]), ("appeal", "p2", [3])],
        ),
        ("<p>s</p><aside><p id=1>b</p><p>c</p></aside>", "cac", [("appeal", "p1", [1])]),
        # The element of the plea holds a block of content as well: half an element cannot be hidden.
        ("<div>plea<p>story</p></div>", "ac", []),
        ("<div>plea<br><br>story</div>", "ac", []),
        # … but an inline element around the whole of a block can, and one around a part of it cannot.
        ("<div>story<br><br><b id=1><a>plea</a></b></div>", "ca", [("appeal", "b1", [1])]),
        ("<div>story<br><br>a <b>plea</b></div>", "ca", []),
        ("<p>story <b>plea<br><br><a id=1>more</a></b></p>", "ca", [("appeal", "a1", [1])]),
        ("<p>story</p><div id=1>plea<p>more</p></div>", "caa", [("appeal", "div1", [1, 2])]),
        ("<p>story</p><div>plea<p id=1>advert</p></div>", "cad", [("advert", "p1", [2])]),
        # Media and slots are blocks too; a frame of content keeps its box.
        ("<p>s</p><div><p id=1>b</p><iframe></iframe></div>", "cac", [("appeal", "p1", [1])]),
        ("<p>s</p><div id=1><div class=ad></div></div>", "cd", [("advert", "div1", [1])]),
        ("<p>s</p><div><img><p id=1>b</p></div>", "ccn", [("navigation", "p1", [2])]),
        # White space, comments and line breaks are nobody's.
        ("<p>s</p><div id=1> <br><!-- x --><p>b</p>\n</div>", "ca", [("appeal", "div1", [1])]),
        # Hidden content counts.
        ("<p>s</p><div><p id=1>b</p><p hidden>t</p></div>", "cac", [("appeal", "p1", [1])]),
        # The page itself is never hidden.
        ("<nav>a</nav><footer>b</footer>", "nn", [("navigation", "nav", [0]), ("navigation", "footer", [1])]),
        ("bare", "n", []),
        ("<svg><text id=1>x</text></svg><p>y</p>", "dc", [("advert", "svg", [0])]),
        ("", "", []),
    ],
)
def test_the_greatest_elements_of_one_unwanted_label(
    html: str, codes: str, expected: list[tuple[str, str, list[int]]]
) -> None:
    assert hidden(html, codes) == expected


def fit(page: Page, labels: list[int]) -> dict[int, list[int]]:
    """By the definition, and in any time it takes: the elements that may be hidden, with the blocks that they hold."""
    held: dict[int, list[tuple[int, int]]] = {}
    sizes = []
    for number, block in enumerate(page.blocks):
        shown = [
            element
            for element, _, text in page.items[block.first : block.last]
            if (page.tags[element] != "br" if text is None else text.strip())
        ]
        sizes.append(len(shown))
        for at, each in enumerate(shown):
            element = each
            while element >= 0:
                held.setdefault(element, []).append((number, at))
                element = page.parents[element]
    found = {}
    for element, things in held.items():
        numbers = sorted({number for number, _ in things})
        one = {labels[number] for number in numbers}
        whole = len(things) == sum(sizes[number] for number in numbers)
        if whole and len(one) == 1 and one != {0} and page.tags[element] not in {"html", "body", "frameset"}:
            found[element] = numbers
    return found


def above(page: Page, element: int) -> set[int]:
    found = set()
    while (element := page.parents[element]) >= 0:
        found.add(element)
    return found


@settings(max_examples=400, deadline=None)
@given(html=strategies.PAGES, data=st.data())
def test_what_may_be_hidden_is_disjoint_greatest_and_all_that_can_be(html: str, data: st.DataObject) -> None:
    page = blocks.split(dom.parse(html))
    labels = data.draw(
        st.lists(st.integers(0, 3), min_size=len(page.blocks), max_size=len(page.blocks))
        | st.builds(lambda label: [label] * len(page.blocks), st.integers(0, 3))
    )
    found = hide(page, Extents(page), labels, Bounds())
    fitting = fit(page, labels)
    elements = {each.element for each in found}
    assert elements <= set(fitting)
    for each in found:
        assert each.label == LABELS[labels[each.blocks[0]]] != "content"
        assert list(each.blocks) == fitting[each.element]
        assert not above(page, each.element) & set(fitting)  # greatest, hence disjoint
    assert [each.element for each in found] == sorted(elements)
    coverable = {number for numbers in fitting.values() for number in numbers}
    assert coverable == {number for each in found for number in each.blocks}


@settings(max_examples=300, deadline=None)
@given(html=strategies.PAGES, data=st.data())
def test_without_what_may_be_hidden_a_page_says_all_else(html: str, data: st.DataObject) -> None:
    page = blocks.split(dom.parse(html))
    labels = [data.draw(st.sampled_from([0, 0, 1, 2, 3])) for _ in page.blocks]
    found = hide(page, Extents(page), labels, Bounds())
    tree = seen.without_instructions(dom.parse(html))
    nodes = []
    for each in found:
        (node,) = tree.css(Places(page).selector(each.element))
        nodes.append(node)
    for node in nodes:
        node.decompose()
    gone = {number for each in found for number in each.blocks}
    left = [block.text for number, block in enumerate(page.blocks) if number not in gone]
    assert seen.with_lexbor(tree).text == "".join(map(squeezed, left))
    assert all(labels[number] for number in gone)


def test_paths_too_long_to_answer_with_are_refused() -> None:
    html = "<p>story" + "<i>" * 100 + "<br><br><s>plea</s><br><br>story" * 50
    codes = "c" + "ac" * 50
    assert len(hidden(html, codes)) == 50
    with pytest.raises(PageTooComplex) as caught:
        hidden(html, codes, Bounds(max_path_steps=3000))
    assert caught.value.what == "max_path_steps"


def test_time_grows_with_the_page_and_no_faster() -> None:
    def seconds(count: int) -> float:
        page = blocks.split(dom.parse("<div><p>a</p><p>b<i>c</i></p></div>" * count))
        labels = [1, 0] * count
        best = 1e9
        for _ in range(5):
            start = time.process_time()
            hide(page, Extents(page), labels, Bounds(max_path_steps=10**9))
            best = min(best, time.process_time() - start)
        return best

    assert seconds(1600) < 80 * max(seconds(100), 1e-4)  # 16 pages in one; 256 if it grew with the square


def test_a_subtree_says_where_it_is_and_what_goes_with_it() -> None:
    page = blocks.split(dom.parse("<p>a</p><p>b</p>"))
    assert hide(page, Extents(page), [0, 1], Bounds()) == [Subtree(3, "appeal", range(1, 2))]
