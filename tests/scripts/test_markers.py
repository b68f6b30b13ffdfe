import pytest

from scripts.markers import MarkerMissing, fill, filled, table

TEXT = "before\n<!-- one:start -->\nold\n<!-- one:end -->\nbetween\n<!-- two:start -->\n<!-- two:end -->\nafter\n"


def test_only_the_marked_place_changes() -> None:
    assert fill(TEXT, "one", "new\n") == TEXT.replace("old", "new")


def test_an_empty_place_is_filled() -> None:
    assert "<!-- two:start -->\nnew\n<!-- two:end -->" in fill(TEXT, "two", "new")


def test_filling_again_changes_nothing() -> None:
    once = fill(TEXT, "one", r"a \1 b")
    assert fill(once, "one", r"a \1 b") == once


def test_what_was_filled_in_is_found_again() -> None:
    assert filled(fill(TEXT, "two", " new "), "two") == "new\n"


@pytest.mark.parametrize("text", ["no place", TEXT + TEXT])
def test_the_place_must_be_there_once(text: str) -> None:
    with pytest.raises(MarkerMissing):
        fill(text, "one", "new")


def test_bars_in_cells_do_not_end_them() -> None:
    assert table(["a"], [["x | y"]]) == "| a |\n| --- |\n| x \\| y |\n"
