"""Why a block got its label: what its probability loses when one thing that the model looks at is taken away.

Occlusion (Zeiler & Fergus, 2014), word by word, name by name, group of numbers by group: the rest of the page stays as
it is. A number that is taken away becomes the average of training. A reason's weight is the difference in log odds of
the block's label; weights of overlapping reasons do not add up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app import context, features, links, names, pagewide, rules, text, wording
from app.blocks import Block, Page
from app.concepts import CONCEPTS
from app.features import Features
from app.labeller import Result, bare_lines
from app.labels import CLASSES, LABELS
from app.model import PAGE, TEXT, Head, Model, second_input
from app.network import inner_elements, ones, scaled

Floats = NDArray[np.float32]

MOST_BLOCKS: Final = 100
MOST_REASONS: Final = 6
_LEAST: Final = 0.05  # log odds; what moves less decides nothing
_BY_RULE: Final = 20.0  # what follows from a rule has no measured weight
_MOST_ABOVE: Final = 30  # enclosing elements whose names are looked at
_MOST_WITHIN: Final = 200  # elements within the block whose names and addresses are looked at
_OWN: Final = len(CLASSES)  # the first columns of an opinion are what it says of the block itself


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for a block's label (or against it, with a negative weight)."""

    reason: str
    weight: float


def reasons(model: Model, result: Result) -> list[list[Reason] | None]:
    """Return the reasons for each block's label, weightiest first; None beyond `MOST_BLOCKS`.

    Appeals and adverts come first, then the others in document order: they are what a caller wants explained.
    """
    found: list[list[Reason] | None] = [None] * len(result.blocks)
    order = sorted(result.blocks, key=lambda block: block.label not in {"appeal", "advert"})
    page = result.source.page
    lines = bare_lines(page) if page is not None else [block.index for block in result.blocks]
    if lines:
        seen = features.text_features([result.blocks[at].text for at in lines], model.vocabulary)
        judge = _Judge(model, TEXT, seen, None)
    elif page is not None and page.blocks:
        judge = _Judge(model, PAGE, features.page_features(page, model.vocabulary, result.source.declared), page)
    else:
        return found
    labels = [block.label for block in result.blocks]
    opinion = result.source.opinion
    by_rule: dict[int, str] = {}
    if opinion is not None and page is not None and not lines:
        by_rule = rules.said(opinion.chosen, opinion.classes, page, result.source.positions)
    rows = {block: row for row, block in enumerate(lines)} if lines else None
    for block in order[:MOST_BLOCKS]:
        row = block.index if rows is None else rows.get(block.index)
        if row is None:  # a picture on a page that is read as text
            continue
        around = labels if rows is None else [labels[at] for at in lines]
        learned = judge.explain(row, LABELS.index(block.label), block.text, around)
        rule = [Reason(by_rule[block.index], _BY_RULE)] if block.index in by_rule else []
        found[block.index] = [*rule, *learned][:MOST_REASONS]
    return found


@dataclass(slots=True)
class _Change:
    """One thing taken away: what the first stages' sums lose, and the second stage's columns that become average.

    `sums` has a row for each of the first stages, in their order, as far as the thing is known to them.
    """

    said: str
    sums: Sequence[Floats] = ()
    columns: Sequence[int] = ()
    concrete: bool = False  # a word, a name or a link


class _Judge:
    """The model on one page, ready to judge variants of its blocks."""

    def __init__(self, model: Model, kind: str, seen: Features, page: Page | None) -> None:
        self.vocabulary = model.vocabulary
        self.head: Head = model.heads[kind]
        self.seen = seen
        self.page = page
        self.firsts = self.head.firsts
        words = ones(seen.words, self.head.words)
        self.sums = [first.sums(seen, words, page) for first in self.firsts]
        scores = [first.scores(each) for first, each in zip(self.firsts, self.sums, strict=True)]
        self.second = second_input(seen, scores)
        columns = features.NUMBERS if page is not None else text.COLUMNS
        self.groups = {
            said: [columns.index(name) for name in group]
            for said, group in (wording.TEXT_GROUPS | (wording.MARKUP_GROUPS if page is not None else {})).items()
        }
        self.tags, self.inside = _columns(columns, "tag_"), _columns(columns, "in_")
        self.meanings = _columns(columns, "means_")
        width = len(columns)
        around = (*context.PLACE_COLUMNS, *context.OPINION_COLUMNS * len(self.firsts))
        first = width + len(context.PLACE_COLUMNS)
        self.own = range(first, width + len(around), len(context.OPINION_COLUMNS))
        around += tuple(f"page_{name}" for name in pagewide.COLUMNS[: len(seen.page)])
        self.surroundings = {
            said: [width + at for prefix in prefixes for at in _columns(around, prefix)]
            for said, prefixes in wording.SURROUNDINGS.items()
        }

    def explain(self, row: int, label: int, said: str, labels: Sequence[str]) -> list[Reason]:
        """Return the reasons for giving `label` to a row; `labels` are those of all rows."""
        block = self.page.blocks[row] if self.page is not None else None
        changes = [*self._words(row, said), *self._numbers(row, block), *self._around(row, labels)]
        if block is not None and self.page is not None:
            changes += [*self._links(row, self.page, block), *self._names(self.page, block)]
        rows = np.repeat(self.second[row : row + 1], len(changes) + 1, axis=0)
        for number, (first, own) in enumerate(zip(self.firsts, self.own, strict=True)):
            sums = np.repeat(self.sums[number][row : row + 1], len(changes) + 1, axis=0)
            for at, change in enumerate(changes):
                if number < len(change.sums):
                    sums[at] -= change.sums[number]
            rows[:, own : own + _OWN] = np.log(np.maximum(first.scores(sums), 1e-4))
        rows = scaled(self.head.rescaler, rows)
        for at, change in enumerate(changes):
            rows[at, list(change.columns)] = 0.0
        _, labelled = self.head.judge(rows)
        chances = np.clip(labelled[:, label].astype(np.float64), 1e-6, 1 - 1e-6)
        odds = np.log(chances / (1 - chances))
        weights = (odds[-1] - odds[:-1]).tolist()
        order = sorted(range(len(changes)), key=lambda at: -abs(weights[at]))
        order = [at for at in order if abs(weights[at]) >= _LEAST]
        # The box around a block weighs most, but what it is called and what it says is what a person can look for.
        concrete = [at for at in order if changes[at].concrete][: MOST_REASONS // 2]
        chosen = concrete + [at for at in order if at not in concrete][: MOST_REASONS - len(concrete)]
        return [Reason(changes[at].said, round(weights[at], 2)) for at in order if at in chosen]

    def _words(self, row: int, said: str) -> Iterator[_Change]:
        words = text.split_words(said)
        known = set(self.seen.words[row])
        numbers = self.vocabulary.numbers
        pairs: dict[str, list[str]] = {}
        for pair in pairwise(words):
            for word in pair:
                pairs.setdefault(word, []).append(" ".join(pair))
        whole = numbers("whole", (" ".join(words),))
        found: set[int] = set()
        for word in dict.fromkeys(words):
            held = numbers("word", (word,)) + (numbers("stem", (word[:5],)) if len(word) > 5 else [])
            held += numbers("pair", pairs.get(word, ())) + whole
            if held := [number for number in dict.fromkeys(held) if number in known]:
                found.update(held)
                shown = "a number" if word[0] == "0" else f"the word “{word}”"
                yield _Change(shown, self._weights(held), concrete=True)
        if found:
            yield _Change("all its words together", self._weights(sorted(found)))

    def _weights(self, words: list[int]) -> list[Floats]:
        return [first.word_weights[words].sum(axis=0) for first in self.firsts]

    def _links(self, row: int, page: Page, block: Block) -> Iterator[_Change]:
        words: dict[str, None] = {}
        for element in (*inner_elements(page, block.element, block.inner)[:_MOST_WITHIN], block.element):
            attributes = page.attrs[element]
            if page.tags[element] == "a" and "href" in attributes:
                words |= dict.fromkeys(links.link_words(attributes["href"] or "", page.head.host)[1])
            elif source := attributes.get("src") or attributes.get("data-src"):
                words |= dict.fromkeys(f"^{word}" for word in links.link_words(source, page.head.host)[1])
        known = set(self.seen.words[row])
        for word in words:
            held = [number for number in self.vocabulary.numbers("link", (word,)) if number in known]
            if held:
                yield _Change(wording.link(word), self._weights(held), concrete=True)

    def _names(self, page: Page, block: Block) -> Iterator[_Change]:
        """Yield the names on the block's element, on those around it and on those in its run, each once a place."""
        weights, size = self.firsts[0].name_weights, self.firsts[0].hidden
        if weights is None:
            return
        inner = inner_elements(page, block.element, block.inner)[:_MOST_WITHIN]
        places = [("an element in it", 4, at) for at in inner]
        element = block.element
        for level in range(_MOST_ABOVE):
            if element < 0:
                break
            places.append(("its element" if level == 0 else "an enclosing element", min(level, 3), element))
            element = page.parents[element]
        changes: dict[tuple[str, str], _Change] = {}
        for where, level, at in places:
            attributes = page.attrs[at]
            for word in names.name_words(page.tags[at], attributes):
                for number in self.vocabulary.numbers("name", (word,)):
                    share = weights[number, level * size : (level + 1) * size]
                    new = _Change(wording.name(word, attributes, where), [np.zeros_like(share)], concrete=True)
                    changes.setdefault((where, word), new).sums[0][:] += share
        yield from changes.values()
        if changes:
            together: Floats = np.sum([change.sums[0] for change in changes.values()], axis=0)
            yield _Change("all names on and around it together", [together])

    def _numbers(self, row: int, block: Block | None) -> Iterator[_Change]:
        groups = dict(self.groups)
        if block is not None and self.page is not None:
            held = [at for at in self.inside if self.seen.numbers[row, at]]
            if held:
                said = ", ".join(f"<{features.NUMBERS[at].removeprefix('in_')}>" for at in held)
                groups[f"it stands in {said}"] = held
            groups[f"it is <{self.page.tags[block.element]}>"] = self.tags
        for concept, at in zip(CONCEPTS, self.meanings, strict=True):
            if self.seen.numbers[row, at]:
                groups[f"words that mean “{concept}”"] = [at]
        for said, columns in groups.items():
            shares: list[Floats] = []
            for first in self.firsts:
                known = [at for at in columns if at < first.numbers]
                numbers = scaled(first.scaler, self.seen.numbers[row : row + 1, : first.numbers])[0, known]
                shares.append(numbers @ first.number_weights[known])
            yield _Change(said, shares, columns)

    def _around(self, row: int, labels: Sequence[str]) -> Iterator[_Change]:
        around = self.seen.around
        start, end = int(around.starts[0, row]), int(around.ends[0, row])
        alike = np.flatnonzero(around.shapes == around.shapes[row]).tolist()
        wide = labels[int(around.starts[-1, row]) : int(around.ends[-1, row])]
        others = (
            labels[max(row - 3, 0) : row], labels[row + 1 : row + 4], labels[start:end], wide,
            [labels[at] for at in alike], labels,
        )  # fmt: skip
        for (said, columns), held in zip(self.surroundings.items(), others, strict=True):
            yield _Change(f"{said} ({_mostly(held)})", (), columns)


def _columns(names: Sequence[str], prefix: str) -> list[int]:
    return [at for at, name in enumerate(names) if name.startswith(prefix)]


def _mostly(labels: Sequence[str]) -> str:
    if not labels:
        return "none"
    most = max(LABELS, key=labels.count)
    return f"all {most}" if labels.count(most) == len(labels) else f"mostly {most}"
