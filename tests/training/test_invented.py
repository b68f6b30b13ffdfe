from pathlib import Path

import pytest

from app.labels import CLASSES
from app.text import split_words
from tests import pages
from training.corpus import INVENTED
from training.invented import invented

PAGE = """<!doctype html><html lang=en><head>
<meta name="expect" content='{"lang": "en", "kind": "article", "gate": "none"}'>
<title>T</title></head><body data-expect="navigation"><p>Menu</p>
<main data-expect="content/main"><p>Story</p>
<aside class=x data-expect="appeal/newsletter"><p>By mail</p></aside></main>
"""


def test_a_page_is_read_as_a_page_without_its_labels(tmp_path: Path) -> None:
    (tmp_path / "en_page.html").write_text(PAGE, "utf-8")
    (example,) = invented(tmp_path)
    assert [block.text for block in example.page.blocks] == ["Menu", "Story", "By mail"]
    assert [CLASSES[number] for number in example.classes] == [
        ("navigation", None),
        ("content", "main"),
        ("appeal", "newsletter"),
    ]
    assert not any("data-expect" in attributes for attributes in example.page.attrs)
    assert (example.page_type, example.language, example.full) == ("article", "en", False)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('data-expect="content/main"', 'data-expect="content"', "no label and kind: 'content' for 'Story'"),
        ('data-expect="navigation"', "", "no label and kind: None for 'Menu'"),
        ('name="expect"', 'name="else"', "no <meta name=expect>"),
    ],
)
def test_what_has_no_label_is_refused_with_its_page(tmp_path: Path, old: str, new: str, what: str) -> None:
    (tmp_path / "en_page.html").write_text(PAGE.replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=rf"^en_page: {what}"):
        invented(tmp_path)


def test_the_pages_of_this_repository_have_every_class() -> None:
    seen = {number for page in invented() for number in page.classes.tolist()}
    assert seen == set(range(len(CLASSES)))
    assert len(list(INVENTED.glob("*.html"))) == len(invented())


def test_no_sentence_of_the_test_pages_is_among_them() -> None:
    tested = {" ".join(split_words(one.text)) for page in pages.load() for one in page.expectations()}
    written = {" ".join(split_words(block.text)) for page in invented() for block in page.page.blocks}
    assert not {text for text in tested & written if len(text) > 40}
