"""Pages of cards: on a home or section page whose cards are content, a card of which nothing is so is content too.

A second list below a heading such as "More to read" looks like the teasers under an article. Here there is none. On
labelled pages 12 blocks are called otherwise by this, all of them rightly. So is the department's name right above a
card's headline: 21 blocks on four pages are, 10 on one are labelled otherwise.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from app.blocks import Page
from app.consent import Floats, Ints
from app.labels import LABELS, SPANS

_CONTENT: Final = LABELS.index("content")
_NAVIGATION: Final = LABELS.index("navigation")
_FEWEST: Final = 4  # cards of a page
_TEXTS: Final = 8  # of a card at most
_MOSTLY: Final = 0.5  # of a card's texts, and of the cards, that are content
_LIKELY: Final = 0.05  # probability of content that one text of a card has at least
_KICKER: Final = 40  # characters of a department's name above a headline
_HEADLINES: Final = frozenset({"h1", "h2", "h3", "h4"})
_FURNITURE: Final = frozenset({"aside", "header", "footer", "nav"})


def settle(chosen: Ints, classes: Floats, page: Page) -> Ints:
    """Return the labels (n,) chosen for a page's blocks, those of cards left out among content changed.

    `classes` (n, 10) are the blocks' probabilities.
    """
    if page.tags.count("article") < _FEWEST:
        return chosen
    cards = _cards(page)
    shares = [np.mean(chosen[texts] == _CONTENT) for _, texts in cards]
    if len(cards) < _FEWEST or sum(share >= _MOSTLY for share in shares) < _MOSTLY * len(cards):
        return chosen
    settled = chosen.copy()
    for blocks, texts in cards:
        likely = classes[texts, slice(*SPANS[_CONTENT])].sum(axis=1).max()
        if likely >= _LIKELY and np.all(chosen[blocks] == _NAVIGATION):
            settled[blocks] = _CONTENT
        for above, headline in pairwise(texts):
            if (
                chosen[above] == _NAVIGATION
                and settled[headline] == _CONTENT
                and page.tags[page.blocks[headline].element] in _HEADLINES
                and len(page.blocks[above].text) <= _KICKER
                and classes[above, slice(*SPANS[_CONTENT])].sum() >= _LIKELY
            ):
                settled[above] = _CONTENT
    return settled


def _cards(page: Page) -> list[tuple[list[int], list[int]]]:
    """Return each card's blocks and texts; it is a small `article` with a link. None if a page has a larger one."""
    around, barred = [-1], [False]  # each element's nearest article, and whether it stands in furniture
    for element, (tag, parent) in enumerate(zip(page.tags[1:], page.parents[1:], strict=True), 1):
        around.append(element if tag == "article" else around[parent])
        barred.append(barred[parent] or tag in _FURNITURE)
    found: dict[int, list[int]] = {}
    for at, block in enumerate(page.blocks):
        card = around[block.element]
        if card >= 0 and not barred[card]:
            found.setdefault(card, []).append(at)
    cards = []
    for blocks in found.values():
        texts = [at for at in blocks if page.blocks[at].text]
        if len(texts) > _TEXTS:
            return []
        if any(page.blocks[at].link_chars for at in texts):
            cards.append((blocks, texts))
    return cards
