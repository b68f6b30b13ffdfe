import pytest

from app import blocks, dom
from app.reader import Reader
from app.repeats import once
from tests import reading

LONG = "The ferry had left the pier at dawn with nine people and a piano, which nobody had come to claim."
NEXT = "Only the harbour master knew whose it was, and he had promised to say nothing before Sunday."
NOTE = "Not valid with other offers; one for each household, as long as there are some in our stores."


def kept(html: str) -> list[str]:
    page = blocks.split(dom.parse(html))
    return [block.text for block in once(page, page.blocks)]


def test_a_passage_that_is_there_twice_is_given_once_with_what_stands_around_it_there_too() -> None:
    passage = f"<h2>Found</h2><p>{LONG}</p><p>{NEXT}</p><img src=a.png><p>Ends.</p>"
    html = f"<div class=wide>{passage}</div><p>Between</p><div class=narrow>{passage}</div><p>Behind</p>"
    assert kept(html) == ["Found", LONG, NEXT, "", "Ends.", "Between", "Behind"]


def test_all_of_many_copies_are_left_out_but_the_first() -> None:
    assert kept(f"<div><p>{LONG}</p><p>{NEXT}</p></div>" * 4) == [LONG, NEXT]
    figure = f"<figure><img src=a.png><figcaption>{LONG} {NEXT}</figcaption></figure>"
    assert kept(figure * 4) == ["", f"{LONG} {NEXT}"]


def test_a_passage_has_a_long_text_and_a_length() -> None:
    def length(*texts: int) -> int:
        box = "".join(f"<p>{'x' * (each - 1)}{at}</p>" for at, each in enumerate(texts))
        return len(kept(f"<div>{box}</div><div>{box}</div>")) - len(texts)

    assert length(80, 80) == length(160) == 0
    assert length(80, 79) == length(79, 80) == 2
    assert length(79, 79, 79) == 3


def test_a_copy_of_a_copy_that_stays_stays_too() -> None:
    answer = f"<p>{LONG}</p><p>{NEXT}</p>"
    html = "".join(f"<section><h3>May {what} be changed?</h3>{answer}</section>" for what in ("shoes", "hats", "shoes"))
    assert kept(html) == [
        "May shoes be changed?", LONG, NEXT, "May hats be changed?", LONG, NEXT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "html",
    [
        f"<div><p>{LONG} {NEXT}</p><p>a</p><p>{LONG} {NEXT}</p></div>",  # a refrain
        f"<div>{LONG} {NEXT}<br><br>a<br><br>{LONG} {NEXT}</div>",  # also between breaks
        f"<div><p>$ 1</p><p>{NOTE}</p></div><div><p>$ 2</p><p>{NOTE}</p></div>",  # a caveat at each offer
        "".join(f"<figure><img src={at}><figcaption>{LONG}</figcaption></figure>" for at in range(6)),
        f"<div><h3>One</h3><p>{LONG} {NEXT}</p></div><div><h3>Two</h3><p>{LONG} {NEXT}</p></div>",
        f"<div><p>{LONG} {NEXT}</p></div><blockquote><p>{LONG} {NEXT}</p></blockquote><p>I agree.</p>",
        f"<blockquote><p>{LONG} {NEXT}</p></blockquote><div><p>He rose.</p><p>{LONG} {NEXT}</p></div>",
        f"<table><tr><td>1<td>{LONG} {NEXT}<tr><td>2<td>{LONG} {NEXT}</table>",
        f"<ol><li><p>Rise<li><p>{LONG} {NEXT}<li><p>Rise<li><p>{LONG} {NEXT}</ol>",
        f"<dl><dt>1<dd><p>{LONG} {NEXT}<dt>2<dd><p>{LONG} {NEXT}</dl>",
        f"<div><p>{LONG}</p></div><div><pre>{LONG} {NEXT}</pre></div><div><pre>{LONG} {NEXT}</pre></div>",
        "<div><p>One</p><p>Two</p></div><div><p>One</p><p>Two</p></div>",
        "<p>One</p><p>Two</p>",
    ],
)
def test_what_belongs_where_it_stands_or_is_short_stays(html: str) -> None:
    page = blocks.split(dom.parse(html))
    assert once(page, page.blocks) == page.blocks


def test_a_repetition_between_boxes_that_is_no_content_counts_for_nothing() -> None:
    html = f"<nav><p>{LONG} {NEXT}</p></nav><div><p>{LONG} {NEXT}</p></div>"
    result = reading.result(html, lambda page, block: page.tags[page.parents[block.element]] == "div")
    assert Reader(result).text() == f"{LONG} {NEXT}"


def test_text_markdown_and_html_say_it_once() -> None:
    reader = Reader(reading.result(f"<div><p>{LONG}</p><p>{NEXT}</p></div>" * 2))
    for said in (reader.text(), reader.markdown(), reader.html()):
        assert said.count(LONG) == said.count(NEXT) == 1
