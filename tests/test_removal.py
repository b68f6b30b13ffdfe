from app import blocks, dom
from app.bounds import Bounds
from app.extents import Extents
from app.places import Places
from app.removal import Backdrop, Fixes, Hideable, Removal, ScrollLock, removal

HTML = (
    "<body class=modal-open style='overflow:hidden'><p>story</p><div><p>plea</p><p>more</p></div>"
    "<i class=modal-backdrop></i>"
)
BODY = "html > body:nth-child(2)"


def test_elements_are_named_by_selector_and_stamp() -> None:
    page = blocks.split(dom.parse(HTML))
    stamps = {1: "b", page.tags.index("div"): "d", page.tags.index("i"): "i"}
    assert removal(page, Extents(page), [0, 1, 1], {}, Places(page, stamps), Bounds()) == Removal(
        {"appeal": [Hideable(f"{BODY} > div:nth-child(2)", "d", [1, 2])], "advert": [], "navigation": []},
        Fixes([ScrollLock(BODY, "b", ["modal-open"], ["overflow"])], [Backdrop(f"{BODY} > i:nth-child(3)", "i")]),
    )


def test_of_a_fragment_only_what_stands_in_it_is_named() -> None:
    page = blocks.split(dom.parse(HTML.partition("<i")[0]))
    root = page.tags.index("div")
    found = removal(page, Extents(page), [0, 1, 1], {}, Places(page, root=root), Bounds())
    assert found.hide["appeal"] == [Hideable(":scope", None, [1, 2])]
    assert found.fixes.scroll_lock == []
