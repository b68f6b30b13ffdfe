import json

import pytest

from app import dom, metadata
from app.metadata import Metadata


def read(html: str, url: str | None = None) -> Metadata:
    return metadata.read(dom.parse(html), url)


def linked(*documents: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in documents)


def test_a_page_may_declare_nothing() -> None:
    assert read("") == read("<p>text") == Metadata()


def test_metas_say_what_json_ld_does_not() -> None:
    html = (
        "<meta property=og:title content=' The\n bell '><meta name=AUTHOR content='Ann Lee'>"
        "<meta property=article:published_time content=2024-05-01T10:00:00+02:00>"
        "<meta property=og:image content=/bell.jpg><meta property=og:url content=https://paper.test/a/b>"
        "<meta property=og:locale content=de_AT><meta property=og:type content=Article>"
        "<meta name=generator content='WordPress 6.5'>"
    )
    assert read(html) == Metadata(
        headline="The bell",
        byline="Ann Lee",
        published="2024-05-01T10:00:00+02:00",
        image="https://paper.test/bell.jpg",
        language="de_AT",
        address="https://paper.test/a/b",
        generator="WordPress 6.5",
        og_type="article",
    )


def test_json_ld_says_more() -> None:
    article = {
        "@type": ["NewsArticle", "https://schema.org/Report"],
        "headline": "The bell",
        "author": [{"@type": "Person", "name": "Ann Lee"}, "Bo Ek", {"name": 3}, "https://paper.test/bo"],
        "datePublished": "2024-05-01",
        "image": [{"url": "https://paper.test/bell.jpg"}],
        "inLanguage": "sv",
    }
    found = read(linked({"@graph": [{"@type": "WebSite", "headline": "no"}, article]}))
    assert (found.headline, found.byline, found.published) == ("The bell", "Ann Lee, Bo Ek", "2024-05-01")
    assert (found.image, found.language) == ("https://paper.test/bell.jpg", "sv")
    assert found.types == ("website", "newsarticle", "report")


def test_the_callers_address_comes_first() -> None:
    html = "<meta property=og:image content=bell.jpg><meta property=og:url content=https://other.test/>"
    assert read(html, "https://paper.test/a/b").image == "https://paper.test/a/bell.jpg"
    assert read(html, "https://paper.test/a/b").address == "https://paper.test/a/b"


@pytest.mark.parametrize(
    ("html", "free"),
    [
        (linked({"@type": "Article", "isAccessibleForFree": True}), (True, "json-ld")),
        (linked({"@type": "Article", "isAccessibleForFree": False}), (False, "json-ld")),
        (linked({"isAccessibleForFree": "False"}), (False, "json-ld")),
        (linked({"isAccessibleForFree": "http://schema.org/False"}), (False, "json-ld")),
        (linked({"isAccessibleForFree": "perhaps"}), (None, None)),
        # The outermost object speaks for the page.
        (linked({"hasPart": {"isAccessibleForFree": False}, "isAccessibleForFree": True}), (True, "json-ld")),
        (linked({"hasPart": [{"isAccessibleForFree": False}]}), (False, "json-ld")),
        # Somebody else's page does not.
        (linked({"itemListElement": [{"isAccessibleForFree": False}]}), (None, None)),
        ("<meta property=article:content_tier content=free>", (True, "meta")),
        ("<meta property=article:content_tier content=locked>", (False, "meta")),
        ("<meta property=article:content_tier content=metered>", (False, "meta")),
        ("<meta property=article:content_tier content=odd>", (None, None)),
        (
            "<meta property=article:content_tier content=free>" + linked({"isAccessibleForFree": False}),
            (False, "json-ld"),
        ),
    ],
)
def test_a_page_may_declare_that_it_is_free_or_not(html: str, free: tuple[bool | None, str | None]) -> None:
    found = read(html)
    assert (found.free, found.free_by) == free


def test_types_are_bounded() -> None:
    types = linked(*({"@type": [f"T{n}{m}" for m in range(5)]} for n in range(20)))
    assert len(read(types).types) == 24


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ({"wordCount": 842}, 842),
        ({"wordCount": "842"}, 842),
        ({"wordCount": "842 words"}, None),
        ({"wordCount": True}, None),
        ({"wordCount": [842]}, None),
        ({"articleBody": "one two three "}, 3),
        ({"articleBody": ["one"], "wordCount": 0}, None),
        ({"articleBody": "one two three ", "wordCount": 2}, 3),
        ({"@type": "Person", "wordCount": 9}, None),
    ],
)
def test_an_article_may_say_how_many_words_it_has(article: dict[str, object], words: int | None) -> None:
    assert read(linked({"@type": "NewsArticle"} | article)).words == words


@pytest.mark.parametrize("author", [None, 3, [], {}, {"name": None}, [None], "", "http://paper.test/ann"])
def test_an_author_without_a_name_is_none(author: object) -> None:
    assert read(linked({"@type": "Article", "author": author})).byline is None


@pytest.mark.parametrize("content", ["https://social.test/ann", "@ann", "/ann"])
def test_an_authors_address_is_no_name(content: str) -> None:
    assert read(f"<meta property=article:author content='{content}'><meta name=byl content=Ann>").byline == "Ann"


@pytest.mark.parametrize("given", ["yesterday", "1 May 2024", "0000-99-99", "2024-13-01", "9" * 50, 2024, None])
def test_a_date_that_is_none_is_left_out(given: object) -> None:
    assert metadata.date(given) is None
    assert read(linked({"@type": "Article", "datePublished": given})).published is None


@pytest.mark.parametrize(
    ("address", "base", "joined"),
    [
        ("/a.jpg", "https://paper.test/b/", "https://paper.test/a.jpg"),
        ("//cdn.test/a.jpg", "https://paper.test/", "https://cdn.test/a.jpg"),
        ("https://paper.test/a.jpg", None, "https://paper.test/a.jpg"),
        ("/a.jpg", None, None),
        ("javascript:alert(1)", "https://paper.test/", None),
        ("data:image/png;base64,AA", None, None),
        ("https://[", None, None),
        ("https://paper.test/" + "a" * 3_000, None, None),
        ("", "https://paper.test/", None),
        (None, None, None),
    ],
)
def test_addresses_are_absolute_or_none(address: str | None, base: str | None, joined: str | None) -> None:
    assert metadata.absolute(address, base) == joined


@pytest.mark.parametrize("image", [None, 3, [], {}, {"url": 3}, [[]]])
def test_an_image_without_an_address_is_none(image: object) -> None:
    assert read(linked({"@type": "Article", "image": image})).image is None
