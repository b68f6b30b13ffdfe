"""What elements are called: the words in their tags, classes, ids and data attributes."""

import re
from typing import Final, cast

from app.blocks import Page
from app.vocabulary import Vocabulary

_NAME: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_LOWER_NAME: Final = re.compile(r"[a-z]{2,}")
_MAX_NAMES: Final = 24
_MAX_VALUE: Final = 200  # characters of an attribute's value that are read for names
_MAX_DATA: Final = 40  # a longer value of a data attribute is no name
_NAMED: Final = frozenset(
    "id class role aria-label itemprop itemtype name type placeholder for title rel value alt".split()
)
_DOING: Final = frozenset({"action", "aria-modal", "onclick", "contenteditable"})
_READ: Final = _NAMED | _DOING
_MAX_DONE: Final = 80  # characters of what an element does


def name_words(tag: str, attributes: dict[str, str | None]) -> list[str]:
    """Return the words in an element's tag, names and data attributes, each once, at most 24."""
    words = [f"<{tag}"]
    for name, value in attributes.items():
        if name in _NAMED:
            if value:
                words += _words(value[:_MAX_VALUE])
        elif name[:5] == "data-":
            words.append(f"@{name[5:30]}")
            if value and len(value) < _MAX_DATA:
                words += _words(value)
        elif name in _DOING:
            words.append(f"@{name}")
            words += _words((value or "")[:_MAX_DONE])
    return list(dict.fromkeys(words))[:_MAX_NAMES]


def _words(value: str) -> list[str]:
    """Return the words of a name, in lower case; most names have no other, which are found twice as fast."""
    return _LOWER_NAME.findall(value) if value.islower() else list(map(str.lower, _NAME.findall(value)))


def names(page: Page, vocabulary: Vocabulary) -> dict[int, list[int]]:
    """Return the numbers of the names of every element on a block's chain or in its run; alike ones share a list."""
    found: dict[int, list[int]] = {}
    alike: dict[tuple[str | None, ...], list[int]] = {}
    rows: dict[tuple[int, ...], list[int]] = {}
    parents, tags, attrs = page.parents, page.tags, page.attrs
    for block in page.blocks:
        for element in (block.element, *block.inner):
            while element >= 0 and element not in found:
                tag, attributes = tags[element], attrs[element]
                key = _key(tag, attributes) if attributes else (tag,)
                row = alike.get(key)
                if row is None:
                    row = _numbers(tag, attributes, vocabulary)
                    alike[key] = row = rows.setdefault(tuple(row), row)
                found[element] = row
                element = parents[element]
    return found


def _key(tag: str, attributes: dict[str, str | None]) -> tuple[str | None, ...]:
    """Return all that `name_words` reads: what a page writes of its elements it mostly writes of many."""
    key: list[str | None] = [tag]
    for name, value in attributes.items():
        if name in _READ:
            key += (name, value)
        elif name[:5] == "data-":
            key += (name, value if value and len(value) < _MAX_DATA else None)
    return tuple(key)


def _numbers(tag: str, attributes: dict[str, str | None], vocabulary: Vocabulary) -> list[int]:
    """Return the numbers of an element's `name_words`; values that were met before are not read again."""
    if vocabulary.growing:
        return vocabulary.numbers("name", name_words(tag, attributes))
    number, known = vocabulary.finder("name"), vocabulary.known_values
    numbers = [number(f"<{tag}")]
    for name, value in attributes.items():
        if name in _NAMED:
            said = value and value[:_MAX_VALUE]
        elif name[:5] == "data-":
            numbers.append(number(f"@{name[5:30]}"))
            said = value if value and len(value) < _MAX_DATA else None
        elif name in _DOING:
            numbers.append(number(f"@{name}"))
            said = value and value[:_MAX_DONE]
        else:
            continue
        if said:
            row = known.get(said)
            numbers += vocabulary.learn_value(said, _words(said)) if row is None else row
    if len(numbers) > _MAX_NAMES:
        return vocabulary.numbers("name", name_words(tag, attributes))
    distinct = dict.fromkeys(numbers)
    distinct.pop(None, None)
    return cast("list[int]", list(distinct))
