import pytest

from app import page
from app.labeller import Result, Source, Timings
from app.page import Verdict
from tests.judged import LINE, PARAGRAPH, opinion, result, told

STORY = f"<html lang=en><head><title>The bell | Post</title></head><body><h1>The bell</h1>{PARAGRAPH * 4}"
PLANS = "<p>Keep reading</p><p>Subscribe for $1 a month.</p>"


def judge(html: str, codes: str, wall: str | None = None, kind: str = "article") -> Verdict:
    return page.judge(result(html, codes), told(wall=wall, kind=kind))


def test_a_plain_article_is_one_that_is_open_and_whole() -> None:
    verdict = judge(STORY, "C CCCC")
    assert (verdict.kind, verdict.kind_score, verdict.gate.kind, verdict.gated) == ("article", 0.8, "none", False)
    assert (verdict.truncated, verdict.declared_free, verdict.sponsored, verdict.warnings) == ("no", None, False, [])
    assert (verdict.language, verdict.title) == ("en", "The bell")


def test_a_page_that_ends_at_its_wall_breaks_off() -> None:
    verdict = judge(STORY + PLANS, "C CCCC SS", wall="any")
    assert (verdict.gate.kind, verdict.gated, verdict.truncated) == ("subscription", True, "yes")
    verdict = judge(STORY + PLANS + PARAGRAPH * 2, "C CCCC SS CC", wall="any")
    assert (verdict.gated, verdict.truncated) == (True, "no")


def test_a_long_text_that_does_not_break_off_is_whole_above_its_wall_too() -> None:
    long = STORY + PARAGRAPH * 10
    assert judge(long + PLANS, "C CCCC" + "C" * 10 + "SS", wall="any").truncated == "no"
    assert judge(f"{long}<p>{LINE}and…</p>{PLANS}", "C CCCC" + "C" * 11 + "SS", wall="any").truncated == "yes"


def test_a_text_below_a_note_for_subscribers_breaks_off_where_it_says_so() -> None:
    verdict = judge(f"<p>Subscribers only</p>{STORY}<p>{LINE}and…</p>", "S C CCCC C")
    assert (verdict.gate.kind, verdict.truncated) == ("subscription", "yes")


@pytest.mark.parametrize(("kind", "truncated"), [("article", "yes"), ("forum", "no"), ("listing", "unknown")])
def test_an_article_breaks_off_where_a_pager_leads_on(kind: str, truncated: str) -> None:
    assert judge(STORY + "<p>1 2 Next page</p>", "C CCCC N", kind=kind).truncated == truncated


def test_a_page_under_an_overlay_is_all_there() -> None:
    over = "<div aria-modal=true><p>You use an ad blocker</p></div>"
    verdict = judge(STORY + over, "C CCCC B")
    assert (verdict.gate.kind, verdict.truncated) == ("adblock", "no")


@pytest.mark.parametrize(
    ("kind", "paragraphs", "truncated"),
    [
        ("article", 1, "no"),
        ("forum", 1, "no"),
        ("documentation", 1, "unknown"),
        ("documentation", 2, "no"),
        ("service", 2, "unknown"),
        ("service", 4, "no"),
        ("listing", 9, "unknown"),
        ("product", 9, "unknown"),
    ],
)
def test_only_a_text_can_be_whole(kind: str, paragraphs: int, truncated: str) -> None:
    assert judge(PARAGRAPH * paragraphs, "C" * paragraphs, kind=kind).truncated == truncated


@pytest.mark.parametrize(
    ("kind", "sure", "paragraphs", "truncated"),
    [
        ("listing", 0.5, 4, "no"),
        ("listing", 0.5, 3, "unknown"),
        ("listing", 0.8, 4, "unknown"),
        ("service", 0.5, 4, "no"),
    ],
)
def test_a_page_whose_kind_is_not_sure_is_judged_by_its_length(
    kind: str, sure: float, paragraphs: int, truncated: str
) -> None:
    made = result("<ul>" + f"<li>{LINE}</li>" * 3 * paragraphs + "</ul>", "C" * 3 * paragraphs)
    assert page.judge(made, told(kind=kind, sure=sure)).truncated == truncated


def test_an_article_of_a_few_words_may_be_anything() -> None:
    assert judge("<p>The bell is back.</p>", "C").truncated == "unknown"


def test_a_page_without_content_has_no_article() -> None:
    assert judge("<nav>Home</nav>", "N").warnings == ["no_article"]
    assert judge("<img src=x>", "C").warnings == ["no_text"]
    assert page.judge(result("", ""), told()).warnings == ["no_text"]


def test_the_markup_is_reported_and_decides_nothing() -> None:
    lying = '<script type="application/ld+json">{"@type": "Article", "isAccessibleForFree": false}</script>'
    verdict = judge(lying + STORY, "C CCCC")
    assert (verdict.declared_free, verdict.gated, verdict.truncated) == (False, False, "no")


def test_the_callers_word_comes_first_then_the_pages_then_what_it_declares() -> None:
    declared = "<meta property=og:locale content=sv_SE>"
    assert page.judge(result(declared + PARAGRAPH, "C"), told(), language="da").language == "da"
    assert page.judge(result(declared + PARAGRAPH, "C", language="nb"), told()).language == "nb"
    assert judge(declared + PARAGRAPH, "C").language == "sv-SE"


@pytest.mark.parametrize(
    ("head", "headline", "title"),
    [
        ("<title>The bell | Post</title><meta property=og:title content='A bell returns'>", "The bell", "The bell"),
        ("<title>Post</title><meta property=og:title content='The bell returns'>", "the BELL", "the BELL"),
        ("<title>Post</title><meta property=og:title content='A bell returns'>", "Post of today", "A bell returns"),
        ("<title>Post</title>", "The bell", "The bell"),
        ("<title>The bell | Post</title>", "", "The bell | Post"),
        ("", "", None),
    ],
)
def test_the_title_is_the_headline_where_the_head_knows_it(head: str, headline: str, title: str | None) -> None:
    html = f"{head}<h1>{headline}</h1>{PARAGRAPH}" if headline else head + PARAGRAPH
    assert judge(html, "CC" if headline else "C").title == title


def test_what_is_declared_comes_before_what_is_shown() -> None:
    shown = (
        f"<h1>The bell</h1><p class=byline>By Bo Ek <time datetime=2024-05-02>May</time></p>"
        f"<p><img src=/b.jpg></p>{PARAGRAPH}"
    )
    declared = (
        "<meta name=author content='Ann Lee'><meta property=article:published_time content=2024-05-01>"
        "<meta property=og:image content=https://post.test/a.jpg>"
    )
    verdict = judge(declared + shown, "CCCC")
    assert (verdict.byline, verdict.published, verdict.lead_image) == (
        "Ann Lee",
        "2024-05-01",
        "https://post.test/a.jpg",
    )
    verdict = page.judge(result(shown, "CCCC", url="https://post.test/x"), told())
    assert (verdict.byline, verdict.published) == ("Bo Ek May", "2024-05-02")
    assert verdict.lead_image == "https://post.test/b.jpg"
    assert judge(shown, "CCCC", kind="listing").published is None


def test_of_text_without_structure_its_lines_alone_are_judged() -> None:
    made = result(f"<p>{LINE * 3}</p><p>Subscribe to continue reading</p>", "CS")
    text = Result(None, made.blocks, {}, [], Timings(0, 0, 0), Source(opinion=opinion("CS")))
    verdict = page.judge(text, told(wall="any"))
    assert (verdict.kind, verdict.gate.kind, verdict.title, verdict.truncated) == ("other", "subscription", None, "yes")


def test_without_estimators_no_more_is_said_than_what_is_declared() -> None:
    verdict = page.judge(result("<meta name=author content='Ann Lee'>" + STORY, "C CCCC"), None)
    assert (verdict.kind, verdict.gated, verdict.truncated, verdict.byline) == ("other", False, "unknown", "Ann Lee")
