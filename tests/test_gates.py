import pytest

from app import gates, walls
from app.gates import Gate
from app.labelled import Labelled
from app.metadata import Metadata
from tests.judged import LINE, PARAGRAPH, labelled, lines, told

PLANS = "<div><h2>Keep reading</h2><p>Subscribe for $1 a month.</p></div>"
BLOCKER = "<h2>You use an ad blocker</h2><p>Please switch it off.</p>"
CHOICE = (
    "<h2>How would you like to read?</h2><p>Free, with cookies and tracking by our partners</p><button>Accept</button>"
    "<p>Without, for $2 a month</p>"
)


def decide(seen: Labelled, *, wall: str | None = None, declared: Metadata = Metadata()) -> Gate:  # noqa: B008 (frozen)
    gate, _ = gates.decide(seen, walls.find(seen), told(wall=wall), declared, seen.length(seen.main()))
    return gate


def shown(gate: Gate) -> list[int | None]:
    return [each.index for each in gate.evidence if each.source == "block"]


def test_a_page_without_boxes_is_open() -> None:
    assert decide(labelled(PARAGRAPH, "C")) == Gate("none", 1.0, [])


def test_a_box_that_is_a_wall_is_the_evidence() -> None:
    seen = labelled(PARAGRAPH + PLANS, "C SS")
    assert decide(seen) == Gate("none", 0.875, [])
    gate, wall = gates.decide(seen, walls.find(seen), told(wall="any"), Metadata(), 300)
    assert (gate.kind, gate.score, shown(gate)) == ("subscription", 0.75, [1, 2])
    assert wall is not None
    assert wall.blocks == [1, 2]


BROKEN_OFF = f"<p>{LINE}and then the</p>"
JOIN = "<h2>For our members</h2><p>Subscribe for $1 a month.</p>"


def test_a_text_that_breaks_off_right_above_a_plea_needs_no_words_for_it() -> None:
    gate = decide(labelled(PARAGRAPH + BROKEN_OFF + JOIN, "CC SS"))
    assert (gate.kind, gate.score, shown(gate)) == ("subscription", 0.9, [2, 3])


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        (PARAGRAPH + JOIN, "C SS"),  # ends as texts end
        (BROKEN_OFF + JOIN + PARAGRAPH * 2, "C SS CC"),  # goes on
        (BROKEN_OFF + "<p>Give what you can.</p>", "C D"),  # no account, and no subscription
        (BROKEN_OFF + "<h2>Leave a comment</h2><p>Log in to your account.</p>", "C RR"),  # beside the text
        (BROKEN_OFF + f"<footer>{JOIN}</footer>", "C SS"),  # on every page
        (JOIN, "SS"),
    ],
)
def test_other_pleas_below_a_text_do_not_stop_the_reader(html: str, codes: str) -> None:
    assert decide(labelled(html, codes)).kind == "none"


def test_a_line_without_structure_may_break_off_anywhere() -> None:
    assert decide(lines([f"{LINE}and then the", "For our members", "Subscribe for $1 a month."], "CSS")).kind == "none"


def test_markup_adds_to_the_evidence_and_never_makes_it() -> None:
    lying = Metadata(free=False, free_by="json-ld")
    assert decide(labelled(PARAGRAPH, "C"), wall="any", declared=lying).kind == "none"
    gate = decide(labelled(PARAGRAPH + PLANS, "C SS"), wall="any", declared=lying)
    assert [(each.source, each.index, each.says) for each in gate.evidence] == [
        ("block", 1, None),
        ("block", 2, None),
        ("json-ld", None, "declared not free"),
    ]


@pytest.mark.parametrize("over", ["aria-modal=true", "style='position:fixed;inset:0'", "data-bl-pos=fixed"])
def test_what_is_laid_over_the_page_stops_the_reader(over: str) -> None:
    gate = decide(labelled(f"{PARAGRAPH * 3}<div {over}>{BLOCKER}</div><nav>Home</nav>", "CCC BB N"))
    assert (gate.kind, gate.score, shown(gate)) == ("adblock", 0.9, [3, 4])
    gate = decide(labelled(f"{PARAGRAPH * 3}<div {over}>{CHOICE}</div>", "CCC SNSS"))
    assert (gate.kind, shown(gate)) == ("consent", [3, 4, 5, 6])


@pytest.mark.parametrize("over", ["style='position:fixed;inset:0'", "data-bl-pos=fixed"])
def test_a_frame_that_holds_the_page_itself_does_not(over: str) -> None:
    story = "<p>Many readers use an ad blocker, and so do I.</p>" + PARAGRAPH * 6
    assert decide(labelled(f"<nav>Home</nav><div {over}>{story}</div>", "N C CCCCCC")).kind == "none"


def test_what_is_not_laid_over_it_or_not_shown_does_not() -> None:
    assert decide(labelled(f"{PARAGRAPH * 3}<div>{BLOCKER}</div>", "CCC BB")).kind == "none"
    assert decide(labelled(f"{PARAGRAPH * 3}<div>{CHOICE}</div>", "CCC SNSS")).kind == "none"
    hidden = (
        f"{PARAGRAPH}<div aria-modal=true hidden>{BLOCKER}</div><div hidden><div aria-modal=true>{CHOICE}</div></div>"
    )
    assert decide(labelled(hidden, "C BB SNSS")).kind == "none"
    within = f"{PARAGRAPH}<div aria-modal=true><h2>News</h2><div hidden>{BLOCKER}</div></div>"
    assert decide(labelled(within, "C N BB")).kind == "none"


def test_a_cookie_notice_without_a_price_is_no_wall() -> None:
    notice = (
        "<div aria-modal=true><p>We and our partners use cookies and tracking.</p><button>Accept all</button></div>"
    )
    assert decide(labelled(PARAGRAPH + notice, "C NN")).kind == "none"


def test_overlays_are_bounded_and_one_within_another_is_the_same() -> None:
    nested = f"<div aria-modal=true><div aria-modal=true>{BLOCKER}</div></div>"
    assert shown(decide(labelled(PARAGRAPH + nested, "C BB"))) == [1, 2]
    many = "<div aria-modal=true><p>x</p></div>" * 10
    assert (
        decide(labelled(f"{PARAGRAPH}{many}<div aria-modal=true>{BLOCKER}</div>", "C" + "N" * 10 + "BB")).kind == "none"
    )


def test_where_nothing_is_left_to_read_a_plea_against_blockers_stops_the_reader() -> None:
    gate = decide(labelled(f"<nav>Home</nav>{BLOCKER}", "N BB"))
    assert (gate.kind, shown(gate)) == ("adblock", [1, 2])


def test_a_portal_for_consent_is_known_whatever_its_labels() -> None:
    page = f"<nav><a href=/>Home</a></nav><main>{CHOICE}<p>Your privacy and consent can be withdrawn.</p></main>"
    gate = decide(labelled(page, "N CCCC C"))
    assert gate.kind == "consent"
    assert shown(gate) == [2, 4, 5]


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        (f"<main>{CHOICE}<p>Your privacy and consent</p>{PARAGRAPH * 20}</main>", "CCCC C" + "C" * 20),
        (f"<main>{CHOICE.replace('$2', 'nothing')}<p>Your privacy and consent</p></main>", "CCCC C"),
        (f"<main>{CHOICE.replace('button', 'p')}<p>Your privacy and consent</p></main>", "CCCC C"),
        (f"<main>{CHOICE}<p>Your privacy and consent</p><p>{LINE * 5}</p></main>", "CCCC C C"),
    ],
    ids=["much to read", "no price", "nothing to press", "about something else"],
)
def test_a_page_that_does_something_else_is_no_portal(html: str, codes: str) -> None:
    assert decide(labelled(html, codes)).kind == "none"


def test_lines_without_structure_may_be_gated() -> None:
    seen = lines([LINE * 3, "Subscribe to continue reading"], "CS")
    assert decide(seen, wall="any").kind == "subscription"
    assert decide(seen).kind == "none"


NOTE = "<p>Subscribers only</p>"


@pytest.mark.parametrize(
    ("html", "codes", "kind"),
    [
        (f"<h1>Bell</h1>{NOTE}{PARAGRAPH}<p>{LINE}and then…</p>", "C S CC", "subscription"),
        (f"<h1>Bell</h1>{NOTE}{PARAGRAPH}<p>{LINE}and then…</p>", "C C CC", "subscription"),
        (f"<p>Register to read on</p>{PARAGRAPH}<p>{LINE}and then…</p>", "R CC", "registration"),
        (f"<h1>Bell</h1>{NOTE}{PARAGRAPH}<p>{LINE}</p>", "C S CC", "none"),
        (f"<h1>Bell</h1>{PARAGRAPH}<p>{LINE}and then…</p>", "C CC", "none"),
        (f"<h1>Bell</h1><div hidden>{NOTE}</div>{PARAGRAPH}<p>{LINE}and then…</p>", "C S CC", "none"),
        (f"<h1>Bell</h1>{PARAGRAPH}<p>{LINE}and then…</p>{NOTE}", "C CC S", "none"),
        (f"{NOTE}{'<p>News</p>' * 30}{PARAGRAPH}<p>{LINE}and then…</p>", "S" + "N" * 30 + "CC", "none"),
    ],
    ids=["note", "whatever its label", "to register", "whole", "no note", "hidden", "below", "far above"],
)
def test_a_note_above_a_text_that_breaks_off_says_why(html: str, codes: str, kind: str) -> None:
    gate = decide(labelled(html, codes))
    assert gate.kind == kind
    assert bool(shown(gate)) == (kind != "none")


def test_a_text_may_also_be_shorter_than_it_is_said_to_be() -> None:
    seen = labelled(f"<h1>Bell</h1>{NOTE}{PARAGRAPH}", "C S C")
    assert decide(seen, declared=Metadata(words=500)).kind == "subscription"
    assert decide(seen, declared=Metadata(words=70)).kind == "none"


def test_evidence_is_bounded() -> None:
    gate = decide(labelled(PARAGRAPH + "<p>Subscribe</p>" * 80, "C" + "S" * 80), wall="any")
    assert len(shown(gate)) == 50
