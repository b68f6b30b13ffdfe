"""What the content says twice: a passage that is there for wide and for narrow screens, a card in two lists.

Whoever reads wants it once. Against WCXB's reviewed texts word F1 rises from .885 to .888 on 942 pages by it, mostly on
forums (.786 to .800) and products (.635 to .644); .1 % of the words that should be there go. Blocks keep their labels.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from app.blocks import Block, Page

_SENTENCE: Final = 80  # characters of a text that is not said twice by chance
_PASSAGE: Final = 160  # characters of it and its neighbours said twice: less may be a caveat at each offer
_KEPT: Final = frozenset({"table", "pre", "blockquote", "ol", "dl"})
"""In these a text belongs where it stands: a cell to its row, a step to its number, a quotation to its reply."""
_HEADS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"})


def once(page: Page, blocks: Sequence[Block]) -> list[Block]:
    """Return a page's blocks without the passages that another element had before.

    A passage holds a text of 80 characters, with shorter texts and pictures around it that are the same there too. It
    stays where a heading of its own would be left with nothing, and in lists with numbers, tables, code and quotations.
    """
    texts = [block.text for block in blocks]
    if len(set(texts)) == len(texts):
        return list(blocks)
    says: list[Any] = [block.text or [page.attrs[each] for each in block.inner or (block.element,)] for block in blocks]
    boxes = [page.parents[block.element] if block.part is None else block.element for block in blocks]
    kept = _within(page)
    stays = [kept[block.element] for block in blocks]
    walked: set[int] = set()
    repeated: set[int] = set()
    known: dict[str, int] = {}

    def alike(earlier: int, later: int, step: int) -> Iterator[int]:
        """Yield the blocks that say the same, on from `later` by `step`, as those from `earlier` on, up to these."""
        first = later
        while 0 <= earlier < first and later < len(texts) and says[earlier] == says[later]:
            if boxes[earlier] == boxes[later] or later in walked or stays[earlier] or stays[later]:
                return
            yield later
            earlier, later = earlier + step, later + step

    for at, text in enumerate(texts):
        if len(text) < _SENTENCE or stays[at] or at in walked:
            continue
        earlier = known.setdefault(text, at)
        passage = {*alike(earlier, at, -1), *alike(earlier, at, 1)} if earlier != at else set()
        if sum(len(texts[each]) for each in passage) < _PASSAGE:
            continue
        walked |= passage
        before = min(passage) - 1
        if before in repeated or page.tags[blocks[before].element] not in _HEADS:
            repeated |= passage
    return [block for at, block in enumerate(blocks) if at not in repeated]


def _within(page: Page) -> list[bool]:
    """Return per element whether it is in one of `_KEPT`."""
    inside = [False] * len(page.tags)
    for element in range(1, len(inside)):
        inside[element] = page.tags[element] in _KEPT or inside[page.parents[element]]
    return inside
