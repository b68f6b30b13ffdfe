"""What a block's text says: its words, and shallow numbers about it (Kohlschütter et al., 2010)."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log1p
from typing import Final

from app.vocabulary import Vocabulary

COLUMNS: Final = (
    "chars", "words", "word_length", "digit_words", "upper_words", "commas", "stops", "marks", "sentence", "colon",
    "currency", "empty", "title_overlap", "repeats", "place", "from_end", "chars_before",
)  # fmt: skip
"""The numbers per block that need no structure: all that text-only input has."""

_WORD: Final = re.compile(r"[^\W\d_]+|\d+|[$€£¥₹%©@!?»›→✕×|]")
_SPACELESS: Final = "\u2e80"  # from here on most scripts have no spaces: pairs of characters stand for words
_THAI: Final = ("\u0e00", "\u0fff")
_MAX_CHARS: Final = 700  # of the text looked at for words, and the last 150 of a longer one
_PAIR_WORDS: Final = 24  # pairs are made of the first words only: a plea says early what it wants


def split_words(text: str) -> list[str]:
    """Return the lower-case words of a text, numbers as `0`, `00`, …; scripts without spaces as pairs of characters."""
    if len(text) > _MAX_CHARS + 150:
        text = f"{text[:_MAX_CHARS]} {text[-150:]}"
    words = _WORD.findall(text.lower())
    if text.isascii():
        return ["0" * min(len(word), 5) if word[0].isdecimal() else word for word in words]
    result = []
    for word in words:
        first = word[0]
        if first.isdecimal():
            result.append("0" * min(len(word), 5))
        elif (first >= _SPACELESS or _THAI[0] <= first <= _THAI[1]) and len(word) > 2:
            result.extend(word[at : at + 2] for at in range(min(len(word), 60) - 1))
        else:
            result.append(word)
    return result


def word_numbers(words: Sequence[str], vocabulary: Vocabulary) -> list[int]:
    """Return the vocabulary numbers of a block's distinct words, stems and pairs, and of its whole text if short."""
    distinct = dict.fromkeys(words)
    early = words[:_PAIR_WORDS]
    numbers = vocabulary.numbers("word", distinct)
    numbers += vocabulary.numbers("stem", dict.fromkeys([word[:5] for word in distinct if len(word) > 5]))
    numbers += vocabulary.numbers("pair", dict.fromkeys(map(" ".join, pairwise(early))))
    if 0 < len(words) <= 5:
        numbers += vocabulary.numbers("whole", (" ".join(words),))
    return numbers


def text_rows(texts: Sequence[str], words: Sequence[Sequence[str]], title: str) -> list[list[float]]:
    """Return one row of `COLUMNS` a text; `words[i]` are the words of `texts[i]`, `title` the page's title."""
    total = sum(map(len, texts)) or 1
    repeats = Counter(texts)
    titled = {word for word in split_words(title) if len(word) > 2}
    count = len(texts)
    before = 0
    rows = []
    for index, (text, found) in enumerate(zip(texts, words, strict=True)):
        chars = len(text)
        many = len(found) or 1
        last = text[-1:]
        overlap = sum(word in titled for word in found[:40]) / min(many, 40) if titled else 0.0
        rows.append([
            log1p(chars),
            log1p(len(found)),
            min(chars / many, 20.0),
            sum(word[0] == "0" for word in found) / many,
            sum(word[0].isupper() for word in text[:200].split()) / (text[:200].count(" ") + 1),
            log1p(text.count(",") + text.count("、") + text.count("،")),
            log1p(text.count(". ") + text.count("。")),
            log1p(text.count("!") + text.count("?") + text.count("|")),
            float(last in ".!?。؟।…”\"" and chars > 1),
            float(last == ":"),
            float("$" in text or "€" in text or "£" in text or "¥" in text or "₹" in text),
            float(not text),
            overlap,
            log1p(repeats[text] - 1) if text else 0.0,
            index / count,
            (count - 1 - index) / count,
            before / total,
        ])  # fmt: skip
        before += chars
    return rows
