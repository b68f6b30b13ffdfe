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
_MAX_DONE: Final = 80  # characters of what an element does
_MAX_MARK: Final = 25
_CLASS: Final = "class"


def name_words(tag: str, attributes: dict[str, str | None]) -> list[str]:
    """Return the words in an element's tag, names and data attributes, each once, at most 24."""
    return _in_words(_read(tag, attributes))


def _read(tag: str, attributes: dict[str, str | None]) -> tuple[str, ...]:
    """Return all that is read of an element: its tag, then pairs of a name and a value.

    The name is that of an attribute whose name counts, or `class`, or nothing.
    """
    read = [tag]
    for name, value in attributes.items():
        if name in _NAMED:
            if value:
                read += (_CLASS if name == _CLASS else "", value[:_MAX_VALUE])
        elif name[:5] == "data-":
            read += (name, value if value and len(value) < _MAX_DATA else "")
        elif name in _DOING:
            read += (name, value[:_MAX_DONE] if value else "")
    return tuple(read)


def _mark(name: str) -> str:
    """Return the word that stands for an attribute's name."""
    return f"@{name.removeprefix('data-')[:_MAX_MARK]}"


def _in_words(read: tuple[str, ...]) -> list[str]:
    words = [f"<{read[0]}"]
    for name, value in zip(read[1::2], read[2::2], strict=True):
        if name and name != _CLASS:
            words.append(_mark(name))
        words += _words(value)
    return list(dict.fromkeys(words))[:_MAX_NAMES]


def _words(value: str) -> list[str]:
    """Return the words of a name, in lower case; most names have no other, which are found twice as fast."""
    return _LOWER_NAME.findall(value) if value.islower() else list(map(str.lower, _NAME.findall(value)))


def names(page: Page, vocabulary: Vocabulary) -> dict[int, list[int]]:
    """Return the numbers of the names of every element on a block's chain or in its run; alike ones share a list."""
    found: dict[int, list[int]] = {}
    alike: dict[tuple[str, ...], list[int]] = {}  # what a page writes of its elements it mostly writes of many
    parents, tags, attrs = page.parents, page.tags, page.attrs
    for block in page.blocks:
        for element in (block.element, *block.inner):
            while element >= 0 and element not in found:
                tag, attributes = tags[element], attrs[element]
                if not attributes:
                    read: tuple[str, ...] = (tag,)
                elif len(attributes) == 1 and (classes := attributes.get(_CLASS)):  # more than half of all have no more
                    read = tag, _CLASS, classes[:_MAX_VALUE]
                else:
                    read = _read(tag, attributes)
                row = alike.get(read)
                if row is None:
                    row = alike[read] = _numbers(read, vocabulary)
                found[element] = row
                element = parents[element]
    return found


def _numbers(read: tuple[str, ...], vocabulary: Vocabulary) -> list[int]:
    """Return the numbers of an element's names; classes that were met before are not read again."""
    if vocabulary.growing:
        return vocabulary.numbers("name", _in_words(read))
    number, known = vocabulary.finder("name"), vocabulary.known_classes
    tag = number(f"<{read[0]}")
    if len(read) == 1:
        return [] if tag is None else [tag]
    numbers, many = [tag], 1
    for at in range(1, len(read), 2):
        name, value = read[at], read[at + 1]
        if name == _CLASS:
            words, row = known.get(value) or vocabulary.learn_classes(value, _words(value))
            if len(read) == 3 and words < _MAX_NAMES:
                return row if tag is None else [tag, *row]
            many += words
            numbers += row
            continue
        if name:
            numbers.append(number(_mark(name)))
        own = _words(value)
        many += len(own) + 1
        numbers += map(number, own)
    if many > _MAX_NAMES:
        return vocabulary.numbers("name", _in_words(read))
    distinct = dict.fromkeys(numbers)
    distinct.pop(None, None)
    return cast("list[int]", list(distinct))
