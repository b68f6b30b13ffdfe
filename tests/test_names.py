from hypothesis import given, settings

from app import blocks, dom
from app.names import name_words, names
from app.vocabulary import Vocabulary
from tests import strategies


def test_names_are_words_of_tag_class_id_and_the_like() -> None:
    attributes: dict[str, str | None] = {
        "class": "articleBody ad-slot_top XL2",
        "id": "main_content",
        "role": "main",
        "style": "color: red",
        "href": "/x",
    }
    assert name_words("div", attributes) == ["<div", "article", "body", "ad", "slot", "top", "xl", "main", "content"]


def test_data_attributes_are_words_by_name_and_by_short_value() -> None:
    attributes: dict[str, str | None] = {"data-testid": "pay-wall", "data-json": "x" * 40, "data-empty": None}
    assert name_words("p", attributes) == ["<p", "@testid", "pay", "wall", "@json", "@empty"]


def test_what_an_element_does_is_a_word() -> None:
    found = name_words("form", {"action": "/newsletter/join", "onclick": "send()", "aria-modal": "true"})
    assert found == ["<form", "@action", "newsletter", "join", "@onclick", "send", "@aria-modal", "true"]


def test_names_are_bounded_and_without_value_they_are_none() -> None:
    many = " ".join(f"word{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(200))
    assert len(name_words("div", {"class": many})) == 24
    assert name_words("div", {"class": None, "id": ""}) == ["<div"]


@settings(deadline=None)
@given(strategies.ATTRIBUTES)
def test_names_are_read_without_failing(attributes: dict[str, str | None]) -> None:
    assert all("\n" not in word and "\t" not in word for word in name_words("p", attributes))


def numbers(html: str, vocabulary: Vocabulary) -> dict[str, list[int]]:
    """The numbers of the elements' names, by tag."""
    page = blocks.split(dom.parse(html))
    return {page.tags[element]: row for element, row in names(page, vocabulary).items()}


def test_what_was_read_before_changes_no_number() -> None:
    known = Vocabulary([("name", word) for word in ("<p", "<b", "box", "tall", "@count", "send")])
    html = "<p class='box tall' style=x data-count=2><b onclick='send()' data-state='box {}'>a</b></p>"
    first = numbers(html.format("closed"), known)
    assert first["p"] == [0, 2, 3, 4]
    assert first["b"] == [1, 5, 2]
    assert numbers(html.format("open"), known) == first
    assert numbers(html.replace("box", "tall"), known)["p"] == [0, 3, 4]
    assert numbers(html, Vocabulary(known.entries())) == first


def test_every_attribute_that_is_read_tells_elements_apart() -> None:
    known = Vocabulary([("name", word) for word in ("<p", "box", "@role", "@state", "@onclick")])
    for name, other in (("class", "id"), ("class", "lang"), ("onclick", "class"), ("data-state", "data-box")):
        one, another = (numbers(f"<p {each}=box>a", known)["p"] for each in (name, other))
        fresh = [numbers(f"<p {each}=box>a", Vocabulary(known.entries()))["p"] for each in (name, other)]
        assert [one, another] == fresh
        assert one != another or {name, other} == {"class", "id"}


def test_what_is_remembered_of_pages_is_bounded() -> None:
    known = Vocabulary([("name", "<p"), ("name", "box")])
    for start in range(0, 40_000, 1_000):
        html = "".join(f"<p class='box {at}'>a" for at in range(start, start + 1_000))
        assert numbers(html, known)["p"] == [0, 1]
    assert 0 < len(known.known_classes) <= 32_768
    assert numbers(f"<p class='box {'x' * 1_000}'>a", known)["p"] == [0, 1]
    assert max(map(len, known.known_classes)) == 200


def test_only_classes_are_remembered_and_nothing_that_a_page_says() -> None:
    known = Vocabulary([("name", "<p"), ("name", "box")])
    said = "title='Dear Ann Lee' id=ann alt='Her bell' value=ann@lee.test data-state=ann onclick='greet(ann)'"
    numbers(f"<p class='box tall' {said}>a<p class=wide>b", known)
    assert set(known.known_classes) == {"box tall", "wide"}


@settings(deadline=None)
@given(strategies.ATTRIBUTES)
def test_a_fixed_vocabulary_gives_the_numbers_that_a_growing_one_gave(attributes: dict[str, str | None]) -> None:
    grown = Vocabulary(growing=True)
    page = blocks.split(dom.parse("<p>a"))
    page.attrs[page.blocks[0].element] = attributes
    assert names(page, grown) == names(page, Vocabulary(grown.entries()))
