import pytest

from app import context, features, links, text, wording


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/donate", ["a link within the site", "a link with “donate” in its path"]),
        ("https://shop.test/?ref=1", [
            "a link to another site", "a link with “shop” in its host name", "a link with “test” in its host name",
            "a link with the parameter “ref”",
        ]),
        ("mailto:a@b.test", ["a link that opens a letter"]),
        ("#top", ["a link that leads nowhere else"]),
        ("javascript:x", ["a link that runs a script"]),
    ],
)  # fmt: skip
def test_an_address_is_told_in_words(address: str, said: list[str]) -> None:
    assert [wording.link(word) for word in links.link_words(address, "paper.test")[1]] == said


def test_a_pictures_address_is_told_as_a_pictures() -> None:
    assert wording.link("^=out") == "a picture or frame to another site"
    assert wording.link("^banner") == "a picture or frame with “banner” in its path"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("<aside", "its element is <aside>"),
        ("newsletter", "its element has the class name “newsletter”"),
        ("promo", "its element has the id “promo”"),
        ("banner", "its element has the role “banner”"),
        ("@sponsor", "its element has the attribute data-sponsor"),
        ("@onclick", "its element has the attribute onclick"),
        ("elsewhere", "its element is named “elsewhere”"),
    ],
)
def test_a_name_is_told_with_where_it_stands(word: str, said: str) -> None:
    attributes = {
        "class": "box NewsletterBox",
        "id": "promo-1",
        "role": "banner",
        "onclick": "x()",
        "data-sponsor": "",
        "lang": None,
    }
    assert wording.name(word, attributes, "its element") == said


def test_every_number_that_the_model_sees_has_words() -> None:
    told = [name for group in (*wording.TEXT_GROUPS.values(), *wording.MARKUP_GROUPS.values()) for name in group]
    plain = [name for name in features.NUMBERS if not name.startswith(("tag_", "in_", "means_"))]
    assert sorted(told) == sorted(plain)
    assert {name for group in wording.TEXT_GROUPS.values() for name in group} == {
        name for name in text.COLUMNS if not name.startswith("means_")
    }
    prefixes = [prefix for group in wording.SURROUNDINGS.values() for prefix in group]
    around = [name for name in context.COLUMNS if not name.startswith("own_")]
    assert all(sum(name.startswith(prefix) for prefix in prefixes) == 1 for name in around)
