import pytest

from app import consent
from tests import judged
from tests.judged import PARAGRAPH

NOTICE = (
    "<h2>Your privacy</h2><p>We and 12 partners use cookies for these purposes: to count visits.</p><p>Accept all</p>"
)
CHOICE = (
    "<h1>How would you like to read?</h1><p>Free, with cookies and tracking by our partners, if you consent.</p>"
    "<p>Or without, for $2 a month.</p><ul><li><a href=/privacy>Privacy</a></li></ul><button>Accept all</button>"
)


def settled(html: str, codes: str) -> str:
    return judged.settled(
        lambda seen, page: consent.settle(seen.labels, seen.classes, page, seen.positions), html, codes
    )


@pytest.mark.parametrize("how", ["role=dialog", "aria-modal=true", "style='position: fixed'", "data-bl-pos=fixed"])
def test_a_notice_over_the_page_is_furniture(how: str) -> None:
    assert settled(f"{PARAGRAPH}<div {how}>{NOTICE}</div>", "C SCS") == "CNNN"


def test_a_notice_in_another_language_is_one_too() -> None:
    text = "Wir und unsere Partner speichern Cookies für diese Zwecke, wenn Sie zustimmen. Datenschutz"
    assert settled(f"{PARAGRAPH}<div role=dialog><p>{text}</p></div>", "C S") == "CN"


@pytest.mark.parametrize(
    "html",
    [
        NOTICE,  # not over the page
        f"<div role=dialog>{NOTICE}<p>Subscribe to read without</p></div>",
        f"<div role=dialog>{NOTICE}<p>From £3 a month</p></div>".replace("count", "sell"),
        f"<div role=dialog>{NOTICE}<p>Your address: <input type=email></p></div>",
        f"<div role=dialog>{NOTICE}<p>Your name: <input></p></div>",
        f"<div role=dialog><p>We respect your privacy.</p><p>Join us</p>{'<p>Write to us.</p>' * 2}</div>",
        f"<div role=dialog>{NOTICE}<p>{'We write about the harbour. ' * 100}</p></div>",
        f"<div role=dialog hidden>{NOTICE}</div>",
    ],
)
def test_what_asks_for_more_or_says_hardly_anything_of_it_is_none(html: str) -> None:
    pleas = html.count("<p>") + html.count("<h2>")
    assert settled(PARAGRAPH + html, "C" + "S" * pleas) == "C" + "P" * pleas


def test_a_choice_between_tracking_and_paying_is_a_plea_with_all_that_belongs_to_it() -> None:
    assert settled(f"{PARAGRAPH}<div role=dialog>{CHOICE}</div>", "C CSSNN") == "CPPPPP"


def test_a_wall_against_ad_blockers_is_a_plea_with_all_that_belongs_to_it() -> None:
    wall = "<h2>You are using an ad blocker</h2><p>Switch it off to read on.</p><p>Done</p>"
    assert settled(f"{PARAGRAPH}<div aria-modal=true>{wall}</div>", "C BNN") == "CPPP"
    assert settled(f"{PARAGRAPH}<div>{wall}</div>", "C BNN") == "CPNN"


def test_an_article_in_a_fixed_frame_stays_what_it_is() -> None:
    assert settled(f"<div role=dialog>{CHOICE}{PARAGRAPH * 6}</div>", "CCCNN CCCCCC") == "CCCNNCCCCCC"


def test_of_a_portal_in_the_articles_place_nothing_is_content() -> None:
    more = "<p>Your privacy and your consent: withdraw it whenever you like, for all purposes.</p>"
    assert settled(f"<nav><a href=/>Home</a></nav><main>{CHOICE}{more}</main>", "N CCCNN C") == "NPPPNNP"
    assert settled(f"<main>{CHOICE}{more}{PARAGRAPH * 20}</main>", "CCCNN C" + "C" * 20) == "CCCNNC" + "C" * 20


def test_below_a_choice_that_lies_over_it_an_article_is_content() -> None:
    assert settled(f"{PARAGRAPH}<div aria-modal=true>{CHOICE}</div>", "C CCCNN") == "CPPPPP"


def test_boxes_that_are_one_plea_are_told() -> None:
    seen = judged.labelled(f"{PARAGRAPH}<div role=dialog>{CHOICE}</div>", "C SSSNN")
    assert seen.page is not None
    pleas: list[list[int]] = []
    consent.settle(seen.labels, seen.classes, seen.page, seen.positions, pleas)
    assert pleas == [[1, 2, 3, 4, 5]]
    notice = judged.labelled(f"{PARAGRAPH}<div role=dialog>{NOTICE}</div>", "C SSS")
    assert notice.page is not None
    consent.settle(notice.labels, notice.classes, notice.page, notice.positions, pleas)
    assert len(pleas) == 1
