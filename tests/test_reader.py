import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.blocks import Block, Page
from app.elements import EMBEDS
from app.labeller import LabelledBlock, Result, Timings
from app.labels import LABELS
from app.reader import Reader
from tests import hostile, pages, reading, strategies

PAGES = {page.name: page for page in pages.load()}

each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)

MADE = st.tuples(strategies.PAGES, st.integers(0, 7), st.booleans())
"""A page, which of its blocks are content (by their number's bits), and whether its address is known."""


def made(page: tuple[str, int, bool]) -> Reader:
    html, mask, known = page

    def is_content(_: Page, block: Block) -> bool:
        return bool((1 << block.element % 3) & mask)

    return Reader(reading.result(html, is_content), "https://x.test/a/b" if known else None)


def without_embeds(html: str) -> str:
    """Links to what is embedded show an address, which is no text of the page."""
    return re.sub(r"<p><a href=\"([^\"]*)\"[^>]*>(?:https:)?\1</a></p>", "", html)


@given(MADE)
@settings(max_examples=100, deadline=None)
def test_every_content_word_is_in_the_text_once_and_in_order(page: tuple[str, int, bool]) -> None:
    reader = made(page)
    assert reader.text().split() == reading.words(reader.result)


@given(MADE)
@example(('0<img src="ad">0', 7, False))
@settings(max_examples=100, deadline=None)
def test_every_content_word_is_in_the_html_once_and_in_order(page: tuple[str, int, bool]) -> None:
    reader = made(page)
    embeds = [block for block in reader.result.blocks if block.label == "content" and not block.text]
    html = reader.html()
    if not any(block.tag in EMBEDS for block in embeds):
        assert reading.words_of_html(html) == reading.words(reader.result)
    assert not re.search(r"<[a-z0-9]+[^>]*\s(?:on|style|srcdoc)", html)


@given(MADE)
@example(('<amp-ad src="ad"></amp-ad>', 4, False))  # an embed is told by its address
@example(('<div><img src="ad"></img></div><div></div><div>0</div>', 4, False))
@example(('<p>Look!<a href="/a">a link</a></p>', 7, False))  # no picture
@settings(max_examples=100, deadline=None)
def test_every_content_letter_is_in_the_markdown_once_and_in_order(page: tuple[str, int, bool]) -> None:
    reader = made(page)
    if any(block.tag in EMBEDS for block in reader.result.blocks):
        return
    told = re.sub(r"(?<!\\)!\[(?:\\.|[^\]\\])*\]\([^)]*\)", "", reader.markdown())  # pictures
    told = re.sub(r"(\]\([^)]*\)|^```\S*|<br>)", "", told, flags=re.MULTILINE)

    def letters(text: str) -> str:
        return "".join(re.findall(r"[^\W_]", text))

    assert letters(told) == letters("".join(reading.words(reader.result)))


@each_page
def test_nothing_but_the_content_is_told(page: pages.Page) -> None:
    result = reading.as_expected(page)
    reader = Reader(result, "https://paper.test/2024/story.html")
    expected = reading.words(result)
    assert reader.text().split() == expected
    assert reading.words_of_html(without_embeds(reader.html())) == expected
    told = "".join(re.findall(r"[^\W_]", re.sub(r"\]\(\S*\)", "", reader.markdown())))
    position = 0
    for word in expected:
        letters = "".join(re.findall(r"[^\W_]", word))
        position = told.find(letters, position)
        assert position >= 0, word


@each_page
def test_links_are_absolute_where_the_address_is_known(page: pages.Page) -> None:
    reader = Reader(reading.as_expected(page), "https://paper.test/2024/story.html")
    addresses = re.findall(r'(?:href|src)="([^"]*)"', reader.html())
    assert all(re.match(r"https?://|mailto:|tel:", address) for address in addresses)


def test_a_text_is_read_as_paragraphs() -> None:
    blocks = [
        LabelledBlock(at, label, None, 0.9, None, None, None, None, text, False)
        for at, (label, text) in enumerate(
            [("content", "1 < 2 & *3*"), ("appeal", "Please give"), ("content", "<b>not bold</b>")]
        )
    ]
    reader = Reader(Result(None, blocks, dict.fromkeys(LABELS, 0), [], Timings(0, 0, 0)))
    assert reader.text() == "1 < 2 & *3*\n\n<b>not bold</b>"
    assert reader.html() == "<p>1 &lt; 2 &amp; *3*</p><p>&lt;b&gt;not bold&lt;/b&gt;</p>"
    assert reader.markdown() == "1 < 2 & \\*3\\*\n\n\\<b>not bold\\</b>"


def test_a_page_without_content_gives_nothing() -> None:
    reader = Reader(reading.result("<p>Menu</p>", lambda *_: False))
    assert (reader.text(), reader.html(), reader.markdown()) == ("", "", "")


HARMFUL = {
    "filing": lambda: hostile.filing(150_000),
    "one wide row": lambda: f"<table><tr>{'<td>x' * 8_000}{'<tr><td>y<td>z' * 2_000}</table>",
    "spans": lambda: f"<table>{'<tr><td colspan=5 rowspan=20>y<td>z' * 2_000}</table>",
    "unclosed formatting": lambda: hostile.unclosed_formatting(250),
    **{name: hostile.PAGES[name] for name in ("500 deep", "huge spans", "one long line", "NULs", "truncated")},
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_page_that_means_harm_is_read_in_bounds(name: str) -> None:
    posted = HARMFUL[name]()
    result = reading.result(posted)
    reader = Reader(result, "https://x.test/")
    html, markdown = reader.html(), reader.markdown()
    assert reader.text().split() == reading.words(result)
    assert len(html) + len(markdown) < 20 * len(posted) + 10_000


@pytest.mark.parametrize("tag", ["blockquote", "ul", "li", "div", "table", "b", "a href=x", "pre", "dl", "figure", "q"])
def test_boxes_in_boxes_in_boxes_keep_their_text(tag: str) -> None:
    html = f"<{tag}>" * 1_900 + "<p>The bell is back.</p>" + "<p>It rang.</p>"
    reader = Reader(reading.result(html), "https://x.test/")
    assert [line for line in reader.text().splitlines() if line] == ["The bell is back.", "It rang."]
    assert reading.words_of_html(reader.html()) == ["The", "bell", "is", "back.", "It", "rang."]
    assert "The bell is back." in reader.markdown()
    assert len(reader.html()) < 3_000


def test_addresses_are_bounded_all_together() -> None:
    long = "https://x.test/" + "a" * 1_900 + "/"
    reader = Reader(reading.result("<a href=1>x</a> " * 20_000), long)
    assert len(reader.html()) < 6_000_000
    card = Reader(reading.result(f"<a href={long}><div>" + "<p>x</p>" * 20_000 + "</div></a>"))
    assert len(card.html()) < 6_000_000
