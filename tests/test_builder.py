"""The builder never tells of fewer open elements than the parser opens."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import dom
from app.builder import Builder

# Lexbor lets nobody look at its stack; the deepest element of the tree that it builds is a measure of it.
NAMES = (
    "a b i nobr font p div span li ul dd h1 table tr td th tbody caption colgroup col select option optgroup button"
    " form svg math mi annotation-xml mglyph foreignObject desc g template object br input ruby rt center"
).split()
TAG = st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from([f"<{name}>", f"</{name}>", f"<{name}/>", "t"]))


def follow(html: str) -> tuple[int, int]:
    """Return how deep the builder says that the page is, and how many elements it says that there are."""
    builder = Builder()
    deepest = starts = 0
    for tag in html.replace(">t", ">").split(">")[:-1]:
        name = tag[1:].strip("/ ").lower()
        if tag.startswith("</"):
            builder.end(name)
        else:
            builder.start(name, name, {}, tag.endswith("/"))
            starts += 1
        deepest = max(deepest, len(builder.names))
    builder.start("span", "span", {}, False)
    return max(deepest, len(builder.names)), starts + builder.reopened


def parsed(html: str) -> tuple[int, int]:
    """Return how deep below `body` the parser's tree is, and how many elements it has."""
    root = dom.parse(html + "<span>").root
    assert root is not None
    deepest = number = 0
    stack = [(root, -1)]
    while stack:
        node, depth = stack.pop()
        number += 1
        deepest = max(deepest, depth)
        below = node.first_child
        while below is not None:
            if below.tag and below.tag[0] != "-":
                stack.append((below, depth + 1))
            below = below.next
    return deepest, number


@settings(max_examples=150)
@given(st.lists(TAG, max_size=60).map(lambda tags: "<p>" + "".join(tag if tag[0] == "<" else "" for tag in tags)))
@example("<p>" + "<p><b><i>" * 8)
@example("<p><b>" + "<div>" * 12 + "</b>" * 3)
@example("<p><svg><desc><p></desc><g><p>")
def test_it_never_tells_too_little(html: str) -> None:
    deepest, number = follow(html)
    truly, elements = parsed(html)
    # Implied elements (tbody, tr, colgroup) are not followed: a cell stands at most two deeper for each table.
    assert truly <= 3 * deepest + 3
    assert elements <= 3 * number + 10


@pytest.mark.parametrize(
    ("html", "depth"),
    [
        ("<div><p><p><p>", 2),
        ("<ul><li><li><li>", 2),
        ("<dl><dt><dd><dt>", 2),
        ("<h1><h2>", 1),
        ("<select><option><option><select><p>", 2),
        ("<button><button><button>", 1),
        ("<ruby><rt><rt><rp>", 2),
        ("<table><tr><td><td></table><p>", 3),
        ("<td><tr><caption>", 0),
        ("<template><td><div></template><p>", 3),
        ("<svg><path/><path/><p>", 1),
        ("<svg><desc><div></desc><g/></svg><p>", 5),
        ("<svg><desc></desc><g/></svg><p>", 2),
        ("<math><mi><mglyph/></mi><annotation-xml><svg>", 3),
        ("<form><div></form><p>", 2),
        ("<a><a><a>", 1),
        ("<nobr><nobr>", 1),
        ("<b><p></b><b></b><i></i>", 2),
        ("<object><b></object></b><p>", 2),
        ("<svg></p><p>", 1),
        ("<b><b><b><b></b></b></b></b><p>", 4),
        ("<b><svg><desc></b><p>", 4),
        ("<x-y><i></x-y></i><p>", 2),
        ("<table><tr><td><svg></td><td><p>", 4),
        ("<svg></div></svg></x></b></p>", 1),
    ],
)
def test_what_closes_what(html: str, depth: int) -> None:
    builder = Builder()
    deepest = 0
    for tag in html.split("<")[1:]:
        name = tag.rstrip(">").strip("/")
        if tag.startswith("/"):
            builder.end(name)
        else:
            builder.start(name, name, {}, tag.endswith("/>"))
        deepest = max(deepest, len(builder.names))
    assert deepest == depth


def test_html_stands_in_an_annotation_that_says_so() -> None:
    for encoding, depth in (("Text/HTML", 3), ("application/x-tex", 1)):
        builder = Builder()
        builder.start("math", "math", {}, False)
        builder.start("annotation-xml", "annotation-xml", {"encoding": encoding}, False)
        builder.start("p", "p", {}, False)
        assert len(builder.names) == depth


def test_a_font_with_a_colour_ends_a_drawing() -> None:
    for attributes, depth in (({}, 2), ({"color": "red"}, 1)):
        builder = Builder()
        builder.start("svg", "svg", {}, False)
        builder.start("font", "font", attributes, False)
        assert len(builder.names) == depth
