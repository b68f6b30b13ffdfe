import pytest

from app import extract as extracting
from app.extract import Extract
from app.labeller import Result, Timings
from app.labels import LABELS
from tests import reading

URL = "https://www.paper.test/2024/story"


def extract(result: Result, url: str) -> Extract:
    """Return what is said without a model's estimators: what the page declares."""
    return extracting.extract(result, None, url)


def head(*lines: str, html: str = "<html>", body: str = "<p>The bell rang.</p>") -> Result:
    return reading.result(f"{html}<head>{''.join(lines)}</head><body>{body}", url=URL)


def test_a_page_that_says_nothing_of_itself() -> None:
    made = extract(head(), URL)
    assert (made.title, made.author, made.date_published, made.lead_image_url) == (None, None, None, None)
    assert made.content == "<div><p>The bell rang.</p></div>"
    assert (made.url, made.domain, made.word_count, made.direction) == (URL, "www.paper.test", 3, "ltr")
    assert (made.excerpt, made.dek, made.next_page_url) == ("The bell rang.", None, None)
    assert (made.total_pages, made.rendered_pages) == (1, 1)


def test_what_the_page_declares_is_told() -> None:
    made = extract(
        head(
            "<title>The bell | Paper</title>",
            "<meta property=og:title content='The  bell'><meta name=Author content='Jo Doe'>",
            "<meta property=article:published_time content='2024-04-03T05:30:00Z'>",
            "<meta property=og:image content='/i/bell.jpg'><meta name=description content='It rang.'>",
            "<meta property=og:title content=second><meta name=empty><meta content=nameless>",
        ),
        URL,
    )
    assert (made.title, made.author, made.excerpt) == ("The bell", "Jo Doe", "It rang.")
    assert (made.date_published or "").startswith("2024-04-03T05:30:00")
    assert made.lead_image_url == "https://www.paper.test/i/bell.jpg"


def test_what_cannot_be_is_not_told() -> None:
    made = extract(
        head(
            "<title>The bell</title><meta name=date content=yesterday>",
            "<meta property=article:author content='https://social.test/jo'>",
            "<meta property=og:image content='data:image/gif,x'>",
        ),
        URL,
    )
    assert (made.title, made.author, made.date_published, made.lead_image_url) == ("The bell", None, None, None)


@pytest.mark.parametrize(
    ("html", "direction"),
    [
        ("<html dir=rtl>", "rtl"),
        ("<html lang=ar>", "rtl"),
        ("<html lang=ar dir=LTR>", "ltr"),
        ("<html lang=de>", "ltr"),
    ],
)
def test_the_direction_is_the_pages_or_its_languages(html: str, direction: str) -> None:
    result = head(html=html)
    language = result.source.page.head.language if result.source.page else None
    made = Result(language, result.blocks, result.counts, [], result.timings, result.source)
    assert extract(made, URL).direction == direction


def test_a_long_text_is_cut_at_a_word() -> None:
    made = extract(head(body=f"<p>{'word ' * 100}</p>"), "http://[x")
    assert made.excerpt == f"{'word ' * 39}word…"
    assert made.domain is None


def test_a_page_without_content_has_null_content() -> None:
    made = extract(reading.result("<p>Menu</p>", lambda *_: False), URL)
    assert (made.content, made.excerpt, made.word_count) == (None, None, 0)


def test_a_text_says_nothing_of_itself() -> None:
    result = Result(None, [], dict.fromkeys(LABELS, 0), [], Timings(0, 0, 0))
    made = extract(result, URL)
    assert (made.title, made.content) == (None, None)
