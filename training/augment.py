"""Pages as they come besides whole ones: cut down to a few blocks, or as text that an extractor left."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np

from app.labels import CLASSES
from training.corpus import NAVIGATION, THINNED, UNKNOWN, Example

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


_FEWEST: Final = 4
_MOST_OF: Final = {"content": 12, "appeal": 8, "advert": 8, "navigation": 6}  # blocks of a stretch
_LEFT_OUT: Final = 0.3  # of the stretches of furniture


def thinned(example: Example, chance: random.Random) -> Example | None:
    """Return a page cut down to a few blocks of each stretch of one class; None where hardly anything is left.

    The corpus' pages are large: people also post fragments, and pages of small sites.
    """
    kept: list[int] = []
    blocks = ((index, number) for index, number in enumerate(example.classes.tolist()) if number != UNKNOWN)
    for number, stretch in groupby(blocks, key=lambda each: each[1]):
        here = [index for index, _ in stretch]
        if number == NAVIGATION and chance.random() < _LEFT_OUT:
            continue
        some = chance.randint(1, _MOST_OF[CLASSES[number][0]])
        first = chance.randint(0, max(len(here) - some, 0))
        kept += here[first : first + some]
    if len(kept) < _FEWEST:
        return None
    page = replace(example.page, blocks=[example.page.blocks[index] for index in kept])
    return replace(example, how=f"{THINNED}{example.how}", page=page, classes=example.classes[np.array(kept)])
