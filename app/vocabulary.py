"""Words that the model knows, in one numbered space per source; unknown words have no number."""

from collections.abc import Iterable, Mapping
from typing import Final

SPACES: Final = ("word", "stem", "pair", "whole", "link", "name")
"""Sources of words: text (words, stems, pairs, whole short texts), link and media addresses, names in markup."""


class Vocabulary:
    """Word numbers per space.

    A *growing* vocabulary gives every new word the next number (used when training collects words); a fixed one
    answers None for words that it does not know.
    """

    def __init__(self, words: Mapping[str, Iterable[str]] | None = None, *, growing: bool = False) -> None:
        self.growing = growing
        self.index: dict[str, dict[str, int]] = {
            space: {word: number for number, word in enumerate((words or {}).get(space, ()))} for space in SPACES
        }

    def size(self, space: str) -> int:
        """Return how many words the space holds."""
        return len(self.index[space])

    def numbers(self, space: str, words: Iterable[str]) -> list[int]:
        """Return the numbers of the known words, in order."""
        index = self.index[space]
        if self.growing:
            return [index.setdefault(word, len(index)) for word in words]
        return [number for word in words if (number := index.get(word)) is not None]

    def to_text(self) -> str:
        """Return the vocabulary as text: one line a word, `space<TAB>word`, in order of number."""
        return "".join(f"{space}\t{word}\n" for space in SPACES for word in self.index[space])

    @classmethod
    def from_text(cls, text: str) -> "Vocabulary":
        """Read what `to_text` wrote; raises ValueError on anything else."""
        words: dict[str, list[str]] = {space: [] for space in SPACES}
        for line in text.splitlines():
            space, _, word = line.partition("\t")
            if space not in words or not word:
                raise ValueError("not a vocabulary line")
            words[space].append(word)
        return cls(words)
