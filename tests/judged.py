"""Pages with labels given by hand, and estimators that are told what to say: for tests of verdicts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from app import blocks, dom, hints, metadata
from app.blocks import Page
from app.judge import KINDS, Judge
from app.labelled import Labelled
from app.labeller import LabelledBlock, Result, Source, Timings
from app.labels import CLASSES, LABELS
from app.model import Opinion
from app.walls import Box
from training.annotate import CODES

LINE = "The bell had hung in its frame for eighty years, and nobody had ever asked who paid for the rope. "
PARAGRAPH = f"<p>{3 * LINE}</p>"


def opinion(codes: str, sure: float = 0.91) -> Opinion:
    """An opinion that is so sure of the class that each code stands for."""
    classes = np.full((len(codes), len(CLASSES)), (1 - sure) / (len(CLASSES) - 1), dtype=np.float32)
    for at, code in enumerate(codes):
        classes[at, CLASSES.index(CODES[code])] = sure
    chosen = np.array([LABELS.index(CODES[code][0]) for code in codes], dtype=np.int64)
    labels = np.stack([classes[:, a:b].sum(axis=1) for a, b in ((0, 2), (2, 8), (8, 9), (9, 10))], axis=1)
    return Opinion(labels, classes, chosen)


def labelled(html: str, codes: str, sure: float = 0.91) -> Labelled:
    """A page whose blocks are what the codes say."""
    page = blocks.split(dom.parse(html))
    positions = hints.take(page)
    codes = codes.replace(" ", "")
    texts = [block.text for block in page.blocks]
    assert len(texts) == len(codes), texts
    said = opinion(codes, sure)
    return Labelled(
        texts, [page.hidden[block.element] for block in page.blocks], said.chosen, said.classes, page, positions
    )


def settled(rule: Callable[[Labelled, Page], NDArray[np.int64]], html: str, codes: str, sure: float = 0.91) -> str:
    """What a rule makes of a page whose blocks are what the codes say: C(ontent), P(lea), A(dvert) or N(avigation)."""
    seen = labelled(html, codes, sure)
    assert seen.page is not None
    before = seen.labels.copy()
    result = rule(seen, seen.page)
    assert np.array_equal(seen.labels, before), "the labels that were handed over are left as they are"
    return "".join("CPAN"[each] for each in result)


def lines(texts: Sequence[str], codes: str) -> Labelled:
    """Text without structure, whose lines are what the codes say."""
    said = opinion(codes.replace(" ", ""))
    return Labelled(list(texts), [False] * len(texts), said.chosen, said.classes)


def result(html: str, codes: str, language: str | None = None, url: str | None = None) -> Result:
    """What a labeller would answer to a page whose blocks are what the codes say."""
    tree = dom.parse(html)
    page = blocks.split(tree)
    said = opinion(codes.replace(" ", ""))
    assert len(page.blocks) == len(said.chosen), [block.text for block in page.blocks]
    made = [
        LabelledBlock(
            at, LABELS[said.chosen[at]], None, 0.9, "html", None, None, "p", block.text, page.hidden[block.element]
        )
        for at, block in enumerate(page.blocks)
    ]
    warnings = [] if any(block.text for block in page.blocks) else ["no_text"]
    source = Source(tree, page, said if made else None, declared=metadata.read(tree, url))
    return Result(language or page.head.language, made, {}, warnings, Timings(0, 0, 0), source)


class Told:
    """Says that a page is of one kind, and that the boxes that hold some text are walls."""

    def __init__(self, kind: str = "article", wall: str | None = None, sure: float = 0.8) -> None:
        self.kind = kind
        self.wall = wall
        self.sure = sure
        self.seen: tuple[list[float], set[str]] = [], set()

    def kinds(self, row: Sequence[float], words: Iterable[str]) -> NDArray[np.float32]:
        self.seen = list(row), set(words)
        rest = (1 - self.sure) / (len(KINDS) - 1)
        return np.array([self.sure if kind == self.kind else rest for kind in KINDS], dtype=np.float32)

    def walls(self, boxes: Sequence[Box]) -> NDArray[np.float32]:
        return np.array([0.75 if self.wall is not None else 0.125 for _ in boxes], dtype=np.float32)


def told(**said: Any) -> Judge:
    """A fake that passes for estimators."""
    return cast("Judge", Told(**said))
