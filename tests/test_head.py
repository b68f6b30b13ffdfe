import pytest
from hypothesis import given, settings

from app import dom, head
from app.head import Head
from tests import strategies


def read(html: str, url: str | None = None) -> Head:
    return head.read(dom.parse(html), url)


def test_a_head_says_title_language_and_host() -> None:
    html = (
        "<html lang=de-AT><head><title>\n  Die letzte\n Fähre </title><title>second</title>"
        "<link rel=canonical href='https://www.Paper.test/a'></head><p>text"
    )
    assert read(html) == Head("Die letzte Fähre", "de-AT", "paper.test")


def test_a_page_may_say_nothing() -> None:
    assert read("") == read("<p>text") == Head("", None, None)


def test_an_image_or_svg_title_is_none() -> None:
    assert read("<body><svg><title>Icon</title></svg><p>text").title == ""


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=en>", "en"),
        ("<html lang=pt_BR>", "pt-BR"),
        ("<html xml:lang=fr>", "fr"),
        ("<html lang='  sv '>", "sv"),
        ("<meta http-equiv=Content-Language content='nl, en'>", "nl"),
        ("<html lang=da><meta http-equiv=content-language content=nl>", "da"),
        ("<html lang=zh-Hant-TW>", "zh-Hant-TW"),
        ("<html lang>", None),
        ("<html lang='{{ lang }}'>", None),
        ("<html lang=e>", None),
        (f"<html lang={'x' * 36}>", None),
        ("<html lang=英語>", None),
    ],
)
def test_a_language_is_taken_as_declared_where_it_can_be_one(html: str, language: str | None) -> None:
    assert read(html).language == language


def test_the_callers_address_comes_first_then_canonical_then_the_others_in_order() -> None:
    og = "<meta property=og:url content=http://og.test/>"
    base = "<base href=http://base.test:8080/x>"
    canonical = "<link rel=canonical href=http://canonical.test/>"
    assert read(og + base + canonical, "http://caller.test").host == "caller.test"
    assert read(og + base + canonical).host == "canonical.test"
    assert read(og + base).host == "og.test"
    assert read(base).host == "base.test"


@pytest.mark.parametrize("address", ["", "/a/b", "page.html", "mailto:a@b.test", "http://[", "http:///x", "  "])
def test_an_address_without_a_host_is_passed_over(address: str) -> None:
    assert read("<base href=http://base.test/>", address).host == "base.test"


@settings(deadline=None)
@given(strategies.PAGES, strategies.WORDS)
def test_no_head_is_too_broken_to_read(html: str, url: str) -> None:
    read(html, url)
    read(f"<html lang='{url}'><title>{url}</title><link rel=canonical href='//{url}'>{html}")
