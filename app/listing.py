"""Pages of cards: on a home or section page whose cards are content, a card of which nothing is so is content too.

A second list below a heading such as "More to read" looks like the teasers under an article. Here there is none. So is
the department's name right above a card's headline. On labelled pages 24 blocks of five pages are called otherwise by
this, all of them rightly; where fewer of the cards must be content, most of them wrongly. A headline in a card of which
half is content is content as well: four of seven.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Page
from app.labels import LABELS
from app.network import by_label

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_CONTENT: Final = LABELS.index("content")
_NAVIGATION: Final = LABELS.index("navigation")
_PLEAS: Final = (LABELS.index("appeal"), LABELS.index("advert"))
_FEWEST: Final = 4  # cards of a page
_TEXTS: Final = 8  # of a card at most
_HALF: Final = 0.5  # of a card's texts that are content where it is
_MOSTLY: Final = 0.6  # of the cards
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
    cards = [card for card in _cards(page) if not np.isin(chosen[card[1]], _PLEAS).any()]
    content = sum(np.mean(chosen[texts] == _CONTENT) >= _HALF for _, texts in cards)
    if len(cards) < _FEWEST or content <= _MOSTLY * len(cards):
        return chosen
    settled = chosen.copy()
    likely = by_label(classes)[:, _CONTENT] >= _LIKELY
    for blocks, texts in cards:
        if likely[texts].any() and np.all(chosen[blocks] == _NAVIGATION):
            settled[blocks] = _CONTENT
        if np.mean(settled[texts] == _CONTENT) >= _HALF:
            heads = [at for at in texts if page.tags[page.blocks[at].element] in _HEADLINES and likely[at]]
            settled[[at for at in heads if settled[at] == _NAVIGATION]] = _CONTENT
        for above, headline in pairwise(texts):
            if (
                chosen[above] == _NAVIGATION
                and settled[headline] == _CONTENT
                and page.tags[page.blocks[headline].element] in _HEADLINES
                and len(page.blocks[above].text) <= _KICKER
                and likely[above]
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
