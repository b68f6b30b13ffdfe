"""Examples as matrices: what scikit-learn's estimators are fitted on.

Rows follow the examples' blocks in order. The columns of the first stage's matrix are words, numbers, then the names
once per level (`network.NAME_LEVELS`), in the order that `network.FirstStage` takes apart.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from tqdm import tqdm

from app import features, network, text
from app.features import Features
from app.labels import CLASSES
from app.metadata import Metadata
from app.network import NAME_LEVELS, inner_elements
from app.vocabulary import SPACES, Vocabulary
from training.augment import Plea, reader_choice, thinned, with_pleas
from training.boxes import Box
from training.corpus import NAVIGATION, UNKNOWN, Example
from training.graft import grafted, retold

_SITES_NEEDED: Final = {"word": 4, "stem": 5, "pair": 8, "whole": 4, "link": 6, "name": 5}
"""A word must stand on pages of this many sites to be known: what one site writes says nothing of another."""

_RETOLD: Final = 0.12
_GRAFTED: Final = 0.4
_UNDECLARED: Final = 0.5
"""Shares of the pages that are cut down: those put in another language, with boxes of ours, without their head."""

_MOST_FURNITURE: Final = 25  # navigation blocks of one page that are trained on; the rest are more of the same
_MOST_FURNITURE_AS_TEXT: Final = 12  # the same of pages read as text, of which there are two versions


@dataclass(slots=True)
class Dataset:
    """Blocks of many pages as rows. `pages[i]` numbers row i's page; `starts` are the pages' first rows and the end."""

    examples: list[Example]
    features: list[Features]
    words: csr_matrix
    numbers: NDArray[np.float32]
    names: csr_matrix
    classes: NDArray[np.int64]
    texts: NDArray[np.bool_]
    chars: NDArray[np.int64]
    pages: NDArray[np.int64]
    starts: NDArray[np.int64]
    weights: NDArray[np.float64]
    """0 where a row is not trained on."""


def collect(examples: Sequence[Example], vocabulary: Vocabulary) -> list[Features]:
    """Return the pages' features; a growing vocabulary takes up all their words. Shows progress."""
    return [
        features.page_features(example.page, vocabulary, example.declared)
        for example in tqdm(examples, desc="describe blocks", unit="page")
    ]


def text_examples(
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    *,
    reader: int | None = None,
    pleas: Mapping[str, Sequence[Plea]] | None = None,
) -> tuple[list[Example], list[Features]]:
    """Return the pages as text without structure.

    `reader` (a seed) leaves out furniture as an extractor would, and puts some of `pleas` (by language) between.
    """
    made, described = [], []
    for example in tqdm(examples, desc="describe lines", unit="page"):
        how = example.how
        chance = random.Random(f"{reader} text {example.id}")  # noqa: S311 (repeatable, not secret)
        if reader is None:
            kept = [index for index, block in enumerate(example.page.blocks) if block.text]
        else:
            kept, how = reader_choice(example, chance), "reader"
        if not kept:
            continue
        lines = [" ".join(example.page.blocks[index].text.split()) for index in kept]
        classes: list[int] = example.classes[np.array(kept)].tolist()
        if pleas is not None:
            lines, classes = with_pleas(lines, classes, pleas, example.language, chance)
        described.append(features.text_features(lines, vocabulary))
        made.append(replace(example, how=how, classes=np.array(classes, dtype=np.int64)))
    return made, described


def thinned_examples(
    examples: Sequence[Example], vocabulary: Vocabulary, boxes: Mapping[str, Sequence[Box]], *, seed: int
) -> tuple[list[Example], list[Features]]:
    """Return the pages cut down to a few blocks, those that can be; some with `boxes` (by language) among their blocks.

    Some are put in another of the boxes' languages altogether. Shows progress.
    """
    made = []
    for example in examples:
        chance = random.Random(f"{seed} thinned {example.id}")  # noqa: S311 (repeatable, not secret)
        cut = thinned(example, chance)
        if cut is None:
            continue
        language = example.language
        if boxes and chance.random() < _RETOLD:
            language = chance.choice(sorted(boxes))
            cut = retold(cut, boxes[language], chance)
        if language in boxes and chance.random() < _GRAFTED:
            cut = grafted(cut, boxes[language], chance)
        made.append(replace(cut, declared=Metadata()) if chance.random() < _UNDECLARED else cut)
    return made, collect(made, vocabulary)


def known_words(
    examples: Sequence[Example], described: Sequence[Features], grown: Vocabulary, boxes: Sequence[Features] = ()
) -> Vocabulary:
    """Return the vocabulary of the words that stand on pages of enough sites; each of `boxes` counts as a site."""
    sites = {site: number for number, site in enumerate(sorted({example.site for example in examples}))}
    words: set[tuple[int, int]] = set()
    names: set[tuple[int, int]] = set()
    for example, seen in zip(examples, described, strict=True):
        site = sites[example.site]
        words.update((number, site) for row in seen.words for number in row)
        names.update((number, site) for row in seen.names.values() for number in row)
    for site, seen in enumerate(boxes, len(sites)):
        words.update((number, site) for row in seen.words for number in row)
    counts = np.bincount([number for number, _ in words], minlength=grown.words)
    name_counts = np.bincount([number for number, _ in names], minlength=grown.names)
    kept = []
    for space in SPACES:
        count = name_counts if space == "name" else counts
        kept += [(space, word) for word, number in grown.index[space].items() if count[number] >= _SITES_NEEDED[space]]
    return Vocabulary(kept)


def translate(described: Sequence[Features], grown: Vocabulary, known: Vocabulary) -> None:
    """Rewrite the features' word and name numbers from the grown vocabulary to the known one, in place."""
    words = np.full(grown.words, -1, dtype=np.int64)
    names = np.full(grown.names, -1, dtype=np.int64)
    for space in SPACES:
        table = names if space == "name" else words
        for word, number in known.index[space].items():
            table[grown.index[space][word]] = number
    for seen in described:
        seen.words = [_translated(words, row) for row in seen.words]
        seen.names = {element: _translated(names, row) for element, row in seen.names.items()}


def _translated(table: NDArray[np.int64], row: list[int]) -> list[int]:
    return [number for number in table[row].tolist() if number >= 0] if row else []


def build(
    examples: list[Example],
    described: list[Features],
    known: Vocabulary,
    *,
    markup: bool,
    anonymous: float = 0.0,
    seed: int = 0,
) -> Dataset:
    """Return the matrices. On a share `anonymous` of the pages class and id names are left out, as if hashed.

    Without `markup` a page is no more than its words, addresses included, and the numbers of a text.
    """
    plain = {number for word, number in known.index["name"].items() if word[0] in "<@"}
    words: list[list[int]] = []
    names: list[list[int]] = []
    for example, seen in zip(examples, described, strict=True):
        words.extend(seen.words)
        if markup:
            chance = random.Random(f"{seed} names {example.how} {example.id}")  # noqa: S311 (repeatable, not secret)
            hide = chance.random() < anonymous
            of_page = (
                {element: [number for number in row if number in plain] for element, row in seen.names.items()}
                if hide
                else seen.names
            )
            names.extend(_chain(example, of_page, index, known.names) for index in range(len(example.page.blocks)))
    classes = np.concatenate([example.classes for example in examples])
    lengths = [len(example.classes) for example in examples]
    pages = np.repeat(np.arange(len(examples)), lengths)
    chars = np.concatenate([seen.around.chars for seen in described]).astype(np.int64)
    return Dataset(
        examples,
        described,
        ones(words, known.words),
        np.vstack([seen.numbers if markup else seen.numbers[:, : len(text.COLUMNS)] for seen in described]),
        ones(names, known.names * len(NAME_LEVELS)) if markup else csr_matrix((len(words), 0), dtype=np.float32),
        classes,
        chars > 0,
        chars,
        pages,
        np.concatenate(([0], np.cumsum(lengths))),
        weigh(classes, chars > 0, pages, seed, _MOST_FURNITURE if markup else _MOST_FURNITURE_AS_TEXT),
    )


def _chain(example: Example, names: dict[int, list[int]], index: int, size: int) -> list[int]:
    block = example.page.blocks[index]
    row = []
    element, level = block.element, 0
    while element >= 0:
        row += [number + level * size for number in names[element]]
        element = example.page.parents[element]
        level = min(level + 1, 3)
    for inner in inner_elements(example.page, block.element, block.inner):
        row += [number + 4 * size for number in names[inner]]
    return row


def ones(rows: list[list[int]], width: int) -> csr_matrix:
    """Return the rows as `network.ones` does, a column listed twice summed up."""
    matrix = network.ones(rows, width)
    matrix.sum_duplicates()
    return matrix


def weigh(
    classes: NDArray[np.int64],
    texts: NDArray[np.bool_],
    pages: NDArray[np.int64],
    seed: int,
    most_furniture: int = _MOST_FURNITURE,
) -> NDArray[np.float64]:
    """Return the rows' weights: a page's blocks of one class share the square root of their number.

    Sixty links of one menu are one piece of evidence more than sixty. Of a page's navigation only `most_furniture`
    rows are trained on, and stand for the rest; blocks without text count half.
    """
    key = pages * 16 + np.where(classes == UNKNOWN, len(CLASSES), classes)
    alike = np.bincount(key)[key].astype(np.float64)
    weights = alike**-0.5 * np.where(texts, 1.0, 0.5)
    shuffled = np.random.default_rng(seed).permutation(len(classes))
    order = shuffled[np.argsort(key[shuffled], kind="stable")]
    rank = np.empty(len(classes), dtype=np.int64)
    first = np.concatenate(([0], np.flatnonzero(np.diff(key[order])) + 1))
    rank[order] = np.arange(len(order)) - np.repeat(first, np.diff(np.concatenate((first, [len(order)]))))
    furniture = (classes == NAVIGATION) & (alike > most_furniture)
    weights[furniture] *= alike[furniture] / most_furniture
    weights[(furniture & (rank >= most_furniture)) | (classes == UNKNOWN)] = 0.0
    scaled: NDArray[np.float64] = weights / weights[weights > 0].mean()
    return scaled
