from pathlib import Path

import pytest

from app.text import split_words
from tests import pages
from training.boxes import Box, boxes
from training.corpus import CLASS_OF


def test_boxes_are_read_by_language_with_their_class_and_parts(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("= appeal donation\nh Help us\nb  Give £3 \n\n= navigation\nl Home\n", "utf-8")
    (tmp_path / "de.txt").write_text("\n= advert\np Anzeige\n= content main\np Es regnet.\np Noch immer.", "utf-8")
    assert boxes(tmp_path) == {
        "de": [
            Box(CLASS_OF["advert", None], (("p", "Anzeige"),)),
            Box(CLASS_OF["content", "main"], (("p", "Es regnet."), ("p", "Noch immer."))),
        ],
        "en": [
            Box(CLASS_OF["appeal", "donation"], (("h", "Help us"), ("b", "Give £3"))),
            Box(CLASS_OF["navigation", None], (("l", "Home"),)),
        ],
    }


def test_lines_of_boxes_that_only_the_whole_tells_are_not_telling(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "en.txt").write_text("= appeal donation\nb Give £3 \n", "utf-8")
    (tmp_path / "whole" / "en.txt").write_text("= appeal donation\np It rained all year.\np Help us mend it.", "utf-8")
    assert [box.telling for box in boxes(tmp_path)["en"]] == [True, False]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("= appeal\np x", 1),
        ("= appeal paywall\np x", 1),
        ("= advert main\np x", 1),
        ("p x", 1),
        ("= advert\nq x", 2),
        ("= advert\np", 2),
    ],
)
def test_what_is_no_box_is_refused_with_its_line(tmp_path: Path, content: str, line: int) -> None:
    (tmp_path / "en.txt").write_text(content, "utf-8")
    with pytest.raises(ValueError, match=rf"en\.txt, line {line}:"):
        boxes(tmp_path)


def test_our_boxes_are_of_every_class_in_every_language() -> None:
    for language, own in boxes().items():
        assert {box.number for box in own} == set(CLASS_OF.values()), language


def test_no_sentence_of_the_test_pages_is_among_them() -> None:
    tested = {" ".join(split_words(one.text)) for page in pages.load() for one in page.expectations()}
    written = {" ".join(split_words(text)) for own in boxes().values() for box in own for _, text in box.lines}
    assert not {text for text in tested & written if len(text) > 40}
