from hypothesis import given
from hypothesis import strategies as st

from app.anchors import AROUND, Quote, quotes
from tests import strategies


def test_a_quote_is_a_blocks_text_with_what_stands_around_it() -> None:
    assert quotes(["Home", "", "The bell\n is back", "It hung in its frame again on Friday."]) == [
        Quote("Home", "", " The bell is back It hung in its"),
        None,
        Quote("The bell is back", "Home ", " It hung in its frame again on F"),
        Quote("It hung in its frame again on Friday.", "Home The bell is back ", ""),
    ]


def test_a_long_text_before_leaves_its_end() -> None:
    (_, quote) = quotes(["x" * 100, "y"])
    assert quote == Quote("y", "x" * (AROUND - 1) + " ", "")


def test_no_blocks_no_quotes() -> None:
    assert quotes([]) == []
    assert quotes([" ", ""]) == [None, None]


@given(texts=st.lists(strategies.WORDS, max_size=12))
def test_a_quote_stands_in_the_page_where_its_block_does(texts: list[str]) -> None:
    spoken = [" ".join(text.split()) for text in texts]
    page = " ".join(text for text in spoken if text)
    at = 0
    for text, quote in zip(spoken, quotes(texts), strict=True):
        if quote is None:
            assert not text
            continue
        assert quote.exact == text
        assert page.startswith(text, at)
        assert quote.prefix == page[:at][-AROUND:]
        at += len(text)
        assert quote.suffix == page[at : at + AROUND]
        at += 1
