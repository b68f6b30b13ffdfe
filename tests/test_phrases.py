from hypothesis import given
from hypothesis import strategies as st

from app import phrases


def test_phrases_are_lower_case_and_none_stands_within_another_one() -> None:
    for name in (
        "WALL",
        "SPENT",
        "LOG_IN",
        "ACCOUNT",
        "BESIDE",
        "PRICES",
        "TRACKING",
        "ADBLOCK",
        "SPONSORED",
        "ASKING",
    ):
        found = getattr(phrases, name).phrases
        assert all(phrase and phrase == phrase.lower() for phrase in found), name
        assert len(set(found)) == len(found), name


def test_each_phrase_counts_once() -> None:
    assert phrases.says("continue reading, to continue: continue reading", phrases.WALL) == 2
    assert phrases.says("the bell is back", phrases.WALL) == 0


@given(
    st.lists(st.sampled_from("aäあ "), max_size=30).map("".join),
    st.sets(st.sampled_from(["a", "aa", "ä", "あa", " a"]), min_size=1),
)
def test_they_are_found_wherever_they_stand_within_each_other_too(text: str, some: set[str]) -> None:
    assert phrases.says(text, phrases.Phrases(sorted(some))) == sum(each in text for each in some)
