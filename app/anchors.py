"""Text quotes that find a block again where its selector no longer does (W3C Web Annotation, TextQuoteSelector)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

AROUND: Final = 32  # characters of prefix and suffix, as annotation tools commonly keep


@dataclass(frozen=True, slots=True)
class Quote:
    """A block's text, and what stands before and after it on the page, white space runs as one space."""

    exact: str
    prefix: str
    suffix: str


def quotes(texts: Sequence[str]) -> list[Quote | None]:
    """Return each block's quote; None for a block without text.

    The page's text, from which prefixes and suffixes come, is the blocks' texts with a space between, every run of
    white space taken as one space. A prefix ends, and a suffix begins, with that space, unless the page does there. The
    DOM may have no white space where one stands here: who looks for a quote leaves it out on both sides.
    """
    spoken = [(at, " ".join(text.split())) for at, text in enumerate(texts)]
    spoken = [(at, text) for at, text in spoken if text]
    result: list[Quote | None] = [None] * len(texts)
    before = ""
    prefixes = []
    for _, text in spoken:
        prefixes.append(before)
        before = f"{before}{text[-AROUND:]} "[-AROUND:]
    after = ""
    for (at, text), prefix in zip(reversed(spoken), reversed(prefixes), strict=True):
        result[at] = Quote(text, prefix, after)
        after = f" {text[:AROUND]}{after}"[:AROUND]
    return result
