"""How much text a page holds that no block has: in templates, in what is for readers without scripts, in JSON-LD."""

import re
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app import linked

_TAG: Final = re.compile(r"<[^<>]*>")
_HOLDERS: Final = "template, noembed, noframes, script"
_TEMPLATES: Final = frozenset(
    {"text/template", "text/html", "text/x-template", "text/x-handlebars-template", "text/ng-template"}
)
_TEXTS: Final = frozenset({"articleBody", "reviewBody", "text"})
"""What schema.org calls the text of a page; headlines and descriptions are seen elsewhere."""


def hidden_text_chars(tree: LexborHTMLParser, scripting: bool = True) -> int:
    """Return how many characters of text, white space squeezed, stand where no reader sees them and no block is.

    `scripting` says how the tree was parsed: without it what stands in `<noscript>` is seen.
    """
    declared = (held for each in linked.objects(tree) for name, held in each.items() if name in _TEXTS)
    texts = sum(_marked_up(held) for held in declared if isinstance(held, str))
    return texts + sum(_chars(node) for node in tree.css(f"{_HOLDERS}, noscript" if scripting else _HOLDERS))


def _chars(node: LexborNode) -> int:
    tag = node.tag
    if tag == "template":
        return _marked_up(node.html or "")  # its content is a document of its own, which only this writes out
    held = node.text() or ""
    if tag != "script":
        return _marked_up(held)
    kind = (node.attributes.get("type") or "").strip().lower()
    return _marked_up(held) if kind in _TEMPLATES else 0


def _marked_up(markup: str) -> int:
    return len(" ".join(unescape(_TAG.sub(" ", markup)).split()))
