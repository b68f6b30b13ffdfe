"""Text without structure as a reader app's extractor leaves it: most of the furniture gone, a plea still in it."""

import random
from typing import Final

from training.corpus import NAVIGATION, Example

_READER_SHARE: Final = 0.6
_DROPPED: Final = 0.85


def reader_choice(example: Example, chance: random.Random) -> list[int]:
    """Return the blocks with text that an extractor might leave: for some pages all, for most not much furniture."""
    drop = _DROPPED if chance.random() < _READER_SHARE else 0.0
    return [
        index
        for index, block in enumerate(example.page.blocks)
        if block.text and not (example.classes[index] == NAVIGATION and chance.random() < drop)
    ]
