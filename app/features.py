"""What the model sees of a page: numbers per block, word numbers per block, name numbers per element.

Training and service call the same functions, so the two cannot drift; `SCHEMA` stands for the meaning of every column,
and a model's manifest repeats it.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app import context, markup, names, pagewide, text
from app.blocks import Page
from app.concepts import DIGEST
from app.metadata import Metadata
from app.vocabulary import SPACES, Vocabulary

NUMBERS: Final = (*text.COLUMNS, *markup.COLUMNS)
REVISION: Final = 3
"""Raised when a column or a word changes its meaning under the same name."""

_MEANING: Final = (REVISION, NUMBERS, context.COLUMNS, pagewide.COLUMNS, SPACES, DIGEST)
SCHEMA: Final = hashlib.sha256(repr(_MEANING).encode()).hexdigest()[:16]


_NOTHING: Final = Metadata()


@dataclass(slots=True)
class Features:
    """A page as the model sees it, for its n blocks.

    `numbers` is (n, len(NUMBERS)), or (n, len(text.COLUMNS)) without structure; `words[i]` are the numbers of the
    words in the block's text and addresses; `names[e]` those of the words in an element's names, for elements on some
    block's chain or in its run; `around` says where the blocks stand; `page` is a row of `pagewide.COLUMNS`, or empty
    without structure.
    """

    numbers: NDArray[np.float32]
    words: list[list[int]]
    names: dict[int, list[int]]
    around: context.Surroundings
    page: NDArray[np.float32]


def page_features(page: Page, vocabulary: Vocabulary, declared: Metadata = _NOTHING) -> Features:
    """Return the features of a parsed page, of which its markup declares so much."""
    texts = [block.text for block in page.blocks]
    marked = markup.block_rows(page, vocabulary)
    said = text.read(texts, page.head.title, vocabulary)
    numbers = np.empty((len(texts), len(NUMBERS)), dtype=np.float32)
    numbers[:, : len(text.COLUMNS)] = said.numbers
    numbers[:, len(text.COLUMNS) :] = marked.numbers
    words = [found + linked for found, linked in zip(said.words, marked.words, strict=True)]
    counts = np.hstack((said.concepts, marked.counts))
    around = context.surroundings(page, counts)
    shared = pagewide.row(declared, numbers, around)
    return Features(numbers, words, names.names(page, vocabulary), around, shared)


def text_features(lines: list[str], vocabulary: Vocabulary) -> Features:
    """Return the features of text without structure, one block a line."""
    said = text.read(lines, "", vocabulary)
    counts = np.hstack((said.concepts, np.zeros((len(lines), len(markup.COUNTS)), dtype=np.float32)))
    around = context.line_surroundings(lines, counts)
    return Features(said.numbers.astype(np.float32), said.words, {}, around, np.empty(0, dtype=np.float32))
