"""What stands around a block: neighbours, enclosing boxes, boxes of the same shape, the page.

A label is a property of the box, not of the paragraph. The second stage of the model sees, for every block, the first
stage's opinion of the blocks around it, summed over ranges: a container's blocks are one range of the page's blocks,
so that every sum is a difference of two prefix sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.concepts import CONCEPTS
from app.labels import CLASSES, SPANS
from app.markup import COUNTS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LEVELS: Final = 5  # enclosing boxes looked at: the smallest that holds more than the block's own text, and four more
LINE_WINDOWS: Final = (1, 3, 8, 20, 60)  # to either side, that stand for boxes in text without structure

_NEIGHBOURS: Final = (-3, -2, -1, 1, 2, 3)
SHAPE_STEPS: Final = 4
_GROUPS: Final = ("main", "comment", "appeal", "advert", "navigation")
_RARE: Final = ("appeal", "advert")  # a page that surely has one is likelier to have another
_APPEALS: Final = slice(*SPANS[1])
_COUNT_LEVELS: Final = 3  # enclosing boxes whose words' meanings, fields, links and pictures are counted

OPINION_COLUMNS: Final = (
    *(f"own_{label}_{kind}" for label, kind in CLASSES),
    *(f"at{step:+d}_{group}" for step in _NEIGHBOURS for group in _GROUPS),
    *(f"box{level}_{name}" for level in range(1, LEVELS + 1) for name in (*_GROUPS, "any_appeal", "any_advert")),
    *(f"box1_{kind}" for label, kind in CLASSES if label == "appeal"),
    *(f"shape_{group}" for group in _GROUPS),
    *(f"page_{group}" for group in _GROUPS),
    *(f"page_{how}_{group}" for how in ("surest", "three_surest", "all") for group in _RARE),
)
"""What one opinion of the blocks says around each; listed once per opinion."""

PLACE_COLUMNS: Final = (
    *(f"at{step:+d}_{what}" for step in (-1, 1) for what in ("chars", "link_density", "heading")),
    *(
        f"box{level}_{name}"
        for level in range(1, LEVELS + 1)
        for name in ("blocks", "chars", "link_density", "share", "place", "text_share")
    ),
    "shape_blocks", "shape_chars", "page_blocks", "page_chars", "page_link_density",
    *(
        f"box{level}_{count}"
        for level in range(1, _COUNT_LEVELS + 1)
        for count in (*(f"means_{concept}" for concept in CONCEPTS), *(f"number_of_{name}" for name in COUNTS))
    ),
)  # fmt: skip
"""What stands around a block whatever its words are taken for; these come before the opinions' columns."""

COLUMNS: Final = (*PLACE_COLUMNS, *OPINION_COLUMNS)


@dataclass(slots=True)
class Surroundings:
    """Where the n blocks stand: ranges of their enclosing boxes, and groups of the same shape.

    `starts` and `ends` are (LEVELS, n); `shapes` numbers each block's shape, 0 … k-1; `tables` are the first block and
    the one behind the last of each table that holds no other. Where a page has no `boxes`, windows of lines stand for
    them.
    """

    starts: Ints
    ends: Ints
    shapes: Ints
    chars: Floats
    linked: Floats
    headings: Floats
    counts: Floats  # (n, len(CONCEPTS) + len(COUNTS)): how many of a block's words stand for each concept; `COUNTS`
    tables: list[tuple[int, int]]
    boxes: bool = True


def surroundings(page: Page, counts: Floats) -> Surroundings:
    """Return where the blocks of a page stand."""
    blocks, parents, tags = page.blocks, page.parents, page.tags
    count = len(blocks)
    elements = len(parents)
    first = [-1] * elements
    last = [-1] * elements
    for at, block in enumerate(blocks):
        element = block.element
        while element >= 0 and first[element] < 0:
            first[element] = at
            element = parents[element]
    for at in range(count - 1, -1, -1):
        element = blocks[at].element
        while element >= 0 and last[element] < 0:
            last[element] = at + 1
            element = parents[element]
    # The next box out that holds more blocks.
    outer = [0] * elements
    for element in range(1, elements):
        if first[element] >= 0:
            parent = parents[element]
            same = first[parent] == first[element] and last[parent] == last[element]
            outer[element] = outer[parent] if same else parent
    first_of = np.array(first)
    last_of = np.array(last)
    out = np.array(outer)
    own = np.array([block.element for block in blocks], dtype=np.int64)
    starts = np.empty((LEVELS, count), dtype=np.int64)
    ends = np.empty((LEVELS, count), dtype=np.int64)
    # A block whose own element holds several runs has that element as its first box.
    box = np.where(last_of[own] - first_of[own] > 1, own, out[own])
    for level in range(LEVELS):
        starts[level] = first_of[box]
        ends[level] = last_of[box]
        box = out[box]
    shapes: dict[tuple[str | None, ...], int] = {}
    numbers = [shapes.setdefault(page.make(block.element, SHAPE_STEPS), len(shapes)) for block in blocks]
    return Surroundings(
        starts,
        ends,
        np.array(numbers, dtype=np.int64),
        np.array([len(block.text) for block in blocks], dtype=np.float32),
        np.array([block.link_chars for block in blocks], dtype=np.float32),
        np.array([tags[block.element] in {"h1", "h2", "h3", "h4"} for block in blocks], dtype=np.float32),
        counts,
        _tables(tags, first, last) if "table" in tags else [],
    )


def _tables(tags: Sequence[str], first: Sequence[int], last: Sequence[int]) -> list[tuple[int, int]]:
    """Return the blocks of the innermost tables; `first` and `last` are per element."""
    found = [(first[at], last[at]) for at, tag in enumerate(tags) if tag == "table" and first[at] >= 0]
    following = [start for start, _ in found[1:]]
    return [each for each, start in zip_longest(found, following) if start is None or start >= each[1]]


def line_surroundings(lines: Sequence[str], counts: Floats) -> Surroundings:
    """Return where lines of text stand: windows of lines stand for boxes, equal lines have the same shape."""
    count = len(lines)
    at = np.arange(count)
    windows = np.array(LINE_WINDOWS)[:, None]
    shapes: dict[str, int] = {}
    return Surroundings(
        np.maximum(at - windows, 0),
        np.minimum(at + windows + 1, count),
        np.array([shapes.setdefault(line, len(shapes)) for line in lines], dtype=np.int64),
        np.array([len(line) for line in lines], dtype=np.float32),
        np.zeros(count, dtype=np.float32),
        np.zeros(count, dtype=np.float32),
        counts,
        [],
        boxes=False,
    )


def context(around: Surroundings, opinions: Sequence[Floats]) -> Floats:
    """Return what stands around each of n blocks, and what each opinion says of it.

    An opinion is (n, len(CLASSES)): a first stage's probabilities. The result is (n, len(PLACE_COLUMNS) +
    len(opinions) * len(OPINION_COLUMNS)).
    """
    count = len(around.chars)
    sums = _prefix_sums(np.column_stack((around.chars, around.linked, around.counts)))
    return np.hstack((*_places(around, sums, count), *(_opinions(around, opinions) if opinions else ())))


def _prefix_sums(columns: Floats) -> NDArray[np.float64]:
    """Return (…, n + 1, columns): what stands before each block, and in the end the whole; a range is a difference."""
    *rest, count, width = columns.shape
    sums = np.zeros((*rest, count + 1, width), dtype=np.float64)
    np.cumsum(columns, axis=-2, out=sums[..., 1:, :])
    return sums


def _places(around: Surroundings, sums: NDArray[np.float64], count: int) -> list[Floats]:
    basics = np.zeros((count + 2, 3), dtype=np.float32)
    basics[1:-1, 0] = np.log1p(around.chars)
    basics[1:-1, 1] = around.linked / np.maximum(around.chars, 1.0)
    basics[1:-1, 2] = around.headings
    # For all levels at once: (LEVELS, count, …).
    blocks = (around.ends - around.starts).astype(np.float64)
    total = sums[around.ends]
    total -= sums[around.starts]
    chars = np.maximum(total[..., 0], 1.0)
    boxes = np.empty((LEVELS, count, 6), dtype=np.float32)
    boxes[..., 0] = np.log1p(blocks)
    boxes[..., 1] = np.log1p(total[..., 0])
    boxes[..., 2] = total[..., 1] / chars
    boxes[..., 3] = blocks / count
    boxes[..., 4] = (np.arange(count) - around.starts) / blocks
    boxes[..., 5] = around.chars / chars
    counts = np.log1p(total[:_COUNT_LEVELS, :, 2:].astype(np.float32))
    alike = np.bincount(around.shapes).astype(np.float64)
    rest = np.empty((count, 5), dtype=np.float32)
    rest[:, 0] = np.log1p(alike)[around.shapes]
    rest[:, 1] = np.log1p(np.bincount(around.shapes, around.chars) / alike)[around.shapes]
    rest[:, 2] = np.log1p(count)
    rest[:, 3] = np.log1p(sums[-1, 0])
    rest[:, 4] = sums[-1, 1] / max(sums[-1, 0], 1.0)
    return [basics[:-2], basics[2:], *boxes, rest, *counts]


def _opinions(around: Surroundings, opinions: Sequence[Floats]) -> list[Floats]:
    """Return the parts of `OPINION_COLUMNS` for each opinion; what can be is reckoned for all at once."""
    scores = np.stack(opinions)  # (opinions, count, classes)
    many, count = scores.shape[:2]
    groups = np.empty((many, count, 5), dtype=np.float32)
    groups[..., :2] = scores[..., :2]
    groups[..., 2] = scores[..., _APPEALS].sum(axis=2)
    groups[..., 3:] = scores[..., 8:]
    logs = np.log(np.maximum(scores, 1e-4))
    padded = np.zeros((many, count + 6, 5), dtype=np.float32)
    padded[:, 3:-3] = groups
    # Five groups, the logarithms of two complements (does any block …?), six kinds of appeal.
    complements = np.log(np.maximum(1.0 - groups[..., 2:4], 1e-4))
    sums = _prefix_sums(np.concatenate((groups, complements, scores[..., _APPEALS]), axis=2))
    # For all levels too: (opinions, LEVELS, count, …).
    total = sums[:, around.ends]
    total -= sums[:, around.starts]
    boxes = np.empty((many, LEVELS, count, 7), dtype=np.float32)
    boxes[..., :5] = total[..., :5] / (around.ends - around.starts)[..., None]
    boxes[..., 5:] = 1.0 - np.exp(total[..., 5:7])
    kinds = (total[:, 0, :, 7:] / np.maximum(total[:, 0, :, 2:3], 1e-3)).astype(np.float32)
    rare = _rare(groups[..., 2:4], around.chars > 0)
    pages = np.hstack((sums[:, -1, :5] / max(count, 1), rare)).astype(np.float32)
    alike = np.bincount(around.shapes).astype(np.float64)
    parts: list[Floats] = []
    for each in range(many):
        shape = np.stack([np.bincount(around.shapes, group) / alike for group in groups[each].T], axis=1)
        parts.append(logs[each])
        parts.extend(padded[each, 3 + step : 3 + step + count] for step in _NEIGHBOURS)
        parts.extend(boxes[each])
        parts.append(kinds[each])
        parts.append(shape.astype(np.float32)[around.shapes])
        parts.append(np.broadcast_to(pages[each], (count, pages.shape[1])))
    return parts


def _rare(scores: Floats, texts: NDArray[np.bool_]) -> Floats:
    """Return (opinions, 6): what a page's texts have of each of `_RARE`, the surest, the three surest, all of them."""
    many, count, labels = scores.shape
    told = np.zeros((many, count + 3, labels), dtype=np.float32)
    told[:, :count] = scores * texts[:, None]
    surest = np.sort(told, axis=1)[:, -3:]
    return np.hstack((np.log(surest[:, -1] + 1e-3), surest.mean(axis=1), np.log1p(told.sum(axis=1))))
