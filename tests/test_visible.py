import pytest

from app import visible
from app.visible import Seen
from tests.judged import PARAGRAPH, labelled, lines


def read(html: str, codes: str) -> Seen:
    seen = labelled(html, codes)
    return visible.read(seen, seen.main())


def test_text_without_structure_and_an_empty_page_show_nothing() -> None:
    assert visible.read(lines(["Home"], "N"), []) == Seen()
    assert read("<nav>Home</nav>", "N") == Seen()


def test_the_headline_is_the_first_of_the_content() -> None:
    assert read(f"<h1>Site</h1><h1>The\n bell</h1>{PARAGRAPH}", "NCC").headline == "The bell"
    assert read(f"<h2>The bell</h2>{PARAGRAPH}", "CC").headline is None


@pytest.mark.parametrize(
    ("markup", "byline"),
    [
        ("<p class=byline>By Ann Lee</p>", "Ann Lee"),
        ("<div class='article-author'>Von Ann Lee</div>", "Ann Lee"),
        ("<p><a rel=author href=/ann>Ann Lee</a></p>", "Ann Lee"),
        ("<p><span itemprop=author>Ann Lee</span></p>", "Ann Lee"),
        ("<div class=author><p>Ann Lee</p></div>", "Ann Lee"),
        ("<p class=byline>By Ann Lee | 1 May</p>", "Ann Lee"),
        ("<p class=byline>1 May</p>", None),
        ("<p class=authority>Ann Lee</p>", None),
        ("<p>Ann Lee</p>", None),
        ("<p class=byline hidden>Ann Lee</p>", None),
        (f"<p class=byline>{'Ann Lee ' * 20}</p>", None),
    ],
)
def test_the_byline_is_a_short_line_at_the_headline_that_markup_names_so(markup: str, byline: str | None) -> None:
    assert read(f"<h1>The bell</h1>{markup}{PARAGRAPH}", "CCC").byline == byline


def test_an_author_further_down_or_in_furniture_is_another_one() -> None:
    assert read(f"<h1>The bell</h1>{PARAGRAPH}<p class=author>Bo Ek</p>", "CCC").byline is None
    assert read(f"<p class=author>Bo Ek</p><h1>The bell</h1>{PARAGRAPH}", "NCC").byline is None


def test_the_date_is_the_first_that_a_time_carries() -> None:
    html = "<h1>The bell</h1><p><time>Friday</time> <time datetime=2024-05-01>1 May</time></p>"
    assert read(html + PARAGRAPH, "CCC").published == "2024-05-01"
    assert read(f"<h1>The bell</h1>{PARAGRAPH}", "CC").published is None


def test_the_picture_is_the_first_that_is_not_small() -> None:
    small, late = "<img src=/ann.jpg width=60>", "<img src='data:image/gif;base64,R0' data-src=/bell.jpg>"
    html = f"<h1>The bell</h1><p>{small}</p><p>{late}</p>"
    assert read(html + PARAGRAPH, "CCCC").image == "/bell.jpg"
    assert read("<h1>The bell</h1><p><img></p>" + PARAGRAPH, "CCC").image is None


@pytest.mark.parametrize(
    ("html", "codes", "sponsored"),
    [
        (f"<p>Paid for by Emberline</p><h1>Walks</h1>{PARAGRAPH}", "ACC", True),
        (f"<h1>Walks</h1><p>Sponsored by Emberline</p>{PARAGRAPH}", "CAC", True),
        (f"<h1>Walks</h1>{PARAGRAPH}<p>Sponsored by Emberline</p>", "CCA", False),
        (f"<p hidden>Paid for by Emberline</p><h1>Walks</h1>{PARAGRAPH}", "ACC", False),
        (
            "<p>Paid for by Emberline</p>" + "<p>Home</p>" * 12 + f"<h1>Walks</h1>{PARAGRAPH}",
            "A" + "N" * 12 + "CC",
            False,
        ),
        (f"<h1>Walks</h1>{PARAGRAPH}", "CC", False),
    ],
)
def test_a_page_is_sponsored_where_a_note_at_the_headline_says_so(html: str, codes: str, *, sponsored: bool) -> None:
    assert read(html, codes).sponsored == sponsored
