"""More pages from the labelled ones: what a reader app's extractor leaves, and text without structure.

A reader app posts what its extractor left: headings, paragraphs, lists without a class or an id, most of the furniture
gone, a plea and a label of an advert still in it. No page of the corpus looks like that, so some of them are rebuilt in
that shape, with the labels that their blocks have.
"""

import html
import random
from typing import Final

import numpy as np

from app import blocks, dom
from app.blocks import Page
from training.corpus import Example

_KEPT_TAGS: Final = frozenset("p h1 h2 h3 h4 h5 h6 li pre blockquote figcaption td dt dd".split())
_NAVIGATION: Final = 9
_BARE_SHARE: Final = 0.35
_READER_SHARE: Final = 0.6
_DROPPED: Final = 0.85


def bare(examples: list[Example], seed: int) -> list[Example]:
    """Return bare copies of a share of the pages: no names, no boxes, part of the furniture gone."""
    made = []
    for example in examples:
        chance = random.Random(f"{seed} {example.id}")  # noqa: S311 (repeatable, not secret)
        if chance.random() < _BARE_SHARE:
            copy = _bare(example, chance)
            if copy is not None:
                made.append(copy)
    return made


def reader_choice(example: Example, chance: random.Random) -> list[int]:
    """Return the blocks with text that an extractor might leave: for some pages all, for most not much furniture."""
    drop = _DROPPED if chance.random() < _READER_SHARE else 0.0
    return [
        index
        for index, block in enumerate(example.page.blocks)
        if block.text and not (example.classes[index] == _NAVIGATION and chance.random() < drop)
    ]


def _bare(example: Example, chance: random.Random) -> Example | None:
    kept = reader_choice(example, chance)
    plain = chance.random() < 0.4
    parts = []
    for index in kept:
        block = example.page.blocks[index]
        tag = example.page.tags[block.element]
        if plain or tag not in _KEPT_TAGS or tag in {"td", "dt", "dd", "li", "figcaption"}:
            tag = "p" if plain or tag != "li" else "li"
        text = html.escape(" ".join(block.text.split()))
        linked = block.link_chars > 0.6 * len(block.text)
        href = _href(example.page, block.inner) if linked else None
        parts.append(f'<{tag}><a href="{html.escape(href)}">{text}</a></{tag}>' if href else f"<{tag}>{text}</{tag}>")
    title = f"<title>{html.escape(example.page.head.title)}</title>" if chance.random() < 0.5 else ""
    page = blocks.split(dom.parse(f"{title}<body>{''.join(parts)}"), url=example.url)
    if len(page.blocks) != len(kept):
        return None  # a text that the parser reads otherwise; rare, and no loss
    return Example(
        f"{example.id}-bare",
        example.site,
        example.language,
        example.page_type,
        example.url,
        "bare",
        page,
        example.classes[np.array(kept, dtype=int)],
    )


def _href(page: Page, inner: list[int]) -> str | None:
    for start in inner:
        element = start
        while element > 0 and page.tags[element] != "a":
            element = page.parents[element]
        if page.tags[element] == "a":
            return page.attrs[element].get("href")
    return None
