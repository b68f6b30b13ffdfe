import pytest

from app.overlays import lies_over, overlays
from tests.judged import labelled


@pytest.mark.parametrize(
    ("html", "over"),
    [
        ("<dialog open>x</dialog>", True),
        ("<dialog>x</dialog>", False),
        ("<div aria-modal=TRUE>x</div>", True),
        ("<div aria-modal=false>x</div>", False),
        ("<div data-bl-pos=fixed>x</div>", True),
        ("<div data-bl-pos=sticky>x</div>", False),
        ("<div data-bl-pos=static style='position:fixed'>x</div>", False),
        ("<div data-bl-pos=fixed style='position:static'>x</div>", True),
        ("<div data-bl-pos=static aria-modal=true>x</div>", True),
        ("<div style='position : fixed'>x</div>", True),
        ("<div style='color: red'>x</div>", False),
        ("<div class='modal overlay fixed'>x</div>", False),
    ],
)
def test_an_element_lies_over_the_page_where_its_markup_or_the_caller_says_so(html: str, over: bool) -> None:
    seen = labelled(html, "N")
    assert seen.page is not None
    assert lies_over(seen.page, seen.page.blocks[0].element, seen.positions) == over


@pytest.mark.parametrize("fixed", ["style='position: fixed'", "data-bl-pos=fixed"])
def test_a_body_that_cannot_be_scrolled_lies_over_nothing(fixed: str) -> None:
    seen = labelled(f"<body {fixed}><p>x</p>", "N")
    assert seen.page is not None
    assert not lies_over(seen.page, seen.page.tags.index("body"), seen.positions)


def found(html: str, codes: str, *, dialogs: bool = False) -> list[list[int]]:
    """The overlays of a page of which only the number of blocks matters."""
    seen = labelled(html, codes)
    assert seen.page is not None
    return overlays(seen.page, seen.positions, dialogs=dialogs)


def test_the_blocks_of_an_overlay_are_those_that_are_seen() -> None:
    assert found("<p>a</p><div aria-modal=true><p>b</p><p hidden>c</p></div><p>d</p>", "CNNC") == [[1]]
    assert found("<p>a</p><div hidden><div aria-modal=true><p>b</p></div></div>", "CN") == []


def test_a_dialog_whose_place_a_style_sheet_says_is_one_where_that_is_asked_for() -> None:
    html = "<p>a</p><div role=dialog><p>b</p></div><div role=alertdialog>c</div><div role=banner>d</div>"
    assert found(html, "CNNN") == []
    assert found(html, "CNNN", dialogs=True) == [[1], [2]]


def test_an_overlay_within_another_is_the_same_and_ten_are_enough() -> None:
    assert found("<div aria-modal=true><div aria-modal=true><p>a</p></div><p>b</p></div>", "NN") == [[0, 1]]
    assert len(found("<div aria-modal=true><p>x</p></div>" * 11, "N" * 11)) == 10
