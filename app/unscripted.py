"""A page read as those see it who run no scripts, where it shows hardly anything to others.

Some sites, forums above all, send their text within `<noscript>` and let scripts build the page anew. Whoever has
fetched such a page and not run it has no other text.
"""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom, scan
from app.blocks import Page
from app.bounds import Bounds

_LITTLE: Final = 500  # characters that are no page, or that are not worth reading it again
_NOSCRIPT: Final = re.compile(rb"<noscript[\s/>]", re.IGNORECASE)


def instead(
    data: bytes,
    tree: LexborHTMLParser,
    page: Page,
    bounds: Bounds = Bounds(),  # noqa: B008 (frozen)
    url: str | None = None,
) -> tuple[LexborHTMLParser, Page]:
    """Return the tree and the page of `data` as they are without scripts, if only then there is a text, else as given.

    `tree` and `page` are what a browser with scripting makes of it. Raises PageTooComplex.
    """
    shown = _characters(page)
    if shown >= _LITTLE or not _NOSCRIPT.search(data):
        return tree, page
    scan.check(data, bounds, scripting=False)
    other = dom.parse(data, scripting=False)
    read = blocks.split(other, bounds, url, scripting=False)
    return (other, read) if _characters(read) >= shown + _LITTLE else (tree, page)


def _characters(page: Page) -> int:
    return sum(len(block.text) for block in page.blocks)
