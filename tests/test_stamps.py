import pytest

from app import blocks, dom, stamps
from app.errors import DuplicateStamp


def taken(html: str, attribute: str = "data-n") -> tuple[blocks.Page, dict[int, str]]:
    page = blocks.split(dom.parse(html))
    return page, stamps.take(page, attribute, html)


def test_a_stamp_is_the_attributes_value_unless_empty() -> None:
    page, found = taken("<div data-n=a><p data-n=b>x<p data-n>y<p data-n=''>z</div>")
    assert {page.tags[element]: value for element, value in found.items()} == {"div": "a", "p": "b"}


@pytest.mark.parametrize(
    "html",
    [
        "<p data-n=1>a<p data-n=1>b",
        "<p data-n=1>a<div DATA-N='1'>b</div>",
        '<b data-n="1">a</b><b data-n="1">b</b>',
        "<b data-n=1>a</b><i data-n=1>b</i>",
        "<b data-n=1 class=x>a</b><b data-n=1>b</b>",
    ],
)
def test_elements_that_share_a_stamp_are_refused(html: str) -> None:
    with pytest.raises(DuplicateStamp) as caught:
        taken(html)
    assert caught.value.count == 1
    assert "1 of the elements' ids is" in str(caught.value)


def test_shared_stamps_are_counted_and_not_quoted() -> None:
    with pytest.raises(DuplicateStamp) as caught:
        taken("<p data-n=me>a<p data-n=me>b<p data-n=me>c<p data-n=you>d<p data-n=you>e<p data-n=us>f")
    assert caught.value.count == 2
    assert "2 of the elements' ids are" in str(caught.value)
    assert "me" not in str(caught.value).split()


@pytest.mark.parametrize(
    "html",
    ["<a data-n=1>a<div>b<a data-n=2>c</a></div></a>", "<p data-n=3><b data-n=1>a<div data-n=2>b</div></b></p>"],
)
def test_copies_that_the_parser_made_keep_no_stamp_and_are_no_mistake(html: str) -> None:
    page, found = taken(html)
    assert sum(page.tags[element] in {"a", "b"} for element in range(len(page.tags))) > html.count("<a") + html.count(
        "<b"
    )
    assert "1" not in found.values()
    assert "2" in found.values()


def test_a_stamp_has_no_say_in_the_labels() -> None:
    page, _ = taken("<p class=x data-n=donate-box data-m=1>a<p>b")
    assert page.attrs[2:] == [{"class": "x", "data-m": "1"}, {}]


def test_an_attribute_of_the_pages_own_stays_on_the_page() -> None:
    page, found = taken("<p id=x>a", "id")
    assert page.attrs[2] == {"id": "x"}
    assert found == {2: "x"}
