"""A page's JSON-LD: the objects in its scripts, for all who read them, bounded. What is broken is passed over."""

import json
from collections.abc import Iterator
from typing import Any, Final

import orjson
from selectolax.lexbor import LexborHTMLParser

MAX_SCRIPTS: Final = 20
MAX_SCRIPT: Final = 300_000  # characters; of all scripts together, twice as many
MAX_NODES: Final = 4_000


def objects(tree: LexborHTMLParser, without: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Yield the objects of the page's JSON-LD, outer ones first; those in members named in `without` are left out."""
    level: list[Any] = []
    room = 2 * MAX_SCRIPT
    for script in tree.css('script[type*="ld+json" i]')[:MAX_SCRIPTS]:
        text = script.text() or ""
        room -= len(text)
        if len(text) <= MAX_SCRIPT and room >= 0:
            level.append(_parsed(text))
    seen = 0
    while level:
        below: list[Any] = []
        for each in level:
            seen += 1
            if seen > MAX_NODES:
                return
            if isinstance(each, dict):
                yield each
                below.extend(value for key, value in each.items() if key not in without and not isinstance(value, str))
            elif isinstance(each, list):
                below.extend(each[:MAX_NODES])
        level = below


def _parsed(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->")
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(text, strict=False)  # line breaks within strings are common
    except (ValueError, RecursionError):
        return None
