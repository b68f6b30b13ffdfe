"""What a caller may take off a page, by selector and id: elements that hold no content, and what overlays leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app import fixes, hide
from app.blocks import Page
from app.bounds import Bounds
from app.extents import Extents
from app.places import Places


@dataclass  # as `LabelledBlock`
class Hideable:
    """An element that may be hidden without hiding content, and the blocks (their indices) that go with it."""

    selector: str
    id: str | None
    blocks: list[int]


@dataclass(frozen=True, slots=True)
class ScrollLock:
    """An element that is kept from scrolling, the classes to take off it, the CSS properties to set back."""

    selector: str
    id: str | None
    classes: list[str]
    styles: list[str]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """An empty element that veils the page."""

    selector: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Fixes:
    """What to mend once an overlay is hidden."""

    scroll_lock: list[ScrollLock] = field(default_factory=list)
    backdrop: list[Backdrop] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Removal:
    """By label, the elements that may be hidden; and the fixes."""

    hide: dict[str, list[Hideable]] = field(default_factory=lambda: {label: [] for label in hide.UNWANTED})
    fixes: Fixes = field(default_factory=Fixes)


def removal(
    page: Page,
    extents: Extents,
    labels: Sequence[int],
    positions: Mapping[int, str],
    places: Places,
    bounds: Bounds,
) -> Removal:
    """Return what may be taken off a page whose blocks have these labels. Raises PageTooComplex."""
    result = Removal()
    root = max(places.root, 1)
    for subtree in hide.hide(page, extents, labels, bounds, root):
        element = subtree.element
        hideable = Hideable(places.selector(element), places.stamp(element), list(subtree.blocks))
        result.hide[subtree.label].append(hideable)
    seen = fixes.fixes(page, extents, positions, root)
    for lock in seen.locks:
        named = places.selector(lock.element), places.stamp(lock.element)
        result.fixes.scroll_lock.append(ScrollLock(*named, lock.classes, lock.styles))
    for element in seen.backdrops:
        result.fixes.backdrop.append(Backdrop(places.selector(element), places.stamp(element)))
    return result
