"""What the content says twice: a passage that is there for wide and for narrow screens, a card in two lists.

Whoever reads wants it once. Against WCXB's reviewed texts word F1 rises from .885 to .888 on 942 pages by it, mostly on
forums (.786 to .800) and products (.635 to .645); .1 % of the words that should be there go. Blocks keep their labels.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from app.blocks import Block, Page

_SENTENCE: Final = 80  # characters of a text that is not said twice by chance
_PASSAGE: Final = (
    160  # characters of it with its neighbours that are said twice too: less may be a caveat at each offer
)
_KEPT: Final = frozenset({"table", "pre", "blockquote", "q"})
"""In these a text belongs where it stands: a cell to its row, a quotation to the reply below it."""


def once(page: Page, blocks: Sequence[Block]) -> list[Block]:
    """Return a page's blocks without the passages that were in another box before.

    A refrain in the same box stays; so does what stands in tables, code and quotations.
    """
    texts = [block.text for block in blocks]
    if len(set(texts)) == len(texts):
        return list(blocks)
    boxes = [page.parents[block.element] if block.part is None else block.element for block in blocks]
    kept = _within(page)
    repeated: set[int] = set()
    known: dict[str, int] = {}
    boxes_of: dict[str, set[int]] = {}

    def alike(earlier: int, later: int, step: int) -> Iterator[int]:
        """Yield the blocks from `later` on that say the same as those from `earlier` on, in another box."""
        last = later
        while 0 <= earlier < last and 0 <= later < len(texts):
            same = texts[earlier] == texts[later] and boxes[earlier] != boxes[later]
            if not same or later in repeated or kept[blocks[later].element]:
                return
            yield later
            earlier, later = earlier + step, later + step

    for at, text in enumerate(texts):
        if len(text) < _SENTENCE:
            continue
        earlier = known.setdefault(text, at)
        if earlier != at and boxes[at] not in boxes_of[text]:
            passage = [*alike(earlier, at, -1), *alike(earlier, at, 1)]
            if sum(len(texts[each]) for each in set(passage)) >= _PASSAGE:
                repeated.update(passage)
        boxes_of.setdefault(text, set()).add(boxes[at])
    return [block for at, block in enumerate(blocks) if at not in repeated]


def _within(page: Page) -> list[bool]:
    """Return per element whether it is in one of `_KEPT`."""
    inside = [False] * len(page.tags)
    for element in range(1, len(inside)):
        inside[element] = page.tags[element] in _KEPT or inside[page.parents[element]]
    return inside
