import pytest

from app import listing
from tests import judged

CARD = "<article><img src=x><h3><a href=/x>Headline</a></h3><p>Teaser</p></article>"
LIST = f"<main>{CARD * 3}</main><section><h2>More</h2>{CARD}</section>"


def settled(html: str, codes: str, sure: float = 0.6) -> str:
    return judged.settled(lambda seen, page: listing.settle(seen.labels, seen.classes, page), html, codes, sure)


def test_a_card_among_cards_of_content_is_content_with_its_picture() -> None:
    assert settled(LIST, "CCC CCN CCC N NNN") == "CCCCCNCCCNCCC"


@pytest.mark.parametrize("code", ["A", "S"])
def test_a_card_of_which_something_is_called_otherwise_stays(code: str) -> None:
    codes = f"CCC CCC CCC N N{code}N"
    assert settled(LIST, codes) == codes.replace(" ", "").replace("S", "P")


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        (LIST.replace("section", "aside"), "CCC CCC CCC N NNN"),  # beside the list
        (f"{CARD * 2}<section>{CARD}</section>", "CCC CCC NNN"),  # too few
        (f"{CARD * 2}<section>{CARD * 3}</section>", "CCC CCC NNN NNN NNN"),  # most are no content
        (f"{LIST}<article>{'<p>A story.</p>' * 9}</article>", "CCC CCC CCC N NNN" + "C" * 9),  # it has an article
    ],
)
def test_elsewhere_teasers_stay_what_they_are(html: str, codes: str) -> None:
    assert settled(html, codes) == codes.replace(" ", "")


def test_a_card_that_is_surely_furniture_stays() -> None:
    assert settled(LIST, "CCC CCC CCC N NNN", sure=0.99) == "CCCCCCCCCNNNN"


def test_a_headline_is_content_where_half_of_its_card_is() -> None:
    card = "<article><h3><a href=/x>Headline</a></h3><p>Teaser</p><p>2 comments</p></article>"
    assert settled(card * 5, "CCC CCC CCC CCC NCC") == "CCC" * 5
    assert settled(card * 5, "CCC CCC CCC CCC NCN") == "CCC" * 4 + "NCN"
    assert settled(card * 5, "CCC CCC CCC CCC NCC", sure=0.99) == "CCC" * 4 + "NCC"


def test_a_departments_name_above_a_headline_is_content() -> None:
    card = "<article><p>Culture</p><h3><a href=/x>Headline</a></h3><p>2 comments</p></article>"
    assert settled(card * 4, "NCN NCN NCN NCN") == "NCN" * 4, "most cards are no content"
    assert settled(card * 4, "CCN CCN CCN NCN") == "CCN" * 4
    long = card.replace("Culture", "Culture, of which there is more than can be said here, as ever")
    assert settled(card * 3 + long, "CCN CCN CCN NCN") == "CCN" * 3 + "NCN"
