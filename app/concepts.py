"""What words mean in many languages, as far as pleas, adverts and furniture are concerned.

Few pages of training are Polish or Turkish, and none is Greek; that a word means "subscribe" is known beforehand.
`concepts.txt` lists words by concept: a stem that ends with `*` stands for all words that begin with it, and words of
scripts without spaces are pairs of characters, as `text.split_words` makes them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("concepts.txt")


def _read(lines: Iterable[str]) -> tuple[tuple[str, ...], dict[str, set[int]], dict[str, set[int]]]:
    """Return the concepts' names, and the numbers of the concepts that whole words and stems stand for."""
    names: list[str] = []
    whole: dict[str, set[int]] = defaultdict(set)
    stems: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if line.startswith("["):
            names.append(line.strip("[]"))
            continue
        for word in line.split():
            stem = word.removesuffix("*")
            (stems if stem != word else whole)[stem].add(len(names) - 1)
    return tuple(names), dict(whole), dict(stems)


_TEXT: Final = _FILE.read_text(encoding="utf-8")
CONCEPTS, _WHOLE, _STEMS = _read(_TEXT.splitlines())

DIGEST: Final = hashlib.sha256(_TEXT.encode()).hexdigest()
"""Of the list: a model reads its words by the one that it was trained with."""

_SHORTEST: Final = min(map(len, _STEMS))
_LONGEST: Final = max(map(len, _STEMS))
_BEGINNINGS: Final = frozenset(stem[:_SHORTEST] for stem in _STEMS)


def telling(words: Iterable[str]) -> list[str]:
    """Return those of some lower-case words that may stand for a concept: about one in five."""
    return [word for word in words if word[:_SHORTEST] in _BEGINNINGS or word in _WHOLE]


@lru_cache(maxsize=16_384)
def concepts_of(word: str) -> tuple[int, ...]:
    """Return the numbers of the concepts that a lower-case word stands for."""
    found = set(_WHOLE.get(word, ()))
    for end in range(_SHORTEST, min(len(word), _LONGEST) + 1):
        found |= _STEMS.get(word[:end], set())
    return tuple(sorted(found))
