"""The caller's own marks on a page's elements: an attribute whose value comes back as the element's id."""

import re
from collections import Counter, defaultdict
from typing import Final

from app.blocks import Page
from app.errors import DuplicateStamp
from app.tags import FORMATTING

_COPIED: Final = FORMATTING | {"a"}
"""Formatting elements: a parser opens a second one where a box cut the first in two, with the same attributes."""


def take(page: Page, attribute: str, html: str) -> dict[int, str]:
    """Return each element's stamp: its value of `attribute` (in lower case), unless empty.

    Raises DuplicateStamp where two elements carry the same one. Copies that the parser itself made of a formatting
    element are no mistake of the caller's; but the stamp then names an element of which each copy is a part only, so
    that none of them keeps it.

    A `data-` attribute is taken off the page, so that no stamp has a say in the labels. `html` is the page as posted.
    """
    stamps = {}
    holders: dict[str, list[int]] = defaultdict(list)
    for element, attributes in enumerate(page.attrs):
        value = attributes.get(attribute)
        if value:
            stamps[element] = value
            holders[value].append(element)
    shared = {value: elements for value, elements in holders.items() if len(elements) > 1}
    if shared:
        written = _written(attribute, html)
        wrong = sum(written[value] > 1 or not _copies(page, elements) for value, elements in shared.items())
        if wrong:
            raise DuplicateStamp(wrong)
        for elements in shared.values():
            for element in elements:
                del stamps[element]
    if attribute.startswith("data-"):
        for attributes in page.attrs:
            attributes.pop(attribute, None)
    return stamps


def _copies(page: Page, elements: list[int]) -> bool:
    """Whether elements are alike as a parser's copies of a formatting element are."""
    first = elements[0]
    return page.tags[first] in _COPIED and all(
        page.tags[other] == page.tags[first] and page.attrs[other] == page.attrs[first] for other in elements[1:]
    )


def _written(attribute: str, html: str) -> Counter[str]:
    """Return how often the page's source gives each value to the attribute."""
    pattern = rf"""[\s"'/]{re.escape(attribute)}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
    return Counter(match[match.lastindex or 0] for match in re.finditer(pattern, html, re.IGNORECASE))
