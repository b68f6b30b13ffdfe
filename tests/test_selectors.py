import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, dom
from app.places import Places
from app.selectors import InvalidSelector, Selectors, TooCostly
from tests import seen, strategies

PAGE = (
    '<div id=d class="box Big"><p class=a id=p1 lang=en-GB>1<p class="a b" id=p2 data-x="">2<script></script>'
    "<i id=i>3</i><b id=b>4</b></div><ul id=u><li id=l1>5<li id=l2>6<li id=l3 title='x y'>7</ul><o:p id=o>8</o:p>"
)


def found(selector: str, html: str = PAGE) -> list[str]:
    page = blocks.split(dom.parse(html))
    return [page.attrs[element].get("id") or page.tags[element] for element in Selectors(page).find(selector)]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("p", ["p1", "p2"]),
        ("P", ["p1", "p2"]),
        (".a.b", ["p2"]),
        (".big", []),
        ("#i", ["i"]),
        ("p#p1.a", ["p1"]),
        ("#p1, li, #p1", ["p1", "l1", "l2", "l3"]),
        ("div p", ["p1", "p2"]),
        ("html p b", ["b"]),
        ("body > p", []),
        ("div > *", ["p1", "p2"]),
        ("p + p", ["p2"]),
        ("i + b", ["b"]),
        ("p ~ p, #l1 ~ li", ["p2", "l2", "l3"]),
        ("[data-x]", ["p2"]),
        ("[DATA-X='']", ["p2"]),
        ("[lang|=en]", ["p1"]),
        ("[lang|='en-GB']", ["p1"]),
        ("[class~=b]", ["p2"]),
        ("[id^=l][id$='2']", ["l2"]),
        ("[title*=' ']", ["l3"]),
        ("[title*=''], [title^=''], [title$='']", []),
        ("li:nth-child(2)", ["l2"]),
        ("li:nth-child(odd)", ["l1", "l3"]),
        ("li:nth-child(-n+2)", ["l1", "l2"]),
        ("li:nth-child(n+2)", ["l2", "l3"]),
        ("#i:nth-child(2)", ["i"]),  # the script counts
        ("li:first-child", ["l1"]),
        ("li:last-of-type, b:first-of-type", ["b", "l3"]),
        ("li:nth-of-type(3n)", ["l3"]),
        ("li:nth-last-of-type(2)", ["l2"]),
        ("p:not(.b)", ["p1"]),
        ("p:not(:is(.b, #p1))", []),
        (":is(#p1, li:first-child)", ["p1", "l1"]),
        (":root, :scope", ["html"]),
        ("o\\:p", ["o"]),
        ("html > body:nth-child(2) > ul:nth-child(2) > li:nth-child(3)", ["l3"]),
        ("html > body:nth-child(2) > *:nth-child(3)", ["o"]),
        ("script", []),
        ("video", []),
    ],
)
def test_selectors_match_as_css_says(selector: str, expected: list[str]) -> None:
    assert found(selector) == expected


@pytest.mark.parametrize(
    "selector",
    [
        "", " ", "p[", "p:", ">", "p >", "p::before", "p:banana", "p:hover", "div:has(p)", "p:contains(x)",
        "*:lang(en)", "svg|p", "p\x00", "[a|b]", "[a!=b]", "p:nth-child(x)", "p:nth-last-child(1)",
        "p:not(div p)", "p:where(.a)",
        ":not(" * 50, ":is(" * 400 + "a" + ")" * 400, ":is(:is(:is(:is(:is(:is(p))))))", "p{}", "p;", "@p",
        ":is(a", ":is(a, b", "p:where(", ":not(a", "p:nth-child(", "[a", "p:has(a",
        "p:nth-child()", f"p:nth-child({'9' * 1900}n)", "p:nth-child(n+1000000001)",
    ],
)  # fmt: skip
def test_what_is_no_selector_or_of_no_kind_that_is_taken_is_refused(selector: str) -> None:
    with pytest.raises(InvalidSelector):
        found(selector)


def test_below_another_root_only_that_is_looked_at() -> None:
    page = blocks.split(dom.parse(PAGE))
    root = page.tags.index("ul")
    assert Selectors(page, root).find(":scope") == [root]
    assert len(Selectors(page, root).find(":scope > li")) == 3
    assert Selectors(page, root).find("p") == []


def test_all_selectors_together_have_so_many_steps() -> None:
    page = blocks.split(dom.parse("<p>a</p>" * 200))
    selectors = Selectors(page, steps=5_000)
    assert len(selectors.find("p")) == 200
    with pytest.raises(TooCostly):
        [selectors.find("p") for _ in range(20)]


HOSTILE = {
    "descendants": "a " * 1000,
    "children": "* > " * 499 + "*",
    "siblings": "* ~ " * 499 + "*",
    "classes": ".a" * 1000,
    "substrings": "[class*=b]" * 200,
    "list": "*," * 999 + "*",
    "places": ":nth-child(2n)" * 140,
    "types": ":nth-of-type(2n) " * 110,
    "alternatives": f":is({'b, ' * 600}p)",
}


@pytest.fixture(scope="module", params=["wide", "wordy"])
def great(request: pytest.FixtureRequest) -> blocks.Page:
    """A page of many siblings, and one of an element with a great many classes."""
    pages = {"wide": "<p class=a>1</p>" * 30_000, "wordy": f"<p class='{'a ' * 1_000_000}'>1</p>"}
    return blocks.split(dom.parse(pages[request.param]))


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_selector_takes_long(great: blocks.Page, name: str) -> None:
    start = time.process_time()
    selectors = Selectors(great)
    try:
        for _ in range(100):
            selectors.find(HOSTILE[name])
    except TooCostly:
        pass
    assert time.process_time() - start < 40  # measured: below 3; without bounds, minutes


SIMPLE = st.one_of(
    st.sampled_from(["p", "div", "*", "b", "li", "td", "html", ".ad", ".x", "#x", "[class]", "[id^=a]", "[class*=b]"]),
    st.builds(
        lambda tag, rest: tag + rest,
        st.sampled_from(["p", "div", "*", "a", "td", "span"]),
        st.sampled_from(
            [".ad", ":first-child", ":nth-child(2)", ":nth-child(2n+1)", ":not(.ad)", ":is(p, .x)", "[class~=banner]"]
        ),
    ),
)
SELECTORS = st.builds(
    lambda first, more: first + "".join(combinator + compound for combinator, compound in more),
    SIMPLE,
    st.lists(st.tuples(st.sampled_from([" ", " > ", " ~ "]), SIMPLE), max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(html=strategies.TREES, selector=SELECTORS)
def test_matches_are_those_of_lexbors_engine(html: str, selector: str) -> None:
    page = blocks.split(dom.parse(html))
    tree = seen.without_instructions(dom.parse(html))
    if tree.root is None:
        return
    # Where an unseen element (a head is one) stands before, a sibling is matched there by what is none here.
    if " ~ " in selector and ("*" in selector or any(tree.css(tag) for tag in strategies.UNSEEN if tag != "head")):
        return
    numbers = {tree.css(Places(page).selector(element))[0].mem_id: element for element in range(len(page.tags))}
    expected = {numbers[node.mem_id] for node in tree.css(selector) if node.mem_id in numbers}
    assert Selectors(page).find(selector) == sorted(expected)
