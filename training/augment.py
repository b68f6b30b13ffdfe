"""Text without structure as a reader app's extractor leaves it: most of the furniture gone, a plea still in it."""

import random
from collections.abc import Mapping, Sequence
from typing import Final

from training.corpus import NAVIGATION, Example

Plea = tuple[str, int]
"""A real plea from a translation file, and its class."""

_READER_SHARE: Final = 0.6
_DROPPED: Final = 0.85
_PLEA_SHARE: Final = 0.4  # of the texts get a plea from elsewhere
_MOST_PLEAS: Final = 4


def reader_choice(example: Example, chance: random.Random) -> list[int]:
    """Return the blocks with text that an extractor might leave: for some pages all, for most not much furniture."""
    drop = _DROPPED if chance.random() < _READER_SHARE else 0.0
    return [
        index
        for index, block in enumerate(example.page.blocks)
        if block.text and not (example.classes[index] == NAVIGATION and chance.random() < drop)
    ]


def with_pleas(
    lines: Sequence[str],
    classes: Sequence[int],
    pleas: Mapping[str, Sequence[Plea]],
    language: str,
    chance: random.Random,
) -> tuple[list[str], list[int]]:
    """Return a text's lines and their classes, on a share of texts with a few real pleas between or around them.

    The corpus has few pleas in running prose; `pleas` (by language) are such. Lines of one source follow each other
    in the file, as they do here.
    """
    lines, classes = list(lines), list(classes)
    choice = pleas.get(language) or pleas.get("en") or ()
    if not choice or chance.random() >= _PLEA_SHARE:
        return lines, classes
    first = chance.randrange(len(choice))
    added = choice[first : first + chance.randint(1, _MOST_PLEAS)]
    at = chance.choice((0, min(2, len(lines)), chance.randint(0, len(lines)), len(lines)))
    lines[at:at] = [text for text, _ in added]
    classes[at:at] = [kind for _, kind in added]
    return lines, classes
