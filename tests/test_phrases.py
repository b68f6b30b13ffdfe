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
