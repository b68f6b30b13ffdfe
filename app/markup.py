"""What a block's markup says: numbers about it, and the words in its addresses."""

import re
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.blocks import Block, Page
from app.elements import EMBEDS
from app.links import Links
from app.text import CURRENCY, number_of
from app.vocabulary import Vocabulary

_GROUPS: Final = {
    "p": ("p",), "li": ("li",), "div": ("div",), "section": ("section", "article", "main"),
    "cell": ("td", "th", "dd", "dt"),
    "h1": ("h1",), "h2": ("h2",), "h3": ("h3",), "h4": ("h4", "h5", "h6"), "pre": ("pre",), "quote": ("blockquote",),
    "caption": ("figcaption", "caption", "figure"), "inline": ("a", "span", "label", "button"),
    "form": ("form", "fieldset", "legend"), "embed": tuple(EMBEDS), "furniture": ("nav", "header", "footer", "aside"),
    "other": (),
}  # fmt: skip
_GROUP_OF: Final = {tag: number for number, tags in enumerate(_GROUPS.values()) for tag in tags}
_OTHER: Final = len(_GROUPS) - 1
_ANCESTORS: Final = (
    "nav", "header", "footer", "aside", "article", "main", "section", "form", "figure", "table", "li", "blockquote",
    "dialog", "h1", "h2", "a",
)  # fmt: skip
_ANCESTOR_BIT: Final = {tag: 1 << number for number, tag in enumerate(_ANCESTORS)}
_ANCESTOR_MASKS: Final = 1 << np.arange(len(_ANCESTORS))

_COUNTED: Final = (
    "emails", "passwords", "searches", "fields", "choices", "submits", "links_out", "links_mail", "images", "frames",
)  # fmt: skip
COUNTS: Final = (*_COUNTED, "currency", "in_form", "in_form_out")
"""What is counted per block, and for the boxes around it: a box with a field for an address asks for an address."""

COLUMNS: Final = (
    "link_density", "links", "links_out", "links_here", "links_mail", "sponsored", "images", "inputs", "buttons",
    "hidden", "depth", "part", "slot", "image_width", "heading_distance",
    *(f"tag_{name}" for name in _GROUPS),
    *(f"in_{name}" for name in _ANCESTORS),
    *(f"number_of_{name}" for name in COUNTS),
)  # fmt: skip
"""The numbers per block that need structure."""

_IMAGES: Final = EMBEDS | {"img", "iframe", "canvas", "picture"}
_FRAMES: Final = frozenset({"iframe", "ins", "amp-ad", "embed", "object"})
_SUBMITS: Final = frozenset({"submit", "button", "image", "reset"})
_CHOICES: Final = frozenset({"checkbox", "radio"})
_TELLING: Final = ("name", "id", "placeholder", "autocomplete", "aria-label", "class")
_EMAIL: Final = re.compile("e-?mail|courriel|correo|\\bmail")
_SEARCH: Final = re.compile("search|such|recherch|busc|cerca|zoek|query|sok|szuk|\\b[qs]\\b")
_CONTROLS: Final = frozenset({"input", "select", "textarea", "button"})
_MOST_SAID: Final = 300  # characters of a control's names that are looked at
_OUT: Final = COUNTS.index("links_out")
_OTHERS: Final = 7  # numbers that `_inner` returns beside those of _COUNTED
_NOTHING: Final = (0.0,) * (_OTHERS + len(_COUNTED))  # what `_inner` returns of a run without inline elements
_FIRST_GROUP: Final = COLUMNS.index("tag_p")
_MAX_LINKS: Final = 4


@dataclass(frozen=True, slots=True)
class Rows:
    """What markup says of n blocks: `numbers` (n, len(COLUMNS)), `counts` (n, len(COUNTS)), and per block the numbers
    of the words in its link and media addresses.
    """

    numbers: NDArray[np.float64]
    counts: NDArray[np.float32]
    words: list[list[int]]


def block_rows(page: Page, vocabulary: Vocabulary) -> Rows:
    """Return what the markup says of a page's blocks."""
    blocks, tags = page.blocks, page.tags
    count = len(blocks)
    links = Links(page.head.host, vocabulary)
    bits, anchors, forms = _above(page)
    counted, words = [], []
    for block in blocks:
        linked = block.inner or anchors[block.element] >= 0
        numbers, found = _inner(page, block, anchors, links) if linked else (_NOTHING, [])
        counted.append(numbers)
        words.append(found)
    columns = len(_NOTHING)
    inner = np.fromiter(chain.from_iterable(counted), np.float64, columns * count).reshape(count, columns)
    link, read, here, sponsored, inputs, buttons, width = inner[:, :_OTHERS].T
    counts = np.empty((count, len(COUNTS)), dtype=np.float32)
    counts[:, : len(_COUNTED)] = inner[:, _OTHERS:]
    out, mail, images = counts[:, _OUT : _OUT + 3].T
    read = np.maximum(read, 1.0)
    own = [block.element for block in blocks]
    texts = [block.text for block in blocks]
    counts[:, len(_COUNTED)] = number_of(CURRENCY, texts, "\n".join(texts))
    own_forms = [forms[element] for element in own]
    outside = {form: links.link(page.attrs[form].get("action") or "")[0] == "out" for form in set(own_forms) - {-1}}
    counts[:, -2] = [form >= 0 for form in own_forms]
    counts[:, -1] = [outside.get(form, False) for form in own_forms]
    headline = next((at for at, block in enumerate(blocks) if tags[block.element] == "h1" and block.text), 0)
    rows = np.zeros((count, len(COLUMNS)))
    rows[:, :_FIRST_GROUP] = np.array((
        np.array([block.link_chars for block in blocks]) / np.maximum(list(map(len, texts)), 1),
        np.log1p(link),
        out / read,
        here / read,
        mail > 0,
        sponsored > 0,
        np.log1p(images),
        np.log1p(inputs),
        np.log1p(buttons),
        [page.hidden[element] for element in own],
        np.log1p([page.depths[element] for element in own]),
        [block.part is not None for block in blocks],
        [block.inner[:1] == [block.element] and tags[block.element] not in EMBEDS for block in blocks],
        np.log1p(width),
        np.clip((np.arange(count) - headline) / 50, -1.0, 1.0),
    )).T  # fmt: skip
    rows[np.arange(count), [_FIRST_GROUP + _GROUP_OF.get(tags[element], _OTHER) for element in own]] = 1.0
    above = np.array([bits[element] for element in own], dtype=np.int64)
    first = _FIRST_GROUP + len(_GROUPS)
    rows[:, first : first + len(_ANCESTORS)] = (above[:, None] & _ANCESTOR_MASKS) != 0
    rows[:, first + len(_ANCESTORS) :] = np.log1p(counts)
    return Rows(rows, counts, words)


def _above(page: Page) -> tuple[list[int], list[int], list[int]]:
    """Return per element, of itself and all above it: telling tags as bits, the nearest `a` and `form` or -1."""
    tags, parents = page.tags, page.parents
    bits = [0] * len(tags)
    anchors = [-1] * len(tags)
    forms = [-1] * len(tags)
    get = _ANCESTOR_BIT.get
    for index in range(1, len(tags)):
        tag, parent = tags[index], parents[index]
        bits[index] = bits[parent] | get(tag, 0)
        anchors[index] = index if tag == "a" else anchors[parent]
        forms[index] = index if tag == "form" else forms[parent]
    return bits, anchors, forms


def _inner(page: Page, block: Block, anchors: list[int], links: Links) -> tuple[tuple[float, ...], list[int]]:
    """Return what the inline elements of a run count up to, and the numbers of the words in their addresses."""
    count = read = out = here = mail = sponsored = images = frames = inputs = buttons = 0
    width = 0.0
    controls = [0] * 6  # the first six of COUNTS
    words: list[int] = []
    tags, attrs = page.tags, page.attrs
    last = -1
    for element in block.inner or (block.element,):
        tag = tags[element]
        anchor = anchors[element]  # texts are listed with their innermost element
        # A link's texts follow each other: it is counted once.
        if anchor >= 0 and anchor != last and (address := attrs[anchor].get("href")) is not None:
            last = anchor
            count += 1
            if read < _MAX_LINKS:
                read += 1
                where, found = links.link(address)
                out += where == "out"
                here += where in {"here", "script", "none"}
                mail += where == "mail"
                words = [*words, *found] if words else found
                rel = attrs[anchor].get("rel")
                if rel and "sponsored" in rel:
                    sponsored += 1
        if tag in _IMAGES:
            images += 1
            frames += tag in _FRAMES
            attributes = attrs[element]
            given = attributes.get("width")
            if given and given.isdecimal() and len(given) < 6:
                width = max(width, float(given))
            source = attributes.get("src") or attributes.get("data-src") or ""
            if source and images <= 2:
                words = [*words, *links.source(source)]
        elif tag in _CONTROLS:
            inputs += tag != "button"
            buttons += tag == "button"
            controls[_control(tag, attrs[element])] += 1
    if len(block.inner) > 1:
        words = list(dict.fromkeys(words))
    return (count, read, here, sponsored, inputs, buttons, width, *controls, out, mail, images, frames), words


def _control(tag: str, attributes: dict[str, str | None]) -> int:
    """Return which of COUNTS a form's control is."""
    kind = (attributes.get("type") or "").lower()
    if tag == "button" or kind in _SUBMITS:
        return 5
    if kind == "password":
        return 1
    if kind in _CHOICES:
        return 4
    said = " ".join(attributes.get(name) or "" for name in _TELLING)[:_MOST_SAID].lower()
    if kind == "email" or _EMAIL.search(said):
        return 0
    return 2 if kind == "search" or _SEARCH.search(said) else 3
