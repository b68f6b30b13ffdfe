"""The structure that the content stands in: lists, tables, quotes, figures, code; every other box is left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.addresses import followable
from app.blocks import Block, Page

LISTS: Final = frozenset({"ul", "ol", "dl"})
ROWS: Final = frozenset({"table", "thead", "tbody", "tfoot", "tr"})
CELLS: Final = frozenset({"td", "th"})
WRAPPERS: Final = frozenset("p h1 h2 h3 h4 h5 h6".split())

_ALIKE: Final = {"menu": "ul", "dir": "ul", "tt": "code", "strike": "s"}
_SECTIONS: Final = frozenset({"thead", "tbody", "tfoot"})
_INSIDE: Final = {"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "figcaption": {"figure"}}
"""Elements that mean something only in these."""
_FREE: Final = frozenset({"ul", "ol", "dl", "blockquote", "figure", "pre", "table"})
_INLINE: Final = frozenset(
    "b strong i em code kbd samp var sub sup mark del s ins u small q cite abbr ruby rt rp".split()
)
_MAX_DEPTH: Final = 32
"""Boxes within boxes that are kept; below them only their text. Readers show no more, converters recurse."""
_MAX_CELL: Final = 1_500  # characters; a longer cell is a column of the page's layout
_MAX_RUNS: Final = 8
_MAX_SPAN: Final = 20  # columns or rows that a cell may span; a page may claim 9007199254740991 of them
_MAX_WIDTH: Final = 100
"""Columns, counted as often as rows that they span; Markdown pads every row to the widest, so a page could ask for
gigabytes with one row of thousands of cells."""

Style = tuple[tuple[str, int], ...]
"""Inline elements around a text, outermost first: each tag once, with the element for a link and -1 otherwise."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element's text goes: nearest kept box (-1 for none), its depth, the paragraph's tag, inline elements."""

    box: int = -1
    depth: int = 0
    wrapper: str = "p"
    style: Style = ()


@dataclass(slots=True)
class Skeleton:
    """The kept boxes around a page's content blocks.

    `places` are by element, `outer` and `tags` by kept box; `cells` lists the cells of each row of a kept table, in
    order; `direct` counts the runs that stand in a box itself.
    """

    page: Page
    runs: list[Block]
    places: dict[int, Place] = field(default_factory=lambda: {-1: Place()})
    outer: dict[int, int] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    cells: dict[int, list[int]] = field(default_factory=dict)
    direct: Counter[int] = field(default_factory=Counter)

    def place(self, element: int) -> Place:
        """Return where an element's text goes."""
        missing = []
        while element not in self.places:
            missing.append(element)
            element = self.page.parents[element]
        place = self.places[element]
        for below in reversed(missing):
            place = self.places[below] = self._within(below, place)
        return place

    def box(self, run: Block) -> int:
        """Return the kept box in which a run may stand: no text stands in a list or table itself."""
        box = self.place(run.element).box
        while box >= 0 and (self.tags[box] in LISTS or self.tags[box] in ROWS):
            box = self.outer[box]
        return box

    def chain(self, box: int) -> list[int]:
        """Return the kept boxes around a run, outermost first, `box` last."""
        boxes = []
        while box >= 0:
            boxes.append(box)
            box = self.outer[box]
        boxes.reverse()
        return boxes

    def table(self, box: int) -> int:
        """Return the table that a cell or caption belongs to, -1 for other boxes."""
        while box >= 0 and self.tags[box] not in CELLS and self.tags[box] != "caption":
            box = self.outer[box]
        while box >= 0 and self.tags[box] != "table":
            box = self.outer[box]
        return box

    def _within(self, element: int, above: Place) -> Place:
        tag = self.page.tags[element]
        tag = _ALIKE.get(tag, tag)
        if self._is_box(element, tag, above):
            self.outer[element] = above.box
            self.tags[element] = tag
            style = tuple(each for each in above.style if each[0] == "a") if tag == "pre" else above.style
            return Place(element, above.depth + 1, "p", style)
        if tag in WRAPPERS:
            return Place(above.box, above.depth, tag, above.style)
        if tag == "a" or tag in _INLINE:
            style = self._style(element, tag, above)
            return above if style is above.style else Place(above.box, above.depth, above.wrapper, style)
        return above

    def _is_box(self, element: int, tag: str, above: Place) -> bool:
        if above.depth >= _MAX_DEPTH:
            return False
        around = self.tags.get(above.box)
        if around in ROWS:
            parent = self.page.parents[element]
            if tag in CELLS:
                return around == "tr" and parent == above.box
            return parent == above.box and (
                (tag == "tr" and element in self.cells)
                or (around == "table" and (tag in _SECTIONS or tag == "caption"))
            )
        if tag in _INSIDE:
            return around in _INSIDE[tag]
        if tag == "table":
            return element in self.cells
        return tag in _FREE and around != "pre"

    def _style(self, element: int, tag: str, above: Place) -> Style:
        known = {name for name, _ in above.style}
        if tag != "a":
            if tag in known or self.tags.get(above.box) == "pre":
                return above.style
            return (*above.style, (tag, -1))
        if followable(self.page.attrs[element].get("href")) is None:
            return above.style
        return (("a", element), *(each for each in above.style if each[0] != "a"))


def skeleton(page: Page, runs: Sequence[Block]) -> Skeleton:
    """Return the structure around `runs`, which are blocks of the page in document order. Linear in the page's size."""
    made = Skeleton(page, list(runs))
    counts, chars = [0] * len(page.tags), [0] * len(page.tags)
    for run in runs:
        counts[run.element] += 1
        chars[run.element] += len(run.text)
    for element in range(len(counts) - 1, 0, -1):
        counts[page.parents[element]] += counts[element]
        chars[page.parents[element]] += chars[element]
    made.cells = _tables(page, counts, chars)
    for run in runs:
        made.direct[made.box(run)] += 1
    return made


def _tables(page: Page, counts: list[int], chars: list[int]) -> dict[int, list[int]]:
    """Return the cells of each row, and the rows with content of each table, where the table is one of data."""
    tags, parents = page.tags, page.parents
    rows: dict[int, list[int]] = {}
    tables: dict[int, list[int]] = {}
    for element, tag in enumerate(tags):
        if tag in CELLS and tags[row := parents[element]] == "tr":
            if row not in rows:
                above = parents[row]
                table = parents[above] if tags[above] in _SECTIONS else above
                if counts[row] and tags[table] == "table":
                    tables.setdefault(table, []).append(row)
            rows.setdefault(row, []).append(element)
    layout = set()
    for table in tables:
        element = parents[table]
        while element >= 0 and tags[element] != "table":
            element = parents[element]
        layout.add(element)
    for table, held in tables.items():
        cells = [cell for row in held for cell in rows[row]]
        wide = any(sum(counts[cell] > 0 for cell in rows[row]) > 1 for row in held)
        full = any(counts[cell] > _MAX_RUNS or chars[cell] > _MAX_CELL for cell in cells)
        vast = any(sum(_area(page, cell) for cell in rows[row]) > _MAX_WIDTH for row in held)
        plain = len(held) == 1 and not any(tags[cell] == "th" for cell in cells)
        if not wide or full or vast or plain or page.attrs[table].get("role") in {"presentation", "none"}:
            layout.add(table)
    kept: dict[int, list[int]] = {}
    for table, held in tables.items():
        if table not in layout:
            kept[table] = held
            kept.update((row, rows[row]) for row in held)
    return kept


def span(page: Page, cell: int, name: str) -> int:
    """Return how many columns (`colspan`) or rows (`rowspan`) a cell spans; 1 where the page claims too many."""
    value = page.attrs[cell].get(name) or ""
    return int(value) if value.isdecimal() and len(value) < 4 and 1 <= int(value) <= _MAX_SPAN else 1


def _area(page: Page, cell: int) -> int:
    return span(page, cell, "colspan") * span(page, cell, "rowspan")
