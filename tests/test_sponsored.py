import numpy as np
import pytest
from numpy.typing import NDArray

from app import sponsored
from app.blocks import Page
from app.labelled import Labelled
from tests import judged

CARD = "<aside>{}<h3>Three questions before the roof goes</h3><p>How to pay for it.</p></aside>"


def settled(html: str, codes: str) -> str:
    return judged.settled(lambda seen, page: sponsored.settle(seen.labels, seen.classes, page), html, codes)


@pytest.mark.parametrize(
    "label", ["Partner content", "Sponsored by the bank", "Präsentiert von der Bank", "Partnerinhalt"]
)
def test_a_card_that_opens_with_who_paid_for_it_is_an_advert(label: str) -> None:
    card = CARD.format(f"<div><p>{label}</p></div><img src=roof.jpg>")
    assert settled(f"<p>story</p>{card}<p>story</p>", "C ANNC C") == "CAAAAC"


@pytest.mark.parametrize("code", ["N", "C"])
def test_a_label_that_is_no_advert_to_the_model_has_no_say(code: str) -> None:
    card = CARD.format("<p>Presented by Ann Olsen</p>")
    assert settled(f"<p>story</p>{card}", f"C {code}NC") == f"C{code}NC"


@pytest.mark.parametrize(
    ("html", "codes", "labels"),
    [
        (CARD.format("<p>Our shop</p>"), "ANC", "ANC"),  # says nothing of who paid
        (CARD.format(f"<p>Sponsored by {'a bank ' * 12}</p>"), "ANC", "ANC"),  # no label
        (CARD.format("<p>Sponsored by us</p>" + "<p>x</p>" * 2), "ANNNC", "ANNNC"),  # more than a card
        ("<aside><h3>Roofs</h3><p>Sponsored by us</p><p>Read</p></aside>", "CAN", "CAN"),  # does not open with it
        ("<p>Sponsored by us</p><p>story</p>", "AC", "AC"),  # a page is no card
        (f"<div><p>Sponsored by us</p>{'<p><img src=x></p>' * 9}<p>Read</p></div>", f"A{'N' * 10}", f"A{'N' * 10}"),
    ],
)
def test_what_is_no_such_card_stays(html: str, codes: str, labels: str) -> None:
    assert settled(f"<p>story</p>{html}", "C" + codes) == "C" + labels


def test_a_label_that_is_the_last_of_a_page_stands_for_itself() -> None:
    assert settled("<p>story</p><p>Sponsored by us</p>", "CA") == "CA"


def test_a_label_that_is_rather_an_advert_than_anything_else_is_one_though_content_was_chosen() -> None:
    def careful(seen: Labelled, page: Page) -> NDArray[np.int64]:
        return sponsored.settle(np.zeros_like(seen.labels), seen.classes, page)

    assert judged.settled(careful, "<p>story</p><p>Paid for by a firm of stoves</p><p>story</p>", "CAC", 0.5) == "CAC"
    assert judged.settled(careful, "<p>story</p><p>The stoves are paid for</p><p>story</p>", "CAC", 0.5) == "CCC"
