"""What stands around a block: neighbours, enclosing boxes, boxes of the same shape, the page.

A label is a property of the box, not of the paragraph. The second stage of the model sees, for every block, the first
stage's opinion of the blocks around it, summed over ranges: a container's blocks are one range of the page's blocks,
so that every sum is a difference of two prefix sums.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.labels import LABELS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LEVELS: Final = 5
"""Enclosing boxes looked at: from the smallest that holds more than the block's own, each holding more than the last."""

_NEIGHBOURS: Final = (-3, -2, -1, 1, 2, 3)
_SHAPE_STEPS: Final = 4

_BOX: Final = (*(f"mean_{label}" for label in LABELS), "any_appeal", "any_advert", "blocks", "chars", "link_density", "share", "place", "text_share")
COLUMNS: Final = (
    *(f"own_{label}" for label in LABELS),
    *(f"at{step:+d}_{label}" for step in _NEIGHBOURS for label in LABELS),
    *(f"at{step:+d}_{what}" for step in (-1, 1) for what in ("chars", "link_density", "heading")),
    *(f"box{level}_{name}" for level in range(1, LEVELS + 1) for name in _BOX),
    *(f"shape_{label}" for label in LABELS), "shape_blocks", "shape_text_share",
    *(f"page_{label}" for label in LABELS), "page_blocks", "page_chars", "page_link_density",
)  # fmt: skip


@dataclass(slots=True)
class Surroundings:
    """Where the n blocks stand: ranges of their enclosing boxes, and groups of the same shape.

    `starts` and `ends` are (LEVELS, n); `shapes` numbers each block's shape, 0 … k-1.
    """

    starts: Ints
    ends: Ints
    shapes: Ints
    chars: Floats
    linked: Floats
    headings: Floats


def surroundings(page: Page) -> Surroundings:
    """Return where the blocks of a page stand."""
    blocks, parents, tags, attrs = page.blocks, page.parents, page.tags, page.attrs
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
    shapes: dict[tuple[object, ...], int] = {}
    numbers = np.empty(count, dtype=np.int64)
    for at, block in enumerate(blocks):
        element = block.element
        key: list[object] = []
        for _ in range(_SHAPE_STEPS):
            key.append(tags[element])
            key.append(attrs[element].get("class"))
            element = parents[element]
            if element < 0:
                break
        numbers[at] = shapes.setdefault(tuple(key), len(shapes))
    return Surroundings(
        starts,
        ends,
        numbers,
        np.array([len(block.text) for block in blocks], dtype=np.float32),
        np.array([block.link_chars for block in blocks], dtype=np.float32),
        np.array([tags[block.element] in {"h1", "h2", "h3", "h4"} for block in blocks], dtype=np.float32),
    )


def context(around: Surroundings, scores: Floats) -> Floats:
    """Return (n, len(COLUMNS)): what the scores (n, 4; probabilities) say of each block's surroundings."""
    count = len(scores)
    logs = np.log(np.clip(scores, 1e-4, 1.0))
    parts: list[Floats] = [logs]
    padded = np.zeros((count + 6, 4), dtype=np.float32)
    padded[3:-3] = scores
    parts.extend(padded[3 + step : 3 + step + count] for step in _NEIGHBOURS)
    lengths = np.log1p(around.chars)
    density = around.linked / np.maximum(around.chars, 1.0)
    basics = np.zeros((count + 2, 3), dtype=np.float32)
    basics[1:-1] = np.stack((lengths, density, around.headings), axis=1)
    parts.extend((basics[:-2], basics[2:]))
    # Prefix sums: four probabilities, two log complements, characters, linked characters.
    sums = np.zeros((count + 1, 8), dtype=np.float64)
    np.cumsum(
        np.column_stack((scores, np.log(np.maximum(1.0 - scores[:, 1:3], 1e-4)), around.chars, around.linked)),
        axis=0,
        out=sums[1:],
    )
    at = np.arange(count)
    for level in range(LEVELS):
        start, end = around.starts[level], around.ends[level]
        blocks = (end - start).astype(np.float64)
        total = sums[end] - sums[start]
        inside = np.empty((count, len(_BOX)), dtype=np.float32)
        inside[:, :4] = total[:, :4] / blocks[:, None]
        inside[:, 4:6] = 1.0 - np.exp(total[:, 4:6])
        inside[:, 6] = np.log1p(blocks)
        inside[:, 7] = np.log1p(total[:, 6])
        inside[:, 8] = total[:, 7] / np.maximum(total[:, 6], 1.0)
        inside[:, 9] = blocks / count
        inside[:, 10] = (at - start) / blocks
        inside[:, 11] = around.chars / np.maximum(total[:, 6], 1.0)
        parts.append(inside)
    alike = np.bincount(around.shapes).astype(np.float64)
    shape = np.empty((count, 6), dtype=np.float32)
    for label in range(4):
        shape[:, label] = (np.bincount(around.shapes, scores[:, label]) / alike)[around.shapes]
    shape[:, 4] = np.log1p(alike)[around.shapes]
    mean_chars = np.bincount(around.shapes, around.chars) / alike
    shape[:, 5] = np.log1p(mean_chars)[around.shapes]
    parts.append(shape)
    page = np.empty((count, 7), dtype=np.float32)
    whole = sums[-1]
    page[:, :4] = whole[:4] / max(count, 1)
    page[:, 4] = np.log1p(count)
    page[:, 5] = np.log1p(whole[6])
    page[:, 6] = whole[7] / max(whole[6], 1.0)
    parts.append(page)
    return np.hstack(parts)
