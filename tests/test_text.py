from math import isfinite, log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.concepts import CONCEPTS
from app.text import split_words
from app.vocabulary import Vocabulary


def rows(texts: list[str], title: str = "") -> list[dict[str, float]]:
    made = text.read(texts, title, Vocabulary())
    return [dict(zip(text.COLUMNS, row, strict=True)) for row in made.numbers]


@pytest.mark.parametrize(
    ("given_text", "words"),
    [
        ("", []),
        ("Tea, MILK & sugar!", ["tea", "milk", "sugar", "!"]),
        ("3 of 1999, 12345678", ["0", "of", "0000", "00000"]),
        ("£5.50?", ["£", "0", "00", "?"]),
        ("don’t", ["don", "t"]),
        ("Straße ٣ fähre", ["straße", "0", "fähre"]),
        ("渡し船は", ["渡し", "し船", "船は"]),
        ("日本 茶", ["日本", "茶"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("Ελλάδα", ["ελλάδα"]),
        ("हिन्दी में सदस्यता।", ["हिन्दी", "में", "सदस्यता"]),
        ("বাংলা ভাষা ৫০", ["বাংলা", "ভাষা", "00"]),
        ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
        ("שָׁלוֹם, עולם", ["שָׁלוֹם", "עולם"]),
        ("اشتركْ، مَجَّاناً؟", ["اشتركْ", "مَجَّاناً"]),
        ("ที่นี่", ["ที", "ี่", "่น", "นี", "ี่"]),
        ("news मुफ़्त 30 ₹", ["news", "मुफ़्त", "00", "₹"]),
    ],
)
def test_words(given_text: str, words: list[str]) -> None:
    assert split_words(given_text) == words


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    words = split_words("first " + "middle " * 500 + "last")
    assert (words[0], words[-1]) == ("first", "last")
    assert len(words) < 150


def known(vocabulary: Vocabulary, given_text: str) -> set[tuple[str, str]]:
    numbers = set(text.word_numbers([split_words(given_text)], vocabulary)[0])
    return {entry for number, entry in enumerate(vocabulary.entries()) if number in numbers}


def test_a_text_is_described_by_words_stems_pairs_and_if_short_as_a_whole() -> None:
    assert known(Vocabulary(growing=True), "Subscribe today today") == {
        ("word", "subscribe"),
        ("word", "today"),
        ("stem", "subsc"),
        ("pair", "subscribe today"),
        ("pair", "today today"),
        ("whole", "subscribe today today"),
    }


def test_a_longer_text_is_not_described_as_a_whole_and_pairs_come_from_its_beginning() -> None:
    entries = known(Vocabulary(growing=True), " ".join(f"w{chr(97 + at)}" for at in range(26)) + " late words")
    assert not any(space == "whole" for space, _ in entries)
    assert ("word", "late") in entries
    assert ("pair", "late words") not in entries
    assert ("pair", "wa wb") in entries


def test_words_that_the_vocabulary_does_not_know_have_no_number() -> None:
    vocabulary = Vocabulary([("word", "tea"), ("pair", "tea time")])
    assert text.word_numbers([["tea", "time", "tea"], []], vocabulary) == [[0, 1], []]


def test_no_number_is_listed_twice() -> None:
    grown = Vocabulary(growing=True)
    (numbers,) = text.word_numbers([split_words("tea tea milk tea milk tea")], grown)
    assert len(set(numbers)) == len(numbers)


def test_shallow_numbers_about_a_text() -> None:
    (row,) = rows(["Give £5, or more. Now!"])
    assert row["chars"] == pytest.approx(log1p(22))
    assert row["words"] == pytest.approx(log1p(7))  # give £ 0 or more now !
    assert row["word_length"] == pytest.approx(22 / 7)
    assert row["digit_words"] == pytest.approx(1 / 7)
    assert row["upper_words"] == pytest.approx(2 / 5)
    assert row["commas"] == pytest.approx(log1p(1))
    assert row["stops"] == pytest.approx(log1p(1))
    assert row["marks"] == pytest.approx(log1p(1))
    assert (row["sentence"], row["colon"], row["currency"], row["empty"]) == (1, 0, 1, 0)


def test_numbers_about_a_texts_place_on_its_page() -> None:
    first, second, third, fourth = rows(["aaaa", "bb", "aaaa", ""])
    assert [row["place"] for row in (first, second, third, fourth)] == [0, 0.25, 0.5, 0.75]
    assert [row["from_end"] for row in (first, second, third, fourth)] == [0.75, 0.5, 0.25, 0]
    assert [row["chars_before"] for row in (first, second, third, fourth)] == [0, 0.4, 0.6, 1]
    assert [row["repeats"] for row in (first, second, third, fourth)] == pytest.approx([log1p(1), 0, log1p(1), 0])
    assert [row["empty"] for row in (first, second, third, fourth)] == [0, 0, 0, 1]


def test_the_share_of_words_that_the_title_has() -> None:
    first, second = rows(["The last ferry", "Log in"], title="Last ferry leaves | The Paper")
    assert first["title_overlap"] == 1
    assert second["title_overlap"] == 0
    assert rows(["The last ferry"])[0]["title_overlap"] == 0


def test_of_a_text_is_counted_how_many_words_stand_for_each_concept() -> None:
    texts = ["Subscribe! Please subscribe to our newsletter", "The ferry leaves at ten", "", "promoted"]
    counts = text.concept_rows([split_words(each) for each in texts])
    assert counts.shape == (len(texts), len(CONCEPTS))
    assert counts.dtype == np.float32
    found = [{CONCEPTS[at]: count for at, count in enumerate(row) if count} for row in counts.tolist()]
    assert found == [
        {"subscribe": 2, "ask": 1, "we": 1, "newsletter": 1}, {}, {}, {"offer": 1, "sponsor": 1},
    ]  # fmt: skip


def test_of_no_texts_no_concepts_are_counted() -> None:
    assert text.concept_rows([]).shape == (0, len(CONCEPTS))


def test_a_text_of_any_language_has_the_numbers_of_what_it_means() -> None:
    for one in ("Werbung", "publicidad", "Реклама", "広告", "โฆษณา"):
        (row,) = rows([one])
        assert row["means_advert"] >= log1p(1), one
        assert row["means_donate"] == 0
    (row,) = rows(["Subscribe, please subscribe"])
    assert row["means_subscribe"] == pytest.approx(log1p(2))


@given(st.lists(st.text(max_size=80), max_size=8), st.text(max_size=30))
def test_every_number_is_finite_whatever_the_text(texts: list[str], title: str) -> None:
    made = rows(texts, title)
    assert len(made) == len(texts)
    assert all(isfinite(value) for row in made for value in row.values())
    for one in texts:
        assert all(word == word.lower() and "\t" not in word and "\n" not in word for word in split_words(one))
