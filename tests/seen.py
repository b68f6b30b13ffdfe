"""What a reader could see of a page, found without the engine: two walks, over Lexbor's tree and over html5lib's.

The lists are those of the HTML Standard's section on rendering (elements with `display: none`, replaced elements), of
SVG 2 (never-rendered elements, shapes) and of MathML Core. What stands in a replaced element is a fallback.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

UNRENDERED: Final = frozenset(
    "area base basefont colgroup datalist head link meta noembed noframes noscript param rp script style template"
    " title".split()
)
UNRENDERED_FOREIGN: Final = frozenset(
    "clipPath defs desc filter linearGradient marker mask metadata pattern radialGradient symbol"
    " animate animateTransform circle ellipse image line path polygon polyline rect set stop use"
    " annotation annotation-xml".split()
)
REPLACED: Final = frozenset(
    "audio canvas embed iframe object video fencedframe portal"
    " amp-ad amp-embed amp-iframe amp-img amp-video amp-youtube".split()
)
MEDIA: Final = REPLACED | {"img", "input", "picture", "textarea"}

_STEP: Final = re.compile(r"(html|\*|[a-z][a-z0-9-]*)(?::nth-child\((\d+)\))?")


@dataclass(slots=True)
class Seen:
    """A page by *places* (`/2/1`: the root's second child element's first): what is there, in document order."""

    tags: dict[str, str] = field(default_factory=dict)
    texts: list[tuple[str, str]] = field(default_factory=list)
    media: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text that a reader could see, without white space."""
        return "".join(squeezed(text) for _, text in self.texts)

    def below(self, place: str) -> str:
        """The text in an element and its descendants, without white space."""
        return "".join(squeezed(text) for at, text in self.texts if at == place or at.startswith(f"{place}/"))


def squeezed(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def place(selector: str) -> str:
    """Return the place that a selector of DESIGN.md's form names; `ValueError` for any other form."""
    at = ""
    for number, step in enumerate(selector.split(" > ")):
        found = _STEP.fullmatch(step)
        if found is None or (found[1] == "html" and found[2] is None) != (number == 0):
            raise ValueError(f"not a path of child steps: {selector}")
        if number:
            at += f"/{found[2]}"
    return at


def with_lexbor(tree: LexborHTMLParser) -> Seen:
    """Return what Lexbor's tree shows."""
    return _walk(tree.root)


def with_html5lib(soup: BeautifulSoup) -> Seen:
    """Return what html5lib's tree shows."""
    return _walk(soup.html)


def without_instructions(tree: LexborHTMLParser) -> LexborHTMLParser:
    """Return the tree without its processing instructions (`<?php …>`).

    Lexbor's CSS engine counts them where `:nth-child` counts elements, against the standard and all other engines.
    """
    if tree.root is not None:
        for node in list(tree.root.traverse(include_text=True)):
            if not (node.is_element_node or node.is_text_node or node.is_comment_node):
                node.decompose()
    return tree


def soup(html: str) -> BeautifulSoup:
    """Return html5lib's tree (scripting off), without BeautifulSoup's advice on what one may have meant to pass."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return BeautifulSoup(html, "html5lib")


def agree(one: Seen, other: Seen) -> bool:
    """Whether two parsers built the same page: the same elements at the same places, with the same text in the same.

    What stands in an element that is never rendered is left aside; so the two may differ over scripting, as long as
    `noscript` moves nothing else.
    """

    def texts(seen: Seen) -> list[tuple[str, str]]:
        return [(at, squeezed(text)) for at, text in seen.texts if not text.isspace()]

    return one.tags == other.tags and texts(one) == texts(other)


def _walk(root: LexborNode | Tag | None) -> Seen:
    seen = Seen()
    if root is None:
        return seen
    seen.tags[""] = "html"
    stack = [("", _children(root), [0], False)]
    while stack:
        at, children, count, foreign = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            continue
        tag, text, node = child
        if tag is None:
            seen.texts.append((at, text))
            continue
        count[0] += 1
        here = f"{at}/{count[0]}"
        seen.tags[here] = tag
        if tag in UNRENDERED or (foreign and tag in UNRENDERED_FOREIGN):
            continue
        if tag in MEDIA:
            seen.media.append(here)
        if tag not in REPLACED and tag != "input":  # `input` holds something in SVG only, where no browser draws it
            inside = tag in {"svg", "math"} or (foreign and tag != "foreignObject")
            stack.append((here, _children(node), [0], inside))
    return seen


def _children(node: LexborNode | Tag) -> Iterator[tuple[str | None, str, LexborNode | Tag]]:
    """Yield (tag, "", node) of the child elements and (None, text, parent) of the child texts."""
    if isinstance(node, Tag):
        for child in node.children:
            if isinstance(child, Tag):
                yield child.name, "", child
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                yield None, str(child), node
    else:
        for below in node.iter(include_text=True):
            if below.is_text_node:
                yield None, below.text_content or "", node
            elif below.is_element_node and below.tag is not None:
                yield below.tag, "", below
