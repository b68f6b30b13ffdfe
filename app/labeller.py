"""label(html) = decide(model(features(blocks(parse(html)))))."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom, features, fixes, hide, hints, stamps
from app.blocks import Page
from app.elements import Bounds
from app.errors import PageTooComplex
from app.extents import Extents
from app.labels import CLASSES, LABELS, SPANS
from app.model import PAGE, TEXT, Model, Opinion
from app.places import Places


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
    source: Source = field(default=Source(), compare=False)
    hide: dict[str, list[Hideable]] = field(default_factory=lambda: {label: [] for label in hide.UNWANTED})
    fixes: Fixes = field(default_factory=Fixes)


class Labeller:
    """Labels pages with a model, within bounds. Holds no state between pages; may be called from any thread."""

    def __init__(self, model: Model, bounds: Bounds = Bounds()) -> None:  # noqa: B008 (frozen)
        self.model = model
        self.bounds = bounds

    def label_html(self, html: str, *, id_attribute: str | None = None, url: str | None = None) -> Result:
        """Label a page's blocks.

        `id_attribute` names an attribute (lower case) whose value an element's `id` is to be; `url` is the page's
        address where the caller knows it: it tells inner links from outer ones. Raises PageTooComplex, DuplicateStamp.
        """
        start = time.perf_counter()
        tree = dom.parse(html)
        parsed = time.perf_counter()
        page = blocks.split(tree, self.bounds, url)
        places = Places(page, stamps.take(page, id_attribute, html) if id_attribute else {})
        positions = hints.take(page)
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
        labelled = _label(opinion, [block.text for block in page.blocks], page, places)
        extents = Extents(page)
        chosen = opinion.chosen.tolist() if opinion is not None else []
        hideable = _hideable(hide.hide(page, extents, chosen, self.bounds), places)
        mending = _fixes(fixes.fixes(page, extents, positions), places)
        times = (start, parsed, described, time.perf_counter())
        result = _result(labelled, page.head.language, times, Source(tree, page, opinion))
        return replace(result, hide=hideable, fixes=mending)

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
    opinion: Opinion | None, texts: Sequence[str], page: Page | None, places: Places | None
) -> list[LabelledBlock]:
    if opinion is None:
        return []
    chosen = opinion.chosen.tolist()
    scores = opinion.labels.tolist()
    classes = opinion.classes
    result = []
    for index, text in enumerate(texts):
        label = chosen[index]
        start, end = SPANS[label]
        kind = CLASSES[start + int(classes[index, start:end].argmax())][1]
        score = round(scores[index][label], 4)
        name = LABELS[label]
        if page is None or places is None:
            result.append(LabelledBlock(index, name, kind, score, None, None, None, None, text, False))
            continue
        block = page.blocks[index]
        element = block.element
        result.append(
            LabelledBlock(
                index,
                name,
                kind,
                score,
                places.selector(element),
                block.part,
                places.stamp(element),
                page.tags[element],
                text,
                page.hidden[element],
            )
        )
    return result


def _hideable(subtrees: Sequence[hide.Subtree], places: Places) -> dict[str, list[Hideable]]:
    found: dict[str, list[Hideable]] = {label: [] for label in hide.UNWANTED}
    for subtree in subtrees:
        element = subtree.element
        found[subtree.label].append(Hideable(places.selector(element), places.stamp(element), list(subtree.blocks)))
    return found


def _fixes(seen: fixes.Fixes, places: Places) -> Fixes:
    locks = [
        ScrollLock(places.selector(lock.element), places.stamp(lock.element), lock.classes, lock.styles)
        for lock in seen.locks
    ]
    return Fixes(locks, [Backdrop(places.selector(each), places.stamp(each)) for each in seen.backdrops])


def _result(
    labelled: list[LabelledBlock], language: str | None, times: tuple[float, float, float, float], source: Source
) -> Result:
    counts = dict.fromkeys(LABELS, 0)
    for block in labelled:
        counts[block.label] += 1
    stages = [(after - before) * 1000 for before, after in pairwise(times)]
    warnings = [] if any(block.text for block in labelled) else ["no_text"]
    return Result(language, labelled, counts, warnings, Timings(*stages), source)
