import gzip
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import dom
from app.bounds import Bounds
from app.errors import DuplicateStamp, PageTooComplex
from app.labeller import LabelledBlock, Labeller, Result, Timings
from app.labels import KINDS, LABELS
from app.model import Model
from app.wishes import Context, Thresholds, Wishes
from tests import hostile, seen, smallpage, strategies
from tests.seen import squeezed


@pytest.fixture(scope="module")
def labeller(tiny_model: Path) -> Labeller:
    return Labeller(Model.load(tiny_model))


def untimed(result: Result) -> Result:
    return replace(result, timings=Timings(0, 0, 0))


def test_a_page_is_labelled_block_by_block_in_document_order(labeller: Labeller) -> None:
    result = labeller.label_html(smallpage.NEWS)
    assert [(block.index, block.tag, block.part, block.text) for block in result.blocks] == [
        (0, "li", None, "Home"),
        (1, "li", None, "Sport"),
        (2, "h1", None, "The bell is back"),
        (3, "p", 0, "It hung in its frame again on Friday, a little greener than before."),
        (4, "p", 1, "Nobody said who had brought it."),
        (5, "figure", 0, ""),
        (6, "figcaption", None, "The bell"),
        (7, "h3", None, "Give"),
        (8, "p", None, "Please donate five euros monthly!"),
        (9, "div", None, ""),
        (10, "o:p", None, "odd"),
        (11, "p", None, "Copyright, imprint"),
    ]
    assert [block.index for block in result.blocks if block.hidden] == [7, 8]
    assert result.blocks[3].selector == result.blocks[4].selector
    assert result.blocks[10].selector == "html > body:nth-child(2) > *:nth-child(5)"
    assert result.language == "en"
    assert result.warnings == []


def test_what_the_model_has_learnt_is_what_the_labeller_says(labeller: Labeller, tiny_corpus: Path) -> None:
    right = units = 0
    for file in sorted((tiny_corpus / "labels").iterdir()):
        gold = json.loads(file.read_bytes())
        html = gzip.decompress((tiny_corpus / "gold" / f"{file.stem}.html.gz").read_bytes()).decode()
        labels = {(block.selector, block.part): block.label for block in labeller.label_html(html).blocks}
        units += len(gold["units"])
        right += sum(labels[unit["path"], unit["part"]] == unit["label"] for unit in gold["units"])
    assert right > 0.9 * units


def sound(block: LabelledBlock) -> bool:
    kinds = KINDS[block.label]
    return block.kind in kinds if kinds else block.kind is None


def check(result: Result) -> None:
    """What holds of every result."""
    assert [block.index for block in result.blocks] == list(range(len(result.blocks)))
    assert all(block.label in LABELS and sound(block) and 0 <= block.score <= 1 for block in result.blocks)
    assert list(result.counts) == list(LABELS)
    assert result.counts == {label: sum(block.label == label for block in result.blocks) for label in LABELS}
    assert result.warnings == ([] if any(block.text for block in result.blocks) else ["no_text"])
    assert min(result.timings.parse, result.timings.features, result.timings.predict) >= 0


def test_the_same_page_gets_the_same_answer_from_any_thread(labeller: Labeller) -> None:
    expected = untimed(labeller.label_html(smallpage.NEWS))
    found: list[Result] = []

    def work() -> None:
        found.extend(untimed(labeller.label_html(smallpage.NEWS)) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 20


def test_two_models_from_the_same_files_say_the_same(labeller: Labeller, tiny_model: Path) -> None:
    other = Labeller(Model.load(tiny_model))
    assert untimed(other.label_html(smallpage.NEWS)) == untimed(labeller.label_html(smallpage.NEWS))


def test_an_id_is_the_value_of_the_callers_attribute(labeller: Labeller) -> None:
    def ids(attribute: str | None) -> list[str | None]:
        return [block.id for block in labeller.label_html(smallpage.NEWS, id_attribute=attribute).blocks]

    assert ids(None) == [None] * 12
    assert ids("data-uid")[2] == "7"
    assert ids("id")[2] == "h"
    assert [at for at, each in enumerate(ids("class")) if each] == [9]
    assert ids("no-such-attribute") == [None] * 12


FRAGMENT = "<div data-uid=1><p data-uid=2>Fähre</p><p data-uid=3>Brücke</p></div>"


@pytest.mark.parametrize("fragment", [None, Context(title="The bell: <i data-uid=2> data-uid=2")])
def test_bytes_are_labelled_as_their_text_is(labeller: Labeller, fragment: Context | None) -> None:
    wishes = Wishes(fragment=fragment)
    result = labeller.label_html(FRAGMENT, id_attribute="data-uid", wishes=wishes)
    assert [(block.id, block.text) for block in result.blocks] == [("2", "Fähre"), ("3", "Brücke")]
    again = labeller.label_html(FRAGMENT.encode(), id_attribute="data-uid", wishes=wishes)
    assert untimed(again) == untimed(result)


@pytest.mark.parametrize("html", ["", " \n", "<p> </p>", "<script>x</script>", "<frameset><frame src=a></frameset>"])
def test_an_empty_page_has_no_blocks_and_a_warning(labeller: Labeller, html: str) -> None:
    result = labeller.label_html(html)
    assert (result.blocks, result.warnings) == ([], ["no_text"])
    assert result.counts == dict.fromkeys(LABELS, 0)


def test_a_page_of_pictures_only_has_blocks_and_a_warning(labeller: Labeller) -> None:
    result = labeller.label_html("<body class=x><img src=a.png><iframe src=b></iframe>")
    assert [block.tag for block in result.blocks] == ["body", "iframe"]
    assert result.warnings == ["no_text"]


def test_the_language_is_the_pages_own_word(labeller: Labeller) -> None:
    assert labeller.label_html("<html lang=pt_BR><p>texto").language == "pt-BR"
    assert labeller.label_html("<p>text").language is None


def test_every_line_of_text_that_is_not_blank_is_a_block(labeller: Labeller) -> None:
    result = labeller.label_text("  One\tline \r\n\n \u00a0 \nanother\u2028third\n")
    assert [block.text for block in result.blocks] == ["One line", "another", "third"]
    for block in result.blocks:
        assert (block.selector, block.part, block.id, block.tag, block.hidden) == (None, None, None, None, False)
    assert result.language is None
    check(result)


def test_text_is_labelled_by_its_own_part_of_the_model(labeller: Labeller, tiny_corpus: Path) -> None:
    right = units = 0
    for file in sorted((tiny_corpus / "labels").iterdir()):
        gold = [unit for unit in json.loads(file.read_bytes())["units"] if 0 < len(unit["text"]) < 80]
        result = labeller.label_text("\n".join(unit["text"] for unit in gold))
        units += len(gold)
        right += sum(block.label == unit["label"] for block, unit in zip(result.blocks, gold, strict=True))
    assert right > 0.8 * units


def test_markup_in_text_is_text(labeller: Labeller) -> None:
    assert [block.text for block in labeller.label_text("<p>not a paragraph</p>").blocks] == ["<p>not a paragraph</p>"]


@pytest.mark.parametrize("text", ["", "\n\n", " \t \r\n"])
def test_blank_text_has_no_blocks_and_a_warning(labeller: Labeller, text: str) -> None:
    result = labeller.label_text(text)
    assert (result.blocks, result.warnings) == ([], ["no_text"])


def test_a_page_beyond_the_bounds_is_refused(tiny_model: Path) -> None:
    narrow = Labeller(Model.load(tiny_model), Bounds(max_blocks=3, max_elements=100, max_depth=20))
    for html, what in (("<p>a" * 4, "max_blocks"), ("<i>" * 101, "max_depth"), ("<i></i>" * 101, "max_elements")):
        with pytest.raises(PageTooComplex) as caught:
            narrow.label_html(html)
        assert caught.value.what == what
    with pytest.raises(PageTooComplex) as caught:
        narrow.label_text("a\nb\nc\nd")
    assert (caught.value.what, caught.value.limit) == ("max_blocks", 3)
    assert len(narrow.label_html("<p>a" * 3).blocks) == len(narrow.label_text("a\nb\n\nc").blocks) == 3


def test_fifty_thousand_nested_elements_are_refused(labeller: Labeller) -> None:
    with pytest.raises(PageTooComplex):
        labeller.label_html(hostile.nested(50_000))
    assert labeller.label_html(smallpage.NEWS).blocks


BEYOND = hostile.TOO_LARGE | set(hostile.REFUSED)


@pytest.mark.parametrize("name", sorted(set(hostile.PAGES) - BEYOND))
def test_pages_that_mean_harm_are_labelled(labeller: Labeller, name: str) -> None:
    check(labeller.label_html(hostile.PAGES[name]()))


def test_the_labels_of_a_bare_page_are_those_of_its_text(labeller: Labeller) -> None:
    bare = "<title>t</title>" + "".join(f"<p>{line}</p>" for line in smallpage.LINES)
    page, text = labeller.label_html(bare), labeller.label_text("\n".join(smallpage.LINES))
    assert [(b.label, b.kind, b.score, b.text) for b in page.blocks] == [
        (b.label, b.kind, b.score, b.text) for b in text.blocks
    ]
    assert [block.tag for block in page.blocks] == ["p"] * len(smallpage.LINES)


def test_a_picture_on_a_bare_page_goes_with_the_text_before_it(labeller: Labeller) -> None:
    result = labeller.label_html("<p><img></p><p>Home</p><p><img></p><p>Please donate monthly!</p><p><img></p>")
    said = [(block.label, block.kind, block.score) for block in result.blocks]
    assert said[0] == said[1] == said[2]
    assert said[3] == said[4]
    assert said[1] != said[3]
    check(result)


def test_every_selector_resolves_to_one_element_in_two_parsers_trees(labeller: Labeller) -> None:
    tree, soup = dom.parse(smallpage.NEWS), seen.soup(smallpage.NEWS)
    assert seen.agree(seen.with_lexbor(tree), seen.with_html5lib(soup))
    for block in labeller.label_html(smallpage.NEWS).blocks:
        assert block.selector is not None
        assert [node.tag for node in tree.css(block.selector)] == [block.tag]
        (element,) = soup.select(block.selector)
        assert element.name == block.tag
        assert squeezed(block.text) in squeezed(element.get_text())


@settings(max_examples=150, deadline=None)
@given(html=strategies.PAGES)
def test_any_page_is_labelled_wholly(labeller: Labeller, html: str) -> None:
    try:
        result = labeller.label_html(html, id_attribute="id", url="https://paper.test/a")
        attribute = "id"
    except DuplicateStamp:
        result = labeller.label_html(html, id_attribute="no-such-id", url="https://paper.test/a")
        attribute = "no-such-id"
    check(result)
    tree = dom.parse(html)
    assert "".join(squeezed(block.text) for block in result.blocks) == seen.with_lexbor(tree).text
    seen.without_instructions(tree)
    for block in result.blocks:
        assert block.selector is not None
        (node,) = tree.css(block.selector)
        assert node.tag == block.tag
        assert (node.attributes.get(attribute) or None) == block.id
    assert len({(block.selector, block.part) for block in result.blocks}) == len(result.blocks)


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=400),
    charset=st.none() | st.sampled_from(["utf-8", "utf-16le", "shift_jis", "x-user-defined"]),
)
def test_any_bytes_are_labelled_or_refused(labeller: Labeller, body: bytes, charset: str | None) -> None:
    check(labeller.label_html(dom.decode(body, charset)))


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(), max_size=200))
def test_any_text_is_labelled_line_by_line(labeller: Labeller, text: str) -> None:
    result = labeller.label_text(text)
    check(result)
    assert "".join(squeezed(block.text) for block in result.blocks) == squeezed(text)
    check(labeller.label_html(text))


NOTICE = "<h2>Please donate your data</h2><p>We and our partners use cookies, if you consent.</p><p>Privacy</p>"
OVER = f"<p>It hung in its frame again on Friday.</p><div role=dialog class=box>{NOTICE}</div>"


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_labelled_by_rule_is_so_however_strict_the_caller_is(labeller: Labeller, strict: bool) -> None:
    result = labeller.label_html(OVER, wishes=Wishes(Thresholds(strict=strict)))
    assert [block.label for block in result.blocks[1:]] == ["navigation"] * 3


def test_a_threshold_is_held_against_the_models_probability_whatever_a_rule_says(labeller: Labeller) -> None:
    result = labeller.label_html(OVER, wishes=Wishes(Thresholds(appeal=1.0, navigation=1.0)))
    assert {block.label for block in result.blocks} == {"content"}
