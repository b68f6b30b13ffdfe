import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, dom, features, metadata, pagewide
from app.metadata import Metadata
from app.model import second_input
from app.vocabulary import Vocabulary
from tests import smallpage

LONG = "The ferry leaves the harbour at nine, and whoever misses it waits until the evening. " * 2


def shared(html: str, url: str | None = None) -> dict[str, float]:
    """What all blocks of a page share, by column."""
    tree = dom.parse(html)
    page = blocks.split(tree, url=url)
    seen = features.page_features(page, Vocabulary(), metadata.read(tree, url))
    assert seen.page.shape == (len(pagewide.COLUMNS),)
    return dict(zip(pagewide.COLUMNS, seen.page.tolist(), strict=True))


def head(*lines: str) -> str:
    return f"<head>{''.join(lines)}</head><body><p>x</p>"


def json_ld(kind: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "{kind}"}}</script>'


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("NewsArticle", "article"),
        ("BlogPosting", "article"),
        ("Product", "product"),
        ("CollectionPage", "list"),
        ("DiscussionForumPosting", "forum"),
        ("QAPage", "forum"),
        ("LocalBusiness", "firm"),
        ("Recipe", "recipe"),
        ("WebPage", "page"),
    ],
)
def test_what_the_markup_says_the_page_is(kind: str, column: str) -> None:
    found = shared(head(json_ld(kind)))
    said = {name.removeprefix("type_") for name, value in found.items() if name.startswith("type_") and value}
    assert said == {column, "any"}


def test_a_page_that_declares_nothing_says_so() -> None:
    found = shared("<p>x</p>")
    assert not any(found[name] for name in pagewide.DECLARED)


@pytest.mark.parametrize(
    ("meta", "columns"),
    [
        ('<meta property="og:type" content="article">', {"og_article", "og_any"}),
        ('<meta property="og:type" content="website">', {"og_website", "og_any"}),
        ('<meta property="og:type" content="og:product">', {"og_product", "og_any"}),
        ('<meta name="author" content="Runa Vell">', {"author"}),
        ('<meta property="article:published_time" content="2026-03-01">', {"date"}),
        ('<meta property="article:content_tier" content="locked">', {"not_free"}),
        ('<meta property="article:content_tier" content="free">', {"free"}),
    ],
)
def test_what_meta_elements_say(meta: str, columns: set[str]) -> None:
    found = shared(head(meta))
    assert {name for name in pagewide.DECLARED if found[name]} == columns


def test_what_an_address_looks_like() -> None:
    front = shared("<p>x</p>", "https://paper.test/")
    assert (front["address_address"], front["address_front"], front["address_steps"]) == (1, 1, 0)
    deep = shared("<p>x</p>", "https://paper.test/news/2026/a-long-way?page=2")
    assert (deep["address_front"], deep["address_query"]) == (0, 1)
    assert deep["address_steps"] == pytest.approx(np.log1p(3))
    assert deep["address_digits"] == pytest.approx(np.log1p(4))
    assert deep["address_hyphens"] == pytest.approx(np.log1p(2))
    own = shared(head('<meta property="og:url" content="https://paper.test/news">'))
    assert own["address_address"] == 1
    assert own["address_steps"] == pytest.approx(np.log1p(1))


def test_a_path_is_that_of_the_address_and_none_of_what_is_no_address() -> None:
    assert pagewide.path("https://paper.test/a/b?c#d") == "/a/b"
    assert pagewide.path(None) == pagewide.path("http://[broken") == ""
    assert len(pagewide.path("https://paper.test/" + "a" * 5_000)) == 300


def test_what_a_page_is_made_of() -> None:
    html = (
        f"<h1>Head</h1><article><p>{LONG}</p><p>{LONG}{LONG}</p></article>"
        f"<p><a href=/>{LONG}</a></p><ul><li><a href=/a>A</a><li><a href=/b>B</a></ul><table><tr><td>$ 5<td>€ 7</table>"
    )
    found = shared(html)
    counts = {name: round(float(np.expm1(found[name]))) for name in pagewide.MADE_OF}
    assert counts["paragraphs"] == 2
    assert counts["long_paragraphs"] == 1
    assert counts["paragraph_chars"] == 3 * len(LONG) - 2  # a text's last space is none of it
    assert counts["longest"] == 2 * len(LONG) - 1
    assert counts["links"] == 3
    assert counts["prices"] == 2
    assert (counts["tag_h1"], counts["tag_p"], counts["in_article"], counts["in_table"]) == (1, 3, 2, 2)


def test_it_stands_last_in_the_second_stages_input_the_same_for_every_block_and_not_at_all_for_text() -> None:
    page = blocks.split(dom.parse(smallpage.NEWS))
    seen = features.page_features(page, Vocabulary(), Metadata(og_type="article"))
    rows = second_input(seen, [np.full((len(page.blocks), 10), 0.1, dtype=np.float32)])
    np.testing.assert_array_equal(rows[:, -len(seen.page) :], np.tile(seen.page, (len(rows), 1)))
    lines = features.text_features(smallpage.LINES, Vocabulary())
    assert lines.page.shape == (0,)


@settings(max_examples=50, deadline=None)
@given(
    st.builds(
        Metadata,
        address=st.none() | st.text(max_size=40),
        og_type=st.text(max_size=10),
        types=st.lists(st.text(max_size=12), max_size=4).map(tuple),
        free=st.none() | st.booleans(),
    )
)
def test_whatever_is_declared_gives_finite_numbers(declared: Metadata) -> None:
    page = blocks.split(dom.parse("<p>x</p>"))
    seen = features.page_features(page, Vocabulary(), declared)
    assert np.isfinite(seen.page).all()
    assert (seen.page >= 0).all()


def test_a_page_without_blocks_has_a_row_too() -> None:
    seen = features.page_features(blocks.split(dom.parse("")), Vocabulary())
    assert seen.page.tolist() == [0.0] * len(pagewide.COLUMNS)
