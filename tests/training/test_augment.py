import random

from app.labels import CLASSES
from tests.training.conftest import Make
from training.augment import reader_choice, thinned
from training.corpus import CLASS_OF, UNKNOWN

NAVIGATION, MAIN = CLASS_OF["navigation", None], CLASS_OF["content", "main"]
PLEA, ADVERT = CLASS_OF["appeal", "donation"], CLASS_OF["advert", None]
OF = {"menu": "navigation", "story": "content", "plea": "appeal", "foot": "navigation"}


def test_an_extractor_leaves_everything_but_furniture_and_pictures(make: Make) -> None:
    html = "<nav>a</nav><p>b</p><p>c</p><p>d</p><p><img></p><p>e</p>"
    example = make(html, NAVIGATION, MAIN, PLEA, ADVERT, MAIN, UNKNOWN)
    for seed in range(50):
        kept = reader_choice(example, random.Random(seed))
        assert [index for index in kept if index] == [1, 2, 3, 5]


def test_of_some_pages_it_leaves_all_and_of_most_little_furniture(make: Make) -> None:
    example = make("<p>menu</p>" * 40 + "<p>story</p>", *[NAVIGATION] * 40, MAIN)
    left = [len(reader_choice(example, random.Random(seed))) - 1 for seed in range(200)]
    assert 40 < left.count(40) < 160
    fewer = [count for count in left if count < 40]
    assert sum(fewer) / len(fewer) < 20


def test_the_same_chance_makes_the_same_choice(make: Make) -> None:
    example = make("<p>menu</p>" * 40, *[NAVIGATION] * 40)
    assert reader_choice(example, random.Random("x")) == reader_choice(example, random.Random("x"))


def test_a_thinned_page_keeps_some_blocks_of_each_stretch_in_their_order(make: Make) -> None:
    html = "<p>menu</p>" * 30 + "<p>story</p>" * 30 + "<p>plea</p><p>unknown</p>" + "<p>foot</p>" * 30
    example = make(html, *[NAVIGATION] * 30, *[MAIN] * 30, PLEA, UNKNOWN, *[NAVIGATION] * 30)
    sizes = set()
    for seed in range(100):
        cut = thinned(example, random.Random(seed))
        if cut is None:  # too little is left
            continue
        texts = [block.text for block in cut.page.blocks]
        assert texts == sorted(texts, key=["menu", "story", "plea", "foot"].index)
        assert [CLASSES[number][0] for number in cut.classes.tolist()] == [OF[text] for text in texts]
        assert texts.count("plea") == 1
        assert 1 <= texts.count("story") <= 12
        assert cut.thinned
        assert not cut.full
        sizes.add(len(texts))
    assert len(sizes) > 5
    assert len(example.page.blocks) == len(example.classes) == 92


def test_of_hardly_anything_nothing_is_thinned(make: Make) -> None:
    assert thinned(make("<p>a</p><p>b</p><p>c</p>", MAIN, PLEA, MAIN), random.Random(0)) is None
