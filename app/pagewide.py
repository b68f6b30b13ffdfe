"""What all blocks of a page share: what its head declares of it, and what the whole is made of.

A row of teasers is the content of a section's front page and furniture below an article; a firm's "Try it free" is what
its own page is about and a plea elsewhere. Which page it is no block tells by itself. What is declared may be false: it
is learned what it is worth, in training a half of it is always left out.
"""

from typing import Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from app import markup, text
from app.context import Surroundings
from app.metadata import Metadata

Floats = NDArray[np.float32]

_TYPES: Final = {
    "article": ("newsarticle", "article", "blogposting", "reportage"),
    "product": ("product", "offer"),
    "list": ("itemlist", "collectionpage", "productgroup", "searchresults"),
    "forum": ("discussion", "qapage", "question", "forum"),
    "firm": ("organization", "localbusiness", "corporation", "ngo"),
    "recipe": ("recipe", "howto"),
    "page": ("webpage",),
}
"""Parts of the names of JSON-LD's types."""

_ADDRESS: Final = ("address", "front", "steps", "digits", "hyphens", "query")
DECLARED: Final = (
    *(f"type_{name}" for name in _TYPES), "type_any",
    "og_article", "og_website", "og_product", "og_any", "author", "date", "not_free", "free",
    *(f"address_{what}" for what in _ADDRESS),
)  # fmt: skip
"""What the markup says that the page is, and what its address looks like."""

_SUMS: Final = ("tag_h1", "tag_h2", "tag_h3", "tag_p", "tag_pre", "in_article", "in_main", "in_table", "in_form")
MADE_OF: Final = ("paragraphs", "long_paragraphs", "paragraph_chars", "longest", "links", "prices", *_SUMS)
"""How much of what the page has."""

COLUMNS: Final = (*DECLARED, *MADE_OF)

_LINKED: Final = 0.3  # of a paragraph's characters, at most
_LINK: Final = 0.8  # of a link's characters, at least
_PARAGRAPH: Final = 100  # characters
_LONG: Final = 250
_MAX_PATH: Final = 300
_NUMBERS: Final = (*text.COLUMNS, *markup.COLUMNS)
_SUMMED: Final = [_NUMBERS.index(name) for name in _SUMS]
_PRICES: Final = _NUMBERS.index("number_of_currency")


def row(declared: Metadata, numbers: Floats, around: Surroundings) -> Floats:
    """Return (len(COLUMNS),) for a page of which the blocks' `numbers` are known, (n, …)."""
    return np.array([*_declared(declared), *_made_of(numbers, around)], dtype=np.float32)


def path(address: str | None) -> str:
    """Return the path of an address, at most 300 characters; empty where there is none."""
    try:
        return urlsplit(address or "").path[:_MAX_PATH]
    except ValueError:
        return ""


def _declared(declared: Metadata) -> list[float]:
    way = path(declared.address)
    steps = way.strip("/")
    known = declared.address is not None
    types = " ".join(declared.types)
    return [
        *[float(any(part in types for part in parts)) for parts in _TYPES.values()],
        float(bool(types)),
        float(declared.og_type.startswith("article")),
        float(declared.og_type == "website"),
        float("product" in declared.og_type),
        float(bool(declared.og_type)),
        float(declared.byline is not None),
        float(declared.published is not None),
        float(declared.free is False),
        float(declared.free is True),
        float(known),
        float(known and not steps),
        float(np.log1p(steps.count("/") + bool(steps))),
        float(np.log1p(sum(map(str.isdecimal, way)))),
        float(np.log1p(way.count("-"))),
        float("?" in (declared.address or "")),
    ]


def _made_of(numbers: Floats, around: Surroundings) -> list[float]:
    if not len(numbers):
        return [0.0] * len(MADE_OF)
    chars = around.chars
    share = around.linked / np.maximum(chars, 1.0)
    paragraph = (share < _LINKED) & (chars >= _PARAGRAPH)
    counts = (
        paragraph.sum(),
        (paragraph & (chars >= _LONG)).sum(),
        chars[paragraph].sum(),
        chars.max(),
        (share > _LINK).sum(),
        np.expm1(numbers[:, _PRICES]).sum(),
        *numbers[:, _SUMMED].sum(axis=0),
    )
    found: list[float] = np.log1p(np.array(counts, dtype=np.float64)).tolist()
    return found
