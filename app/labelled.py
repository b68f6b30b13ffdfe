"""A labelled page as verdicts read it: its visible main content, the paragraphs of that, and where they end."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.labels import CLASSES, LABELS

MAX_LINE: Final = 400  # characters; a longer block is a paragraph, not a line of a box

_CONTENT: Final = LABELS.index("content")
MAIN: Final = CLASSES.index(("content", "main"))
_COMMENT: Final = CLASSES.index(("content", "comment"))
SURELY: Final = 0.8  # a block that is so surely content is no part of a box
PARAGRAPH: Final = 80  # characters of a running text's block
_DENSE: Final = "\u2e80"  # from here on scripts have a character for a syllable or a word
_APART: Final = 7  # blocks between two runs of paragraphs
_PART: Final = 0.2  # of the text at least that a run must hold to be one
_HEAD: Final = 6
_TAIL: Final = 20  # blocks above and below a text's end that are looked at


@dataclass(frozen=True)
class Labelled:
    """A page's n blocks with their labels, as verdicts read them. `page` is None for text without structure.

    `labels` (n,) are numbers of `LABELS`, `classes` (n, 10) the probabilities of `CLASSES`; `positions` are the CSS
    positions that the caller has told of elements.
    """

    texts: list[str]
    hidden: list[bool]
    labels: NDArray[np.int64]
    classes: NDArray[np.float32]
    page: Page | None = None
    positions: Mapping[int, str] = field(default_factory=dict)

    def length(self, blocks: Iterable[int]) -> int:
        """Return how much some blocks say, in characters of an alphabet: one of Chinese or Japanese says as three."""
        lengths = self.lengths
        return sum([lengths[at] for at in blocks])

    def main(self) -> list[int]:
        """Return the visible blocks of the main content, comments left out."""
        return self._main

    def own(self) -> list[int]:
        """Return the blocks of the main content, those that are hidden too."""
        own = (self.labels == _CONTENT) & (self.classes[:, MAIN] >= self.classes[:, _COMMENT])
        found: list[int] = np.flatnonzero(own).tolist()
        return found

    @cached_property
    def _main(self) -> list[int]:
        return [at for at in self.own() if not self.hidden[at]]

    @cached_property
    def lengths(self) -> list[int]:
        """How much each block says, in characters of an alphabet."""
        return [length(text) for text in self.texts]

    @cached_property
    def paragraphs(self) -> "Paragraphs":
        """The paragraphs of the main content."""
        return Paragraphs(self)


class Paragraphs:
    """The paragraphs of the main content, what stands below them, and how many characters stand before each."""

    def __init__(self, seen: Labelled) -> None:
        self.main = seen.main()
        surely = seen.classes[:, MAIN] >= SURELY
        lengths = seen.lengths
        likely = [at for at in self.main if lengths[at] >= PARAGRAPH]
        self.paragraphs = [at for at in likely if surely[at] and not _linked(seen.page, at)]
        self.sums = list(accumulate((lengths[at] for at in self.paragraphs), initial=0))
        self.tail = sorted({at for end in self._ends() for at in self._around(seen, end)})

    def _ends(self) -> list[int]:
        """Return where the text may end: behind each run of paragraphs that is a good part of it, and the last one."""
        ends: list[int] = []
        run, before = 0, -_APART
        for number, at in enumerate([*self.paragraphs, self.paragraphs[-1] + 2 * _APART] if self.paragraphs else []):
            if at - before > _APART:
                if run >= _PART * self.sums[-1] and before >= 0:
                    ends.append(before)
                run = 0
            if number < len(self.paragraphs):
                run += self.sums[number + 1] - self.sums[number]
                before = at
        return [*ends, *self.paragraphs[-1:]]

    @staticmethod
    def _around(seen: Labelled, end: int) -> list[int]:
        """Return the short visible blocks around the end of a text."""
        found: list[int] = []
        at = max(0, end - _HEAD)
        while at < len(seen.texts) and len(found) < _TAIL and at < end + 3 * _TAIL:
            if 0 < len(seen.texts[at]) <= MAX_LINE and not seen.hidden[at]:
                found.append(at)
            at += 1
        return found

    def last(self, at: int) -> int:
        """Return the last paragraph before a block, or -1."""
        return _last(self.paragraphs, at)

    def last_main(self, at: int) -> int:
        """Return the last block of the main content before a block, or -1."""
        return _last(self.main, at)

    def between(self, first: int, last: int) -> bool:
        """Whether a paragraph stands between two blocks."""
        return bisect_left(self.paragraphs, first + 1) != bisect_left(self.paragraphs, last)

    def before(self, at: int) -> int:
        """Return how many characters of paragraphs stand before a block."""
        return self.sums[bisect_left(self.paragraphs, at)]


def length(text: str) -> int:
    """Return how much a text says, in characters of an alphabet."""
    return len(text) * (3 if dense(text) else 1)


def dense(text: str) -> bool:
    """Whether a text is in a script that has a character for a syllable or a word, and no spaces between words."""
    return bool(text) and text[len(text) // 2] >= _DENSE


def _linked(page: Page | None, at: int) -> bool:
    """Whether a block is a link for the greater part, as a teaser's text is."""
    return page is not None and 2 * page.blocks[at].link_chars > len(page.blocks[at].text)


def _last(blocks: Sequence[int], at: int) -> int:
    """Return the last of the blocks before one, or -1."""
    place = bisect_left(blocks, at)
    return blocks[place - 1] if place else -1
