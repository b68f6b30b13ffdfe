import numpy as np
import pytest
from hypothesis import given, settings

from app import blocks, context, dom, features, markup, text
from app.concepts import CONCEPTS
from app.features import NUMBERS, SCHEMA, Features
from app.markup import COUNTS
from app.vocabulary import Vocabulary
from tests import pages, smallpage, strategies


def described(html: str, vocabulary: Vocabulary | None = None) -> tuple[Features, blocks.Page]:
    page = blocks.split(dom.parse(html), url="https://www.paper.test/a")
    return features.page_features(page, vocabulary or Vocabulary(growing=True)), page


def test_a_page_is_a_row_of_numbers_and_words_a_block() -> None:
    seen, page = described(smallpage.NEWS)
    count = len(page.blocks)
    assert seen.numbers.shape == (count, len(NUMBERS))
    assert seen.numbers.dtype == np.float32
    assert len(seen.words) == count
    assert seen.around.chars.tolist() == [len(block.text) for block in page.blocks]


def test_numbers_about_text_come_first_then_those_about_markup() -> None:
    assert (*text.COLUMNS, *markup.COLUMNS) == NUMBERS
    assert len(set(NUMBERS)) == len(NUMBERS)
    seen, page = described(smallpage.NEWS)
    by_name = dict(zip(NUMBERS, seen.numbers.T, strict=True))
    assert by_name["hidden"].tolist() == [float(page.hidden[block.element]) for block in page.blocks]
    assert by_name["empty"].tolist() == [float(not block.text) for block in page.blocks]
    assert by_name["title_overlap"][2] == 3 / 4  # the headline is the title; words of two letters do not count


def test_the_distance_to_the_headline_is_signed() -> None:
    seen, _ = described("<p>before</p><h1>head</h1><p>after</p>")
    assert np.sign(seen.numbers[:, NUMBERS.index("heading_distance")]).tolist() == [-1, 0, 1]


def test_names_are_kept_for_every_element_on_a_blocks_chain_or_in_its_run_and_no_other() -> None:
    vocabulary = Vocabulary(growing=True)
    seen, page = described(
        "<div class=box><p>a <a href=/><b class=in>c</b></a></p></div><div class=empty></div>", vocabulary
    )
    words = {page.tags[element]: row for element, row in seen.names.items()}
    assert set(words) == {"html", "body", "div", "p", "a", "b"}
    assert vocabulary.index["name"]["box"] in words["div"]
    assert "empty" not in vocabulary.index["name"]


def test_a_fixed_vocabulary_gives_the_numbers_that_a_growing_one_gave() -> None:
    grown = Vocabulary(growing=True)
    first, _ = described(smallpage.NEWS, grown)
    again, _ = described(smallpage.NEWS, Vocabulary.from_text(grown.to_text()))
    assert (again.words, again.names) == (first.words, first.names)
    np.testing.assert_array_equal(again.numbers, first.numbers)


def test_lines_have_the_numbers_that_need_no_structure() -> None:
    vocabulary = Vocabulary(growing=True)
    seen = features.text_features(smallpage.LINES, vocabulary)
    assert seen.numbers.shape == (len(smallpage.LINES), len(text.COLUMNS))
    assert seen.names == {}
    assert seen.words[4] == seen.words[5]


def test_what_words_mean_is_told_of_a_block_and_of_the_boxes_around_it() -> None:
    seen, _ = described("<div><h2>Subscribe today</h2><p>The ferry</p></div><p>Werbung</p>")
    subscribe, advert = NUMBERS.index("means_subscribe"), NUMBERS.index("means_advert")
    assert (seen.numbers[:, subscribe] > 0).tolist() == [True, False, False]
    assert (seen.numbers[:, advert] > 0).tolist() == [False, False, True]
    assert seen.around.counts[:, CONCEPTS.index("subscribe")].tolist() == [1, 0, 0]
    assert seen.around.counts.shape == (3, len(CONCEPTS) + len(COUNTS))
    lines = features.text_features(["Subscribe today", "The ferry", "Werbung"], Vocabulary())
    np.testing.assert_array_equal(lines.around.counts, seen.around.counts)


def test_the_fields_of_a_box_are_told_of_all_its_blocks() -> None:
    page = blocks.split(dom.parse("<div><h2>Monday</h2><form><input type=email></form></div><p>The ferry</p>"))
    vocabulary = Vocabulary()
    seen = features.page_features(page, vocabulary)
    assert seen.around.counts[:, len(CONCEPTS) + COUNTS.index("emails")].tolist() == [0, 1, 0]
    box = context.PLACE_COLUMNS.index("box1_number_of_emails")
    placed = context.context(seen.around, [])[:, box]
    assert (placed > 0).tolist() == [True, True, True]  # the next box that holds more is the page
    inner = context.PLACE_COLUMNS.index("box1_share")
    assert context.context(seen.around, [])[:, inner].tolist() == pytest.approx([2 / 3, 2 / 3, 1.0])


def test_text_reads_the_same_with_and_without_structure() -> None:
    lines = ["A first line, of several words.", "Another!", "3 of 4"]
    vocabulary = Vocabulary(growing=True)
    bare = features.text_features(lines, vocabulary)
    page, _ = described("".join(f"<p>{line}</p>" for line in lines), vocabulary)
    np.testing.assert_array_equal(page.numbers[:, : len(text.COLUMNS)], bare.numbers)
    assert page.words == bare.words


def test_the_schema_is_a_digest_of_what_the_columns_mean() -> None:
    assert len(SCHEMA) == 16
    assert int(SCHEMA, 16) >= 0


def test_no_page_of_ours_has_a_number_that_is_none() -> None:
    for page in pages.load():
        seen, _ = described(page.html)
        assert np.isfinite(seen.numbers).all(), page.name


@settings(deadline=None)
@given(strategies.PAGES)
def test_any_page_with_blocks_can_be_described(html: str) -> None:
    vocabulary = Vocabulary(growing=True)
    seen, page = described(html, vocabulary)
    assert seen.numbers.shape == (len(page.blocks), len(NUMBERS))
    assert np.isfinite(seen.numbers).all()
    assert all(len(set(row)) == len(row) for row in (*seen.words, *seen.names.values()))
    assert Vocabulary.from_text(vocabulary.to_text()).index == vocabulary.index
    if page.blocks:
        scores = np.full((len(page.blocks), 10), 0.1, dtype=np.float32)
        assert np.isfinite(context.context(seen.around, [scores, scores])).all()
