import random

from tests.training.conftest import Make
from training.augment import reader_choice
from training.corpus import CLASS_OF, UNKNOWN

NAVIGATION, MAIN = CLASS_OF["navigation", None], CLASS_OF["content", "main"]
PLEA, ADVERT = CLASS_OF["appeal", "donation"], CLASS_OF["advert", None]


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
