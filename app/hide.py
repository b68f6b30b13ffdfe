"""Which elements may be hidden without hiding a word of the content: the greatest that hold one unwanted label only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.blocks import Page
from app.bounds import Bounds
from app.errors import PageTooComplex
from app.extents import NOTHING, Extents
from app.labels import LABELS

UNWANTED: Final = LABELS[1:]
_CONTENT: Final = 0
_NEVER: Final = frozenset({"html", "body", "frameset"})


@dataclass(frozen=True, slots=True)
class Subtree:
    """An element that may be hidden with all that stands in it, and the blocks that go with it."""

    element: int
    label: str
    blocks: range


def hide(page: Page, extents: Extents, labels: Sequence[int], bounds: Bounds, root: int = 1) -> list[Subtree]:
    """Return the greatest subtrees, from element `root` on, that hold whole blocks of one unwanted label and no other.

    They are disjoint and in document order. Together they hold every block of an unwanted label that some element
    holds whole and without a block of another label; what shares its element with other blocks cannot be hidden by an
    element and is left out. `html` and `body` are never among them, whatever stands in them: a page without content is
    not to be blanked.

    Linear in the page's size. Raises PageTooComplex where the paths to them would be too long to answer with.
    """
    owners, lows, highs, starts, ends = extents.owners, extents.lows, extents.highs, extents.starts, extents.ends
    same = _runs(labels)
    parents, tags, depths = page.parents, page.tags, page.depths
    covered = bytearray(len(tags))
    found = []
    steps = 0
    for element in range(root, len(tags)):
        if covered[parents[element]]:
            covered[element] = 1
            continue
        high = highs[element]
        if high == NOTHING:
            continue
        low = lows[element]
        first = owners[low]
        label = labels[first]
        if label == _CONTENT or starts[first] != low:
            continue
        last = owners[high]
        if last > same[first] or ends[last] != high or tags[element] in _NEVER:
            continue
        covered[element] = 1
        steps += depths[element]
        if steps > bounds.max_path_steps:
            raise PageTooComplex("max_path_steps", bounds.max_path_steps)
        found.append(Subtree(element, LABELS[label], range(first, last + 1)))
    return found


def _runs(labels: Sequence[int]) -> list[int]:
    """Return, for each block, the last of the blocks that follow it with its label."""
    ends = list(range(len(labels)))
    for at in range(len(labels) - 2, -1, -1):
        if labels[at] == labels[at + 1]:
            ends[at] = ends[at + 1]
    return ends
