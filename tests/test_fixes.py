import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import blocks, dom, hints
from app.extents import Extents
from app.fixes import MAX_BACKDROPS, Fixes, Lock, fixes
from tests import strategies


def found(html: str) -> tuple[blocks.Page, Fixes]:
    page = blocks.split(dom.parse(html))
    return page, fixes(page, Extents(page), hints.take(page))


def locks(html: str) -> list[Lock]:
    return found(html)[1].locks


def backdrops(html: str) -> list[str | None]:
    page, fixed = found(html)
    return [page.attrs[element].get("id") for element in fixed.backdrops]


@pytest.mark.parametrize(
    "name",
    "modal-open no-scroll noscroll scroll-lock scrollLocked overflow-hidden overflow-y-hidden is-clipped has-overlay"
    " sp-message-open didomi-popup-open tp-modal-open ReactModal__Body--open swal2-shown body-fixed u-noScroll"
    " v-overlay-scroll-blocked remodal-is-locked prevent-scroll disable-scrolling paywall-active".split(),
)
def test_classes_that_keep_a_page_from_scrolling_are_told(name: str) -> None:
    assert locks(f"<body class='page {name} story'><p>a") == [Lock(1, [name], [])]
    assert locks(f"<html class='{name}'><p>a") == [Lock(0, [name], [])]


@pytest.mark.parametrize(
    "name",
    "scroll home single-post overflow-x-hidden menu-opener modal-free openness infinite-scroll smooth-scroll"
    " has-sidebar fixed-header locked-in no-js paywall donation-open-letter message clipped".split(),
)
def test_other_classes_are_left_alone(name: str) -> None:
    assert locks(f"<body class='{name}'><p>a") == []


@pytest.mark.parametrize(
    ("style", "styles"),
    [
        ("overflow: hidden", ["overflow"]),
        ("OVERFLOW:HIDDEN !important", ["overflow"]),
        ("overflow-y:clip;color:red", ["overflow-y"]),
        ("position:fixed; top:-300px; width:100%", ["position", "top", "width"]),
        ("touch-action:none", ["touch-action"]),
        ("overflow-x:hidden", []),
        ("overflow:auto;position:relative;top:0", []),
        ("overflow;:;", []),
    ],
)
def test_styles_that_keep_a_page_from_scrolling_are_told(style: str, styles: list[str]) -> None:
    assert [lock.styles for lock in locks(f"<body style='{style}'><p>a")] == ([styles] if styles else [])


def test_an_attribute_of_a_scroll_lock_stands_for_its_style() -> None:
    assert locks("<body data-scroll-locked=1><p>a") == [Lock(1, [], ["overflow"])]
    assert locks("<body data-scroll-locked style=overflow:hidden><p>a") == [Lock(1, [], ["overflow"])]


def test_the_callers_word_on_the_position_of_the_body_counts() -> None:
    assert locks("<body data-bl-pos=fixed><p>a") == [Lock(1, [], ["position"])]
    assert locks("<body data-bl-pos=static><p>a") == []


def test_only_the_page_itself_is_unlocked() -> None:
    assert locks("<div class=modal-open style=overflow:hidden>a</div>") == []


@pytest.mark.parametrize(
    "attributes",
    [
        "class=modal-backdrop",
        "class='fade modal-overlay--active'",
        "class=consentOverlay",
        "class='x backdrop'",
        "class=overlay",
        "class='mask is-visible'",
        "id=y class=mfp-bg",
        "style='position:fixed;inset:0'",
        "style='position:fixed;top:0;left:0;right:0;bottom:0;background:#000'",
        "style='position: fixed; top: 0; left: 0; width: 100%; height: 100vh'",
        "class=css-1x2 data-bl-pos=fixed style='inset:0px 0px'",
        "class='card-scrim' data-bl-pos=fixed",
    ],
)
def test_an_empty_veil_over_the_page_is_told(attributes: str) -> None:
    assert backdrops(f"<p>a</p><div {attributes} title=x> <svg><path></path></svg></div>") != []


@pytest.mark.parametrize(
    "html",
    [
        "<div id=x class=modal-backdrop>text</div>",
        "<div id=x class=modal-backdrop><img></div>",
        "<div id=x class=modal-backdrop hidden></div>",
        "<div id=x class=modal-backdrop style=display:none></div>",
        "<div id=x class=modal-backdrop data-bl-vis=0></div>",
        "<div id=x class=modal-backdrop data-bl-pos=static></div>",
        "<div id=x style='position:fixed;inset:0' data-bl-pos=static></div>",
        "<figure><div id=x class=image-overlay></div><img></figure>",
        "<figure><div id=x class=overlay></div><img></figure>",
        "<div id=x class=overlayed></div>",
        "<div id=x class=paywall-overlay></div>",  # a slot: a block with a label of its own, which `hide` knows
        "<div id=x style='position:fixed;bottom:0;left:0;width:100%;height:60px'></div>",
        "<div id=x style='position:fixed;top:0;left:0;width:0;height:0'></div>",
        "<div id=x style='position:fixed;inset:auto 0 0'></div>",
        "<div id=x style='position:absolute;inset:0'></div>",
        "<div id=x></div>",
    ],
)
def test_what_shows_something_or_covers_nothing_is_no_veil(html: str) -> None:
    assert backdrops(f"<p>a</p>{html}") == []


def test_of_veils_in_each_other_the_outermost_is_told() -> None:
    html = "<p>a</p><div id=x class=modal-backdrop><div id=y class=modal-backdrop></div></div><i id=z class=backdrop>"
    assert backdrops(html) == ["x", "z"]


def test_backdrops_are_bounded() -> None:
    assert len(found("<p>a</p>" + "<div class=backdrop></div>" * 200)[1].backdrops) == MAX_BACKDROPS


def test_below_another_root_no_page_is_unlocked() -> None:
    page = blocks.split(dom.parse("<body class=no-scroll><i class=backdrop></i><div><i class=backdrop></i>a</div>"))
    assert fixes(page, Extents(page), {}, root=3) == Fixes([], [4])


@settings(max_examples=150, deadline=None)
@given(html=strategies.PAGES, style=st.text("inset:0;posiotfxdwhg1%v !/*\"'", max_size=60), name=strategies.WORDS)
def test_no_page_is_too_odd(html: str, style: str, name: str) -> None:
    page = blocks.split(dom.parse(html))
    for attributes in page.attrs:
        attributes["style"] = style
        attributes["class"] = name
    seen = Extents(page)
    fixed = fixes(page, seen, dict.fromkeys(range(len(page.tags)), "fixed"))
    assert all(seen.highs[element] < 0 for element in fixed.backdrops)
