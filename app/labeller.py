"""label(html) = decide(model(features(blocks(parse(html)))))."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom, features, fragments, hints, metadata, overrides, rules, scan, stamps, unscripted
from app.blocks import Page
from app.bounds import Bounds
from app.decision import held, strictly
from app.errors import PageTooComplex
from app.extents import Extents
from app.features import Features
from app.labels import CLASSES, LABELS, SPANS
from app.metadata import Metadata
from app.model import PAGE, TEXT, Floats, Head, Model, Opinion
from app.overrides import Report
from app.places import Places
from app.removal import Removal, removal
from app.selectors import Selectors
from app.wishes import Override, Thresholds, Wishes


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds per stage."""

    parse: float
    features: float
    predict: float

    def seconds(self) -> dict[str, float]:
        """Return the stages' times in seconds, by name, as logs and metrics take them."""
        return {each.name: getattr(self, each.name) / 1000 for each in fields(self)}


@dataclass  # not frozen, no slots: a page has hundreds, which are made five and written as JSON four times as fast
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

    `tree` and `page` are None for text without structure, `opinion` where there is no block. `positions` are the CSS
    positions that the caller has told of elements; `declared` is what the page's markup says of it.
    """

    tree: LexborHTMLParser | None = None
    page: Page | None = None
    opinion: Opinion | None = None
    positions: Mapping[int, str] = field(default_factory=dict)
    declared: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Result:
    """The labelled blocks of a page, in document order."""

    language: str | None
    blocks: list[LabelledBlock]
    counts: dict[str, int]
    warnings: list[str]
    timings: Timings
    source: Source = field(default=Source(), compare=False)
    removal: Removal = field(default_factory=Removal)
    overrides: list[Report] = field(default_factory=list)


_NO_WISHES: Final = Wishes()


class Labeller:
    """Labels pages with a model, within bounds. Holds no state between pages; may be called from any thread."""

    def __init__(self, model: Model, bounds: Bounds = Bounds()) -> None:  # noqa: B008 (frozen)
        self.model = model
        self.bounds = bounds

    def label_html(
        self, html: str | bytes, *, id_attribute: str | None = None, url: str | None = None, wishes: Wishes = _NO_WISHES
    ) -> Result:
        """Label a page's blocks; bytes are in UTF-8.

        `id_attribute` names an attribute (lower case) whose value an element's `id` is to be; `url` is the page's
        address where the caller knows it: it tells inner links from outer ones. Of a fragment, the selectors start at
        its one element. Raises PageTooComplex, DuplicateStamp and NotOneElement.
        """
        start = time.perf_counter()
        source, root = html, 0
        if wishes.fragment is not None:
            source, root = fragments.document(dom.text(html), wishes.fragment)
        data = dom.encode(source)
        scan.check(data, self.bounds)
        tree = dom.parse(data)
        parsed = time.perf_counter()
        page = blocks.split(tree, self.bounds, url)
        if root:
            fragments.check(page, root)
        elif id_attribute is None:  # whoever stamps elements looks at a page whose scripts have run
            tree, page = unscripted.instead(data, tree, page, self.bounds, url)
        # Now, not when it is asked for: the walk has just brought the tree into the processor's caches.
        declared = metadata.read(tree, url)
        matched = overrides.find(wishes.overrides, Selectors(page, root)) if wishes.overrides else []
        places = Places(page, stamps.take(page, id_attribute, dom.text(html)) if id_attribute else {}, root)
        positions = hints.take(page)
        lines = bare_lines(page)
        head = self.model.heads[TEXT if lines else PAGE]
        seen = None
        if lines:
            seen = features.text_features([page.blocks[at].text for at in lines], self.model.vocabulary)
        elif page.blocks:
            seen = features.page_features(page, self.model.vocabulary, declared)
        described = time.perf_counter()
        opinion = _opinion(head, seen, None if lines else page, positions, wishes.thresholds) if seen else None
        if opinion is not None and lines:
            opinion = _spread(opinion, lines, len(page.blocks))
        given, reports = overrides.apply(wishes.overrides, matched, extents := Extents(page))
        if opinion is not None and given:
            opinion = replace(opinion, chosen=overrides.chosen(opinion.chosen, given))
        labelled = _label(opinion, [block.text for block in page.blocks], page, places, given)
        chosen = opinion.chosen.tolist() if opinion is not None else []
        removed = removal(page, extents, chosen, positions, places, self.bounds)
        times = (start, parsed, described, time.perf_counter())
        result = _result(labelled, page.head.language, times, Source(tree, page, opinion, positions, declared))
        if not page.scripting:
            result.warnings.append("read_without_scripts")
        if any(report.problem for report in reports):
            result.warnings.append("override_without_effect")
        return replace(result, removal=removed, overrides=reports)

    def label_text(self, text: str, *, wishes: Wishes = _NO_WISHES) -> Result:
        """Label text without structure: a block for each line that is not blank. Raises PageTooComplex."""
        start = time.perf_counter()
        lines = [" ".join(line.split()) for line in text.splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > self.bounds.max_blocks:
            raise PageTooComplex("max_blocks", self.bounds.max_blocks)
        parsed = time.perf_counter()
        seen = features.text_features(lines, self.model.vocabulary) if lines else None
        described = time.perf_counter()
        opinion = _opinion(self.model.heads[TEXT], seen, None, {}, wishes.thresholds) if seen else None
        labelled = _label(opinion, lines, None, None, {})
        return _result(labelled, None, (start, parsed, described, time.perf_counter()), Source(opinion=opinion))


def _opinion(
    head: Head, seen: Features, page: Page | None, positions: Mapping[int, str], thresholds: Thresholds
) -> Opinion:
    """Return what the model says, with the labels that rules about some boxes and the caller's thresholds choose."""
    opinion = head(seen, page)
    if thresholds.strict:
        opinion = replace(opinion, chosen=strictly(opinion, head.rule, seen.around))
    if page is not None:
        chosen = rules.settle(opinion.chosen, opinion.classes, page, positions, pleas := list[list[int]]())
        opinion = replace(opinion, chosen=chosen, classes=rules.of_one_kind(opinion.classes, pleas))
    return opinion if thresholds == _NO_WISHES.thresholds else replace(opinion, chosen=held(opinion, thresholds))


_BARE_DEPTH: Final = 4  # html, body, one box, the paragraph


def bare_lines(page: Page) -> list[int]:
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
    opinion: Opinion | None,
    texts: Sequence[str],
    page: Page | None,
    places: Places | None,
    given: Mapping[int, Override],
) -> list[LabelledBlock]:
    if opinion is None:
        return []
    chosen = opinion.chosen.tolist()
    scores = opinion.labels[np.arange(len(chosen)), opinion.chosen].tolist()
    kinds = likeliest_kinds(opinion.classes, opinion.chosen).tolist()
    said = [
        (
            index,
            LABELS[label],
            (given[index].kind if index in given else None) or CLASSES[likeliest][1],
            round(score, 4),
        )
        for index, (label, score, likeliest) in enumerate(zip(chosen, scores, kinds, strict=True))
    ]
    if page is None or places is None:
        return [
            LabelledBlock(*each, None, None, None, None, text, False) for each, text in zip(said, texts, strict=True)
        ]
    root, selector, stamp, tags, hidden = places.root, places.selector, places.stamp, page.tags, page.hidden
    result = []
    for each, block, text in zip(said, page.blocks, texts, strict=True):
        element = max(block.element, root)  # a fragment of inline content stands in no block of its own
        where = selector(element), block.part, stamp(element), tags[element]
        result.append(LabelledBlock(*each, *where, text, hidden[element]))
    return result


def likeliest_kinds(classes: Floats, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each block's likeliest class among those of its label; `classes` is (n, 10)."""
    likeliest = np.stack([start + classes[:, start:end].argmax(axis=1) for start, end in SPANS], axis=1)
    kinds: NDArray[np.int64] = likeliest[np.arange(len(likeliest)), chosen]
    return kinds


def _result(
    labelled: list[LabelledBlock], language: str | None, times: tuple[float, float, float, float], source: Source
) -> Result:
    counts = dict.fromkeys(LABELS, 0)
    for block in labelled:
        counts[block.label] += 1
    stages = [(after - before) * 1000 for before, after in pairwise(times)]
    warnings = [] if any(block.text for block in labelled) else ["no_text"]
    return Result(language, labelled, counts, warnings, Timings(*stages), source)
