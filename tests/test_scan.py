import pytest

from app import dom, scan
from app.bounds import Bounds
from app.errors import PageTooComplex
from tests import hostile

MANY = 3_000  # tags: a page of so few is passed if nothing in it is strange
DEEP = 10_000


def refused(html: str, **bounds: int) -> str | None:
    """Return the bound that a page exceeds, None if it may be parsed."""
    try:
        scan.check(dom.encode(html), Bounds(**bounds))
    except PageTooComplex as error:
        return error.what
    return None


@pytest.mark.parametrize(
    ("html", "bound"),
    [
        (hostile.unclosed_formatting(MANY), "max_reopened"),
        (hostile.nested(DEEP), "max_depth"),
        ("<svg>" + "<g>" * DEEP, "max_depth"),
        ("<table><tr><td>" * MANY, "max_depth"),
        ("<template>" * DEEP, "max_depth"),
        ("<ul><li>x" * MANY, "max_depth"),
        ("<svg><style>" + "<g>" * DEEP, "max_depth"),
        ("<frameset>" + "<textarea><frameset></textarea>" * MANY, "max_depth"),
        ("<p " + " ".join(f"a{at}" for at in range(MANY)) + ">", "max_attributes"),
        ("<p><!-- " + " ".join(f"a{at}" for at in range(MANY)) + " --><p " + "a " * MANY, "max_attributes"),
        (
            '<!--<a b="--><p ' + " ".join(f"a{at}" for at in range(MANY)) + '><a b=">' + "<p>x</p>" * 900,
            "max_attributes",
        ),
        ('<!--<a b="-->' + "".join(f"<p><b id='{at}'>" for at in range(MANY // 2)) + '<a b=">', "max_reopened"),
        ("".join(f"</p a{at}=1>x" for at in range(12 * MANY)), "max_names"),
        ("".join(f"<p a{at}=1></p>" for at in range(12 * MANY)), "max_names"),
        ("".join(f"<x{at}></x{at}>" for at in range(4 * MANY)), "max_names"),
        ("<select>" + "<option>x" * 3 * MANY, "max_steps"),
        ("<table>" + "x<input type=hidden>" * 20 * MANY, "max_steps"),
        ("<br>" * 70 * MANY, "max_elements"),
        ("".join(f"<body a{at}=1>" for at in range(DEEP)), "max_attributes"),
        ("".join(f"<html a{at}=1>" for at in range(DEEP)), "max_attributes"),
        ("<x>" * 1_000 + "</y>" * 10 * MANY, "max_steps"),
        ("<table>" + "x<!---->" * 20 * MANY, "max_steps"),
    ],
    ids=range(22),
)
def test_what_would_cost_the_parser_too_much_is_named(html: str, bound: str) -> None:
    assert refused(html) == bound


@pytest.mark.parametrize(
    "html",
    [
        "<p>x" * MANY,
        "<li>x" * MANY,
        "<br>" * MANY,
        "<table>" + "<tr><td>x" * MANY,
        "<select>" + "<option>x" * 1_000,
        "<b><i>x</i></b>" * MANY,
        "<p><a href=x>y" * MANY,
        "<nobr>x" * MANY,
        "<p><b>x" * MANY,
        "<svg>" + "<path/>" * MANY + "</svg>",
        "<math>" + "<mspace/>" * MANY + "</math>",
        "<svg></p>x<desc>" + "<br>" * MANY,
        "<!--" + "<div>" * MANY + "-->",
        "<!--" + "<div>" * MANY + "--!>",
        "<!-->" + "<div></div>" * MANY,
        "<?" + "<div" * MANY + ">",
        "<p title='" + "<div>" * MANY + "'>",
        "<svg><![CDATA[" + "<g>" * MANY + "]]></svg>",
        "<svg><![CDATA[" + "<g>" * MANY,
        "<textarea>" + "<div>" * MANY,
        "<iframe>" + "<div>" * MANY + "</iframe>",
        "<script>" + "'<div>'" * MANY + "</script>",
        "<script><!-- <script>" + "</script >" * 1 + "<div>" * MANY + "</script>",
        "<script><!-- <script> --> </script>" + "<div></div>" * MANY,
        "<script><!-->" + "<div>" * MANY + "</script>",
        "<script>" + "<div>" * MANY,
        "<p " + "a " * 500 + ">" + "x" * 4_000,
        "word " * 20 * MANY,
        "<svg>" + "".join(f"<html a{at % 9}='1'/>" for at in range(MANY)),
    ],
)
def test_what_only_looks_so_is_parsed(html: str) -> None:
    padded = "<body>" + "<p></p>" * MANY + html  # so much that the page is not passed unseen
    assert refused(html) is None
    assert refused(padded) is None


def test_a_short_page_is_not_looked_at() -> None:
    assert refused("<div>" * 700, max_depth=1) is None


def test_bounds_are_the_callers() -> None:
    assert refused("<p>x</p>" * MANY, max_steps=1_000) == "max_steps"
    assert refused("<p><b id=1><i id=2>x" * 300, max_reopened=100) == "max_reopened"
    assert refused(f"<p {'a ' * 12}>" + "x" * 4_000, max_attributes=10) == "max_attributes"
    assert refused("<p>x" + "".join(f"<x{at}>" for at in range(900)), max_names=100) == "max_names"


def test_names_are_counted_once() -> None:
    assert refused("<p class=a data-b='c d' e>x</p>" * 5_000) is None


@pytest.mark.parametrize(("name", "bound"), hostile.REFUSED.items())
def test_hostile_pages_are_refused_unparsed(name: str, bound: str) -> None:
    assert refused(hostile.PAGES[name]()) == bound
