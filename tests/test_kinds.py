import pytest

from app import kinds
from app.gates import Evidence, Gate
from app.metadata import Metadata
from tests.judged import PARAGRAPH, labelled, lines, told

OPEN = Gate()
AMOUNTS = "<p>$10</p><p>$20</p><p>$50</p>"


def test_a_kind_is_what_the_estimators_say() -> None:
    seen = labelled(PARAGRAPH, "C")
    assert kinds.decide(seen, Metadata(), None, OPEN, told(kind="forum")) == ("forum", 0.8)


@pytest.mark.parametrize(("looks", "kind"), [("forum", "article"), ("listing", "article"), ("product", "product")])
def test_a_live_blog_is_an_article_though_it_looks_like_a_forum(looks: str, kind: str) -> None:
    declared = Metadata(types=("liveblogposting",))
    found, score = kinds.decide(labelled(PARAGRAPH, "C"), declared, None, OPEN, told(kind=looks))
    assert (found, score >= 0.8) == (kind, True)


def test_a_page_of_no_kind_is_another() -> None:
    assert kinds.decide(labelled(PARAGRAPH, "C"), Metadata(), None, OPEN, told(sure=0.25)) == ("other", 0.75)


def test_text_without_structure_is_another_but_a_page_without_text_has_an_address_and_a_title() -> None:
    assert kinds.decide(lines(["Home"], "N"), Metadata(), None, OPEN, told()) == ("other", 1.0)
    assert kinds.decide(labelled("<img src=x>", "N"), Metadata(), None, OPEN, told()) == ("article", 0.8)


def test_a_consent_wall_stands_in_the_articles_place() -> None:
    gate = Gate("consent", 0.9, [Evidence("block", 0)])
    assert kinds.decide(labelled(PARAGRAPH, "C"), Metadata(), None, gate, told()) == ("consent_wall", 0.9)
    over = labelled(PARAGRAPH * 6, "C" * 6)
    assert kinds.decide(over, Metadata(), None, gate, told()) == ("article", 0.8)


@pytest.mark.parametrize("asking", ["<title>Donate | Rescue</title>", "<h1>Subscribe to the News</h1>"])
def test_a_page_that_asks_and_names_amounts_is_there_to_ask(asking: str) -> None:
    seen = labelled(f"{asking}<main>{AMOUNTS}</main>", "C" * (3 + ("<h1>" in asking)))
    assert kinds.decide(seen, Metadata(), None, OPEN, told())[0] == "appeal_page"
    assert kinds.decide(seen, Metadata(), None, OPEN, told(kind="listing"))[0] == "listing"


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        (f"<h1>Donate</h1>{AMOUNTS}{PARAGRAPH * 10}", "CCCC" + "C" * 10),
        ("<h1>Donate</h1><p>$10</p><p>ten</p><p>fifty</p>", "CCCC"),
        (f"<h1>The bell</h1>{AMOUNTS}", "CCCC"),
        (f"<h1>Donate</h1>{AMOUNTS}", "CDDD"),
    ],
    ids=["an article about it", "no amounts", "nothing asked", "amounts in a box"],
)
def test_other_pages_are_not(html: str, codes: str) -> None:
    assert kinds.decide(labelled(html, codes), Metadata(), None, OPEN, told())[0] == "article"
