"""The page that is labelled before the service says that it is ready."""

import math
from typing import TYPE_CHECKING, Final

from app.labels import KINDS, LABELS

if TYPE_CHECKING:
    from app.labeller import Labeller

_FERRY: Final = (
    "The old ferry between the two islands made its last crossing on Sunday evening, with some forty passengers "
    "aboard and a brass band on the quay. From next month a bridge carries the road, and the pier becomes a swimming "
    "place."
)
_CAPTAIN: Final = (
    "Captain Ilse Maren, who has steered the boat for twenty-six years, said that she would miss the fog most. The "
    "council had argued over the bridge since the winter of 1998, when ice kept the ferry in harbour for nine days."
)
STORY: Final = (_FERRY, _CAPTAIN)
PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><head><title>The last ferry</title></head><body>'
    '<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>'
    f"<main><article><h1>The last ferry</h1><p>{_FERRY}</p><p>{_CAPTAIN}</p></article></main>"
    '<footer><a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></footer></body></html>'
)


def check(labeller: "Labeller") -> str | None:
    """Label the canary page; return what is wrong with the answer, or None."""
    result = labeller.label_html(PAGE)
    for block in result.blocks:
        if block.label not in LABELS or (block.kind is not None and block.kind not in KINDS[block.label]):
            return "an unknown label"
        if not (math.isfinite(block.score) and 0 <= block.score <= 1):
            return "a score that is no probability"
    if sum(result.counts.values()) != len(result.blocks):
        return "counts that do not add up"
    if any(not any(b.text == text and b.label == "content" for b in result.blocks) for text in STORY):
        return "a paragraph of the story that is not labelled content"
    return None
