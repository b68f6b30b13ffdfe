"""label(html) = decide(model(features(blocks(parse(html)))))."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom, features
from app.blocks import Page
from app.elements import Bounds
from app.errors import PageTooComplex
from app.labels import CLASSES, LABELS, SPANS
from app.model import PAGE, TEXT, Model, Opinion


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds per stage."""

    parse: float
    features: float
    predict: float


@dataclass(frozen=True, slots=True)
class LabelledBlock:
    """A block and its label; `selector`, `part`, `id` and `tag` are None for text without structure."""

    index: int
    label: str
    kind: str | None
    score: float
    selector: str | None
    part: int | None
    id: str | None
    tag: str | None
    text: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What a result was read from, for those who say more of the page: its tree, its elements, the model's opinion.

    `tree` and `page` are None for text without structure, `opinion` where there is no block.
    """

    tree: LexborHTMLParser | None = None
    page: Page | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The labelled blocks of a page, in document order."""

    language: str | None
    blocks: list[LabelledBlock]
    counts: dict[str, int]
    warnings: list[str]
    timings: Timings
    source: Source = Source()


class Labeller:
    """Labels pages with a model, within bounds. Holds no state between pages; may be called from any thread."""

    def __init__(self, model: Model, bounds: Bounds = Bounds()) -> None:  # noqa: B008 (frozen)
        self.model = model
        self.bounds = bounds

    def label_html(self, html: str, *, id_attribute: str | None = None, url: str | None = None) -> Result:
        """Label a page's blocks.

        `id_attribute` names an attribute (lower case) whose value a block's `id` is to be; `url` is the page's
        address where the caller knows it: it tells inner links from outer ones. Raises PageTooComplex.
        """
        start = time.perf_counter()
        tree = dom.parse(html)
        parsed = time.perf_counter()
        page = blocks.split(tree, self.bounds, url)
        lines = _bare_lines(page)
        seen = None
        if lines:
            seen = features.text_features([page.blocks[at].text for at in lines], self.model.vocabulary)
        elif page.blocks:
            seen = features.page_features(page, self.model.vocabulary)
        described = time.perf_counter()
        opinion = None
        if seen is not None and lines:
            opinion = _spread(self.model.heads[TEXT](seen, None), lines, len(page.blocks))
        elif seen is not None:
            opinion = self.model.heads[PAGE](seen, page)
        labelled = _label(opinion, [block.text for block in page.blocks], page, id_attribute)
        times = (start, parsed, described, time.perf_counter())
        return _result(labelled, page.head.language, times, Source(tree, page, opinion))

    def label_text(self, text: str) -> Result:
        """Label text without structure: a block for each line that is not blank. Raises PageTooComplex."""
        start = time.perf_counter()
        lines = [" ".join(line.split()) for line in text.splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > self.bounds.max_blocks:
            raise PageTooComplex("max_blocks", self.bounds.max_blocks)
        parsed = time.perf_counter()
        seen = features.text_features(lines, self.model.vocabulary) if lines else None
        described = time.perf_counter()
        opinion = self.model.heads[TEXT](seen, None) if seen else None
        labelled = _label(opinion, lines, None, None)
        return _result(labelled, None, (start, parsed, described, time.perf_counter()), Source(opinion=opinion))


_BARE_DEPTH: Final = 4  # html, body, one box, the paragraph


def _bare_lines(page: Page) -> list[int]:
    """Return the blocks with text if the page is bare, as an extractor leaves it: no names, no boxes; else none.

    Such a page has no structure to see; what it says is read as text, and gets the labels that its text would get.
    """
    named = any("class" in page.attrs[block.element] or "id" in page.attrs[block.element] for block in page.blocks)
    if named or any(page.depths[block.element] > _BARE_DEPTH for block in page.blocks):
        return []
    boxes = {page.parents[block.element] for block in page.blocks}
    if any("class" in page.attrs[box] or "id" in page.attrs[box] for box in boxes):
        return []
    return [at for at, block in enumerate(page.blocks) if block.text]


def _spread(opinion: Opinion, lines: list[int], count: int) -> Opinion:
    """Return the lines' opinion for all blocks: one without text is taken for what the text before it is."""
    at = np.maximum(np.searchsorted(lines, np.arange(count), side="right") - 1, 0)
    return Opinion(opinion.labels[at], opinion.classes[at], opinion.chosen[at])


def _label(
    opinion: Opinion | None, texts: Sequence[str], page: Page | None, id_attribute: str | None
) -> list[LabelledBlock]:
    if opinion is None:
        return []
    chosen = opinion.chosen.tolist()
    scores = opinion.labels.tolist()
    kinds = _kinds(opinion)
    selectors = _selectors(page) if page is not None else []
    result = []
    for index, text in enumerate(texts):
        label = chosen[index]
        kind = CLASSES[kinds[index]][1]
        score = round(scores[index][label], 4)
        name = LABELS[label]
        if page is None:
            result.append(LabelledBlock(index, name, kind, score, None, None, None, None, text, False))
            continue
        block = page.blocks[index]
        element = block.element
        stamp = page.attrs[element].get(id_attribute) if id_attribute else None
        result.append(
            LabelledBlock(
                index,
                name,
                kind,
                score,
                selectors[index],
                block.part,
                stamp,
                page.tags[element],
                text,
                page.hidden[element],
            )
        )
    return result


def _kinds(opinion: Opinion) -> list[int]:
    """Return the number of each block's likeliest class among those of its label."""
    likeliest = np.stack([start + opinion.classes[:, start:end].argmax(axis=1) for start, end in SPANS], axis=1)
    kinds: list[int] = likeliest[np.arange(len(likeliest)), opinion.chosen].tolist()
    return kinds


def _selectors(page: Page) -> list[str]:
    """Return the blocks' selectors, every element's step written once."""
    paths: dict[int, str] = {0: "html"}
    result = []
    for block in page.blocks:
        element = block.element
        missing = []
        while element not in paths:
            missing.append(element)
            element = page.parents[element]
        path = paths[element]
        for below in reversed(missing):
            path = paths[below] = f"{path} > {page.step(below)}"
        result.append(path)
    return result


def _result(
    labelled: list[LabelledBlock], language: str | None, times: tuple[float, float, float, float], source: Source
) -> Result:
    counts = dict.fromkeys(LABELS, 0)
    for block in labelled:
        counts[block.label] += 1
    stages = [(after - before) * 1000 for before, after in pairwise(times)]
    warnings = [] if any(block.text for block in labelled) else ["no_text"]
    return Result(language, labelled, counts, warnings, Timings(*stages), source)
