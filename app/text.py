"""What a block's text says: its words, and shallow numbers about it (Kohlschütter et al., 2010)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from app.concepts import CONCEPTS, concepts_of, telling
from app.vocabulary import Vocabulary

COLUMNS: Final = (
    "chars", "words", "word_length", "digit_words", "upper_words", "commas", "stops", "marks", "sentence", "colon",
    "currency", "empty", "title_overlap", "repeats", "place", "from_end", "chars_before",
    *(f"means_{concept}" for concept in CONCEPTS),
)  # fmt: skip
"""The numbers per block that need no structure: all that text-only input has."""

_WORD: Final = re.compile(r"[^\W\d_]+|\d+|[$€£¥₹%©@!?»›→✕×|]")
_MARKED: Final = re.compile("[\u0591-\u05c7\u064b-\u065f\u0900-\u0e7f]")
"""Scripts whose vowel signs are no letters to Python: Hebrew and Arabic where pointed, those of India, Thai."""

_MARKED_WORD: Final = re.compile(
    r"(?:[^\W\d_]|[\u0591-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u0963\u0981-\u0dff\u0e31-\u0e4e])+"
    r"|\d+|[$€£¥₹%©@!?»›→✕×|]"
)
_SPACELESS: Final = re.compile("[\u0e00-\u0fff\u2e80-\U0010ffff]")
"""Thai and its neighbours, and from U+2E80 on most: written without spaces, so that pairs of characters are words."""

CURRENCY: Final = "$€£¥₹"
_MAX_CHARS: Final = 700  # of the text looked at for words, and the last 150 of a longer one
_PAIR_WORDS: Final = 24  # pairs are made of the first words only: a plea says early what it wants
_WHOLE_WORDS: Final = 5
_TITLE_WORDS: Final = 40
_FIRST: Final = itemgetter(0)


def split_words(text: str) -> list[str]:
    """Return the lower-case words of a text, numbers as `0`, `00`, …; scripts without spaces as pairs of characters."""
    if len(text) > _MAX_CHARS + 150:
        text = f"{text[:_MAX_CHARS]} {text[-150:]}"
    text = text.replace("İ", "i").lower()  # else Turkish İ becomes an i and a dot by itself, which parts the word
    plain = text.isascii()
    words: list[str] = (_WORD if plain or not _MARKED.search(text) else _MARKED_WORD).findall(text)
    plain = plain or not _SPACELESS.search(text)
    if plain and "".join(words).isalpha():
        return words
    if plain:
        return ["0" * min(len(word), 5) if word.isdecimal() else word for word in words]
    result = []
    for word in words:
        if word.isdecimal():
            result.append("0" * min(len(word), 5))
        elif len(word) > 2 and _SPACELESS.match(word):
            result.extend(word[at : at + 2] for at in range(min(len(word), 60) - 1))
        else:
            result.append(word)
    return result


def word_numbers(words: Iterable[Sequence[str]], vocabulary: Vocabulary) -> list[list[int]]:
    """Return for each text the vocabulary numbers of its distinct words, stems and pairs, and of a short text's whole.

    `words` are the texts' words.
    """
    word, stem, pair, whole = map(vocabulary.finder, ("word", "stem", "pair", "whole"))
    rows = []
    for of_text in words:
        if len(of_text) == 1:  # as a quarter of all are
            only = of_text[0]
            found = dict.fromkeys((word(only), stem(only[:5]) if len(only) > 5 else None, whole(only)))
            found.pop(None, None)
            rows.append(cast("list[int]", list(found)))
            continue
        stems = [each[:5] for each in of_text if len(each) > 5]
        pairs = map(" ".join, pairwise(of_text[:_PAIR_WORDS]))
        wholes = (" ".join(of_text),) if 0 < len(of_text) <= _WHOLE_WORDS else ()
        found = dict.fromkeys(chain(map(word, of_text), map(stem, stems), map(pair, pairs), map(whole, wholes)))
        found.pop(None, None)
        rows.append(cast("list[int]", list(found)))
    return rows


def concept_rows(words: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Return (n, len(CONCEPTS)): how many of each text's words stand for each concept."""
    width = len(CONCEPTS)
    places: list[int] = []
    for start, each in zip(range(0, len(words) * width, width), words, strict=True):
        for word in telling(each):
            places += [start + concept for concept in concepts_of(word)]
    counts = np.bincount(np.array(places, dtype=np.int64), minlength=len(words) * width)
    return counts.reshape(len(words), width).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Said:
    """What n texts say: one row of `COLUMNS` a text, how many of its words stand for each of `CONCEPTS`, its words'
    numbers (`word_numbers`).
    """

    numbers: NDArray[np.float64]
    concepts: NDArray[np.float32]
    words: list[list[int]]


def read(texts: Sequence[str], title: str, vocabulary: Vocabulary) -> Said:
    """Return what the texts say; `title` is the page's title. A quarter of a page's texts occur twice."""
    numbers: dict[str, int] = {}
    at = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
    once = list(numbers)
    split = [split_words(text) for text in once]
    concepts = concept_rows(split)
    words = word_numbers(split, vocabulary)
    chars, own = _own_columns(once, split, title)
    repeats = np.bincount(at, minlength=len(once)) - 1
    if "" in numbers:
        repeats[numbers[""]] = 0
    count = len(texts)
    place = np.arange(count)
    before = np.concatenate(([0.0], np.cumsum(chars[at])))
    rows = np.column_stack((
        own[at],
        np.log1p(repeats)[at],
        place / count,
        (count - 1 - place) / count,
        before[:-1] / (before[-1] or 1.0),
        np.log1p(concepts)[at],
    ))  # fmt: skip
    return Said(rows, concepts[at], [words[number] for number in at.tolist()])


def _own_columns(
    texts: Sequence[str], words: Sequence[Sequence[str]], title: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how long each text is, and those of `COLUMNS` that go by the text alone, `title_overlap` the last."""
    count = len(texts)
    chars = np.fromiter(map(len, texts), np.float64, count)
    found = np.fromiter(map(len, words), np.float64, count)
    many = np.maximum(found, 1.0)
    lasts = [text[-1:] for text in texts]
    everything = "\n".join(texts)
    return chars, np.column_stack((
        np.log1p(chars),
        np.log1p(found),
        np.minimum(chars / many, 20.0),
        _digit_words(words, found) / many,
        _upper_words(texts),
        np.log1p(number_of(",、،", texts, everything)),
        np.log1p(number_of((". ", "。"), texts, everything)),
        np.log1p(number_of("!?|", texts, everything)),
        np.array([last in ".!?。؟।…”\"" for last in lasts], dtype=np.bool_) & (chars > 1),
        [last == ":" for last in lasts],
        number_of(CURRENCY, texts, everything) > 0,
        chars == 0,
        _overlaps(words, title) / np.minimum(many, _TITLE_WORDS),
    ))  # fmt: skip


def _digit_words(words: Sequence[Sequence[str]], found: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many of each text's words are numbers; `found` are how many words there are."""
    firsts = "".join(map(_FIRST, chain.from_iterable(words)))
    ends = np.cumsum(found).astype(np.int64).tolist()
    return np.array([firsts.count("0", start, end) for start, end in pairwise([0, *ends])], dtype=np.float64)


def number_of(marks: Sequence[str], texts: Sequence[str], everything: str) -> NDArray[np.int64]:
    """Return how often the marks are in each text; of most there is none in `everything`, the texts joined."""
    counts = [[text.count(mark) for text in texts] for mark in marks if mark in everything]
    total: NDArray[np.int64] = np.array(counts, dtype=np.int64).reshape(len(counts), len(texts)).sum(axis=0)
    return total


def _upper_words(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of words with a capital at the texts' beginnings."""
    openings = [text[:200] for text in texts]
    upper = [sum(map(str.isupper, "".join(map(_FIRST, opening.split())))) for opening in openings]
    shares: NDArray[np.float64] = np.array(upper) / (np.array([opening.count(" ") for opening in openings]) + 1)
    return shares


def _overlaps(words: Sequence[Sequence[str]], title: str) -> NDArray[np.int64]:
    """Return how many of each text's first words the title has, short ones left out."""
    titled = {word for word in split_words(title) if len(word) > 2}
    return np.array([sum(map(titled.__contains__, each[:_TITLE_WORDS])) if titled else 0 for each in words])
