import random

import numpy as np
import pytest

from app import features
from app.vocabulary import Vocabulary
from tests.training.conftest import Make
from training import dataset
from training.boxes import Box
from training.corpus import CLASS_OF, Example
from training.graft import grafted, retold

MAIN, NAVIGATION, ADVERT = CLASS_OF["content", "main"], CLASS_OF["navigation", None], CLASS_OF["advert", None]
PLEA, LETTER = CLASS_OF["appeal", "donation"], CLASS_OF["appeal", "newsletter"]

BOXES = [
    Box(PLEA, (("h", "Help us"), ("p", "Nobody pays us."), ("b", "Give £3"), ("b", "Give £5"), ("s", "Stop any time"))),
    Box(LETTER, (("p", "A letter on Fridays"), ("f", "Your address"), ("b", "Send it"))),
    Box(ADVERT, (("l", "Shoes"), ("l", "Hats"))),
    Box(NAVIGATION, (("l", "Home"), ("b", "Search"))),
    Box(MAIN, (("p", "A cheque came."),)),
]


@pytest.fixture
def example(make: Make) -> Example:
    html = "<nav><a href=/>Start</a></nav><article><h1>Rain</h1>" + "<p>It rains and rains.</p>" * 8 + "</article>"
    return make(html, NAVIGATION, *[MAIN] * 9)


@pytest.mark.parametrize("seed", range(40))
def test_a_grafted_page_has_boxes_more_and_is_a_page_like_any_other(example: Example, seed: int) -> None:
    before = [block.text for block in example.page.blocks], len(example.page.tags)
    made = grafted(example, BOXES, random.Random(seed))
    assert ([block.text for block in example.page.blocks], len(example.page.tags)) == before
    page = made.page
    assert made.thinned
    assert len(made.classes) == len(page.blocks)
    texts = [block.text for block in page.blocks]
    assert [text for text in texts if text in before[0]] == before[0]
    written = {text: box.number for box in BOXES for _, text in box.lines}
    written |= {"Give £3 Give £5": PLEA, "Your address Send it": LETTER}
    for text, number in zip(texts, made.classes.tolist(), strict=True):
        assert number == written.get(text, number)
        assert text in written or text in before[0]
    lists = (page.tags, page.parents, page.positions, page.depths, page.attrs, page.hidden, page.containers)
    assert {len(each) for each in lists} == {len(page.controls)}
    assert all(parent < at for at, parent in enumerate(page.parents))
    assert all(page.depths[at] == page.depths[parent] + 1 for at, parent in enumerate(page.parents) if at)
    for block in page.blocks:
        assert 0 <= block.link_chars <= len(block.text)
        for inner in block.inner:
            assert block.element in (inner, page.parents[inner])
    described = features.page_features(page, Vocabulary(growing=True))
    assert np.isfinite(described.numbers).all()
    (again,) = dataset.collect([grafted(example, BOXES, random.Random(seed))], Vocabulary(growing=True))
    assert (again.numbers == described.numbers).all()


def test_where_there_is_no_content_no_content_is_grafted(make: Make) -> None:
    example = make("<p>a</p><p>b</p>", NAVIGATION, NAVIGATION)
    for seed in range(20):
        assert MAIN not in grafted(example, BOXES, random.Random(seed)).classes


def test_a_retold_page_keeps_its_structure_and_classes(make: Make) -> None:
    example = make(
        "<h1>Rain</h1><p><img></p><p>It rains.</p><p><a href=/x>More of it</a></p>", MAIN, MAIN, MAIN, ADVERT
    )
    made = retold(example, BOXES, random.Random(0))
    assert [block.text for block in made.page.blocks][:3] == ["A cheque came.", "", "A cheque came."]
    assert made.page.blocks[3].text in {"Shoes", "Hats"}
    assert made.page.blocks[3].link_chars == len(made.page.blocks[3].text)
    assert made.page.head.title == "A cheque came."
    assert made.classes.tolist() == example.classes.tolist()
    assert made.page.tags == example.page.tags
    assert [block.text for block in example.page.blocks] == ["Rain", "", "It rains.", "More of it"]


def test_a_class_without_boxes_keeps_its_texts(make: Make) -> None:
    example = make("<p>Turn it off</p>", CLASS_OF["appeal", "adblock"])
    assert retold(example, BOXES, random.Random(0)).page.blocks[0].text == "Turn it off"


def test_lines_that_only_their_box_tells_are_put_nowhere_else(make: Make) -> None:
    example = make("<p>Give us money</p>", CLASS_OF["appeal", "donation"])
    boxes = [Box(CLASS_OF["appeal", "donation"], (("p", "It rained all year."), ("b", "Give")), telling=False)]
    assert retold(example, boxes, random.Random(0)).page.blocks[0].text == "Give us money"
    grown = [grafted(example, boxes, random.Random(seed)) for seed in range(20)]
    assert any("It rained all year." in [block.text for block in each.page.blocks] for each in grown)
