"""What the model sees of a page: numbers per block, word numbers per block, name numbers per element.

Training and service call the same functions, so the two cannot drift; `SCHEMA` stands for the meaning of every column,
and a model's manifest repeats it.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app import context, markup, text
from app.blocks import Page
from app.vocabulary import SPACES, Vocabulary

NUMBERS: Final = (*text.COLUMNS, *markup.COLUMNS)
REVISION: Final = 1
"""Raised when a column or a word changes its meaning under the same name."""

SCHEMA: Final = hashlib.sha256(repr((REVISION, NUMBERS, context.COLUMNS, SPACES)).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Features:
    """A page as the model sees it, for its n blocks.

    `numbers` is (n, len(NUMBERS)), or (n, len(text.COLUMNS)) without structure; `words[i]` are the numbers of the
    words in the block's text and addresses; `names[e]` those of the words in an element's names, for elements on some
    block's chain or in its run; `around` says where the blocks stand.
    """

    numbers: NDArray[np.float32]
    words: list[list[int]]
    names: dict[int, list[int]]
    around: context.Surroundings


def page_features(page: Page, vocabulary: Vocabulary) -> Features:
    """Return the features of a parsed page."""
    blocks = page.blocks
    texts = [block.text for block in blocks]
    split = [text.split_words(each) for each in texts]
    text_rows = text.text_rows(texts, split, page.head.title)
    bits = markup.ancestor_bits(page)
    headline = next((at for at, block in enumerate(blocks) if page.tags[block.element] == "h1" and block.text), 0)
    rows = []
    words = []
    names: dict[int, list[int]] = {}
    parents, tags, attrs = page.parents, page.tags, page.attrs
    for at, block in enumerate(blocks):
        row, links = markup.block_markup(page, block, bits[block.element], at - headline, vocabulary)
        rows.append(text_rows[at] + row)
        words.append(text.word_numbers(split[at], vocabulary) + links)
        for start in (block.element, *block.inner):
            element = start
            while element >= 0 and element not in names:
                names[element] = vocabulary.numbers("name", markup.name_words(tags[element], attrs[element]))
                element = parents[element]
    numbers = np.array(rows, dtype=np.float32).reshape(len(rows), len(NUMBERS))
    return Features(numbers, words, names, context.surroundings(page))


def text_features(lines: list[str], vocabulary: Vocabulary) -> Features:
    """Return the features of text without structure, one block a line."""
    split = [text.split_words(line) for line in lines]
    rows = text.text_rows(lines, split, "")
    numbers = np.array(rows, dtype=np.float32).reshape(len(rows), len(text.COLUMNS))
    words = [text.word_numbers(each, vocabulary) for each in split]
    return Features(numbers, words, {}, context.line_surroundings(lines))
