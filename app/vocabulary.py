"""Words that the model knows, by where they stand; a word it does not know has no number."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

TEXT_SPACES: Final = ("word", "stem", "pair", "whole", "link")
"""Where a block's words come from: its text (words, stems, pairs, a short text as a whole), its addresses."""

SPACES: Final = (*TEXT_SPACES, "name")

_MOST_KNOWN: Final = 32_768  # values, which `names` cuts off at 200 characters: some 5 MB, at most 12


class Vocabulary:
    """Word numbers: one row of numbers over all of a block's spaces, another for the names of elements.

    A *growing* vocabulary gives every new word the next number (training collects words with it); a fixed one leaves
    out the words that it does not know.
    """

    def __init__(self, entries: Iterable[tuple[str, str]] = (), *, growing: bool = False) -> None:
        self.growing = growing
        self.index: dict[str, dict[str, int]] = {space: {} for space in SPACES}
        self.words = 0
        self.names = 0
        self.known_classes: dict[str, tuple[int, list[int]]] = {}
        for space, word in entries:
            self._add(space, word)

    def _add(self, space: str, word: str) -> int:
        if space == "name":
            number, self.names = self.names, self.names + 1
        else:
            number, self.words = self.words, self.words + 1
        self.index[space][word] = number
        return number

    def finder(self, space: str) -> Callable[[str], int | None]:
        """Return the function from a word to its number, None if it has none."""
        if not self.growing:
            return self.index[space].get
        return lambda word: self._add(space, word) if (number := self.index[space].get(word)) is None else number

    def numbers(self, space: str, words: Iterable[str]) -> list[int]:
        """Return the numbers of the words that are known, in order."""
        return [number for number in map(self.finder(space), words) if number is not None]

    def learn_classes(self, value: str, words: Sequence[str]) -> tuple[int, list[int]]:
        """Return how many words there are in a `class` attribute, and the numbers of those that have one, each once.

        `known_classes` has them from now on, for a while; of other attributes nothing is kept, since they may hold what
        the page says. A name's number never changes, so that no page can tell what was known before it. Any thread may
        come along at any time: what one of them loses, it reads again.
        """
        learnt = len(words), list(dict.fromkeys(self.numbers("name", words)))
        if len(self.known_classes) >= _MOST_KNOWN:
            self.known_classes.clear()
        self.known_classes[value] = learnt
        return learnt

    def entries(self) -> list[tuple[str, str]]:
        """Return (space, word) of all words, names last, each row in order of its numbers."""
        words = sorted((number, space, word) for space in TEXT_SPACES for word, number in self.index[space].items())
        names = sorted((number, "name", word) for word, number in self.index["name"].items())
        return [(space, word) for _, space, word in (*words, *names)]

    def to_text(self) -> str:
        """Return the vocabulary as text: one line a word, `space<TAB>word`, in order of number."""
        return "".join(f"{space}\t{word}\n" for space, word in self.entries())

    @classmethod
    def from_text(cls, text: str) -> "Vocabulary":
        """Read what `to_text` wrote. Raises ValueError on anything else."""
        entries = []
        for line in text.split("\n")[:-1]:
            space, tab, word = line.partition("\t")
            if space not in SPACES or not tab or not word:
                raise ValueError("not a line of a vocabulary")
            entries.append((space, word))
        return cls(entries)
