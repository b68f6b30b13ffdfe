"""What an overlay leaves behind when it is removed: a page that does not scroll, and a veil over it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.blocks import Page
from app.extents import NOTHING, Extents

MAX_BACKDROPS: Final = 50  # no page needs more; bounds the answer
_MAX_VALUE: Final = 2_000  # characters of a class or style attribute that are read

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OPENED: Final = r"(?:is-)?(?:open(?:ed)?|active|visible|show(?:n|ing)?|on|lock(?:ed)?)"
_LAYER: Final = r"(?:modal|popup|pop-up|dialog|overlay|lightbox|fancybox|paywall|reveal|gate|message|consent|cmp)"
_LOCK: Final = re.compile(
    r"(?:^|[-_])(?:"
    r"(?:no|un|non)-?scroll(?:ing|able)?|scroll-?(?:lock(?:ed)?|disabled?|block(?:ed)?|off|hidden|none)"
    r"|(?:lock|disable|prevent|block|stop|hide|freeze)d?-?(?:body-?)?(?:scroll(?:ing)?|overflow)"
    r"|overflow-?(?:y-)?(?:hidden|clip)"
    rf"|{_LAYER}[-_]*(?:body|page|html)?[-_]*{_OPENED}"
    rf"|(?:has|with)-(?:open-)?{_LAYER}"
    r"|body-?(?:lock(?:ed)?|fixed|freeze|frozen)|fixed-body|is-?(?:locked|clipped|frozen)|swal2-shown"
    r")\Z"
)
"""Names of classes by which modal libraries and consent tools keep `html` or `body` from scrolling."""
_LOCK_ATTRIBUTES: Final = frozenset({"data-scroll-locked", "data-scroll-lock", "data-remove-scroll", "scroll-lock"})

_VEIL: Final = r"(?:backdrop|overlay|scrim|mask|curtain|veil)"
_SHOWN: Final = r"(?:[-_]+(?:is-)?(?:open|active|visible|shown?|fade|in|on))*"
_BACKDROP: Final = re.compile(
    rf"(?:^|[-_])(?:backdrop|(?:{_LAYER}|mfp)[-_]+(?:bg|background)"
    rf"|(?:{_LAYER}|page|screen|site|body|subscri[a-z]*|regi[a-z]*wall|cookies?|widget)[-_]+{_VEIL}){_SHOWN}\Z"
)
"""Names that say a veil over the whole page, wherever they stand."""
_MAYBE: Final = re.compile(rf"(?:^|[-_])(?:overlay|scrim|mask|curtain|veil|shade|dimmer){_SHOWN}\Z")
"""Names that pictures and cards use too: they count right below `body`, or with the caller's word on the position."""

_VEILS: Final = re.compile("back|bg|overlay|scrim|mask|curtain|veil|shade|dimmer")
"""What is in every name of either kind; hardly an element has it."""

_ZERO: Final = re.compile(r"[+-]?0*\.?0+(?:[a-z]+|%)?\Z")
_FULL: Final = re.compile(r"1[0-9][0-9](?:\.\d+)?(?:%|[sld]?v[whbi]|vmax)\Z")


@dataclass(frozen=True, slots=True)
class Lock:
    """`html` or `body` kept from scrolling: by these classes, and by these CSS properties."""

    element: int
    classes: list[str]
    styles: list[str]


@dataclass(frozen=True, slots=True)
class Fixes:
    """The locks, and the elements (numbers) that are veils over the page with nothing in them."""

    locks: list[Lock]
    backdrops: list[int]


def fixes(page: Page, extents: Extents, positions: Mapping[int, str], root: int = 1) -> Fixes:
    """Return what a removed overlay would leave behind, going by names, inline styles and the caller's hints.

    `positions` are the CSS positions that the caller has told of elements. A backdrop stands at or below element
    `root`, shows nothing of its own, is not hidden by its own markup, and is the outermost such.
    """
    locks = [] if root > 1 else [_lock(page, element, positions) for element in range(min(2, len(page.tags)))]
    backdrops = []
    inside = bytearray(len(page.tags))
    highs, parents, attrs, hidden = extents.highs, page.parents, page.attrs, page.hidden
    for element in range(root, len(inside)):
        if highs[element] != NOTHING:
            continue
        if inside[parents[element]]:
            inside[element] = 1
        elif attrs[element] and not hidden[element] and _is_backdrop(page, element, positions.get(element)):
            inside[element] = 1
            backdrops.append(element)
            if len(backdrops) == MAX_BACKDROPS:
                break
    return Fixes([lock for lock in locks if lock.classes or lock.styles], backdrops)


def _lock(page: Page, element: int, positions: Mapping[int, str]) -> Lock:
    attributes = page.attrs[element]
    classes = [name for name in _tokens(attributes.get("class")) if _LOCK.search(_kebab(name))]
    style = _declarations(attributes.get("style"))
    styles = [name for name in ("overflow", "overflow-y") if style.get(name) in {"hidden", "clip"}]
    if "fixed" in {style.get("position"), positions.get(element)}:
        styles += ["position", *(name for name in ("top", "left", "right", "width", "height") if name in style)]
    if style.get("touch-action") == "none":
        styles.append("touch-action")
    if "overflow" not in styles and not _LOCK_ATTRIBUTES.isdisjoint(attributes):
        styles.append("overflow")
    return Lock(element, classes, styles)


def _is_backdrop(page: Page, element: int, position: str | None) -> bool:
    """Whether an element that shows nothing is a veil over the page; `position` is the caller's word, before all."""
    attributes = page.attrs[element]
    style = attributes.get("style")
    if position is not None and position != "fixed":
        return False
    if style and (position or "fixed" in style.lower()):
        declared = _declarations(style)
        if (position or declared.get("position")) == "fixed" and _covers(declared):
            return True
    written, own = attributes.get("class") or "", attributes.get("id") or ""
    if not _VEILS.search(f"{written} {own}".lower()):
        return False
    names = [_kebab(name) for name in (*_tokens(written), own)]
    if any(_BACKDROP.search(name) for name in names):
        return True
    near = position == "fixed" or page.tags[page.parents[element]] == "body"
    return near and any(_MAYBE.search(name) for name in names)


def _covers(style: dict[str, str]) -> bool:
    """Whether a box with these declarations reaches from edge to edge both ways."""
    if style.get("inset") is not None and all(_ZERO.match(part) for part in style["inset"].split()):
        return True

    def spans(start: str, end: str, size: str) -> bool:
        edges = [style.get(start, ""), style.get(end, "")]
        return all(_ZERO.match(edge) for edge in edges) or _FULL.match(style.get(size, "")) is not None

    return spans("left", "right", "width") and spans("top", "bottom", "height")


def _declarations(style: str | None) -> dict[str, str]:
    """Return the declarations of a style attribute, in lower case and without their `!important`."""
    found = {}
    for declaration in (style or "")[:_MAX_VALUE].lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _tokens(value: str | None) -> list[str]:
    return (value or "")[:_MAX_VALUE].split()


def _kebab(name: str) -> str:
    return _CAMEL.sub("-", name[:100]).lower()
