"""What is laid over a page: dialogs and fixed boxes, as their markup or the caller's hint says."""

import re
from collections.abc import Mapping
from typing import Final

from app.blocks import Page

_FIXED: Final = re.compile(r"position\s*:\s*(?:fixed|sticky)", re.IGNORECASE)
_DIALOGS: Final = frozenset({"dialog", "alertdialog"})
_MOST: Final = 10


def lies_over(page: Page, element: int, positions: Mapping[int, str]) -> bool:
    """Whether an element is laid over the page: by its own markup, or by the caller's word on its position.

    That word goes before the element's own style. `html` and `body` lie over nothing: fixed, they are kept from
    scrolling.
    """
    if element <= 1:
        return False
    attributes = page.attrs[element]
    if page.tags[element] == "dialog":
        return "open" in attributes
    if (attributes.get("aria-modal") or "").lower() == "true":
        return True
    if (told := positions.get(element)) is not None:
        return told == "fixed"
    style = attributes.get("style")
    return style is not None and _FIXED.search(style[:1_000]) is not None


def overlays(page: Page, positions: Mapping[int, str], *, dialogs: bool = False) -> list[list[int]]:
    """Return the visible blocks of each box that is laid over the page, of ten at most; one within another is the same.

    With `dialogs` also of boxes that say to be one and leave it to a style sheet where they stand.
    """
    may = {*page.laid, *positions}
    if "dialog" in page.tags:
        may.update(each for each, tag in enumerate(page.tags) if tag == "dialog")
    found: list[range] = []
    for element in sorted(may):
        if (found and element in found[-1]) or page.hidden[element]:
            continue
        if not lies_over(page, element, positions) and not (dialogs and page.attrs[element].get("role") in _DIALOGS):
            continue
        end = element + 1
        while end < len(page.parents) and page.parents[end] >= element:
            end += 1
        found.append(range(element, end))
        if len(found) == _MOST:
            break
    return [
        [at for at, block in enumerate(page.blocks) if block.element in inside and not page.hidden[block.element]]
        for inside in found
    ]
