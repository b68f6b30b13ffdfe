import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vocabulary import SPACES, Vocabulary


def test_a_growing_vocabulary_numbers_every_new_word_in_order() -> None:
    grown = Vocabulary(growing=True)
    assert grown.numbers("word", ["tea", "milk", "tea"]) == [0, 1, 0]
    assert grown.numbers("pair", ["tea milk"]) == [2]
    assert grown.numbers("name", ["box"]) == [0]
    assert (grown.words, grown.names) == (3, 1)


def test_a_fixed_vocabulary_leaves_out_what_it_does_not_know() -> None:
    fixed = Vocabulary([("word", "tea"), ("word", "milk"), ("name", "box")])
    assert fixed.numbers("word", ["milk", "sugar", "tea"]) == [1, 0]
    assert fixed.numbers("name", ["box", "tea"]) == [0]
    assert (fixed.words, fixed.names) == (2, 1)


def test_the_same_word_in_two_spaces_is_two_words() -> None:
    fixed = Vocabulary([("word", "tea"), ("link", "tea")])
    assert fixed.numbers("word", ["tea"]) == [0]
    assert fixed.numbers("link", ["tea"]) == [1]
    assert fixed.numbers("stem", ["tea"]) == []


def test_entries_come_in_the_order_of_their_numbers_names_last() -> None:
    grown = Vocabulary(growing=True)
    grown.numbers("name", ["box"])
    grown.numbers("link", ["shop"])
    grown.numbers("word", ["tea"])
    assert grown.entries() == [("link", "shop"), ("word", "tea"), ("name", "box")]


@given(
    st.lists(
        st.tuples(st.sampled_from(SPACES), st.text(st.characters(exclude_characters="\n\t"), min_size=1)), unique=True
    )
)
def test_what_is_written_is_read_back_with_the_same_numbers(entries: list[tuple[str, str]]) -> None:
    written = Vocabulary(entries)
    read = Vocabulary.from_text(written.to_text())
    assert read.index == written.index
    assert (read.words, read.names, read.growing) == (written.words, written.names, False)


@pytest.mark.parametrize("text", ["word tea\n", "colour\tred\n", "word\t\n", "word\ttea\n\n", "\n"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a line of a vocabulary"):
        Vocabulary.from_text(text)


def test_an_empty_vocabulary_is_one() -> None:
    assert Vocabulary.from_text("").entries() == []
