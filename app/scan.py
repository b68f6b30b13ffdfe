"""What a page would cost the parser, told from its tags before it is parsed: a parse in C cannot be interrupted.

The HTML standard lets a few bytes cost much. Each new paragraph opens all unclosed formatting elements again, so that
80 kB of `<p><b id=1><i id=2>…` become millions of elements; a tag may look through all elements that are open; the
parser compares each attribute of a tag with those before it and finds an unknown name in ever longer lists.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from typing import Final

from app.builder import Builder
from app.elements import Bounds
from app.errors import PageTooComplex
from app.tags import FORMATTING, TELLING

# A page shorter than this cannot cost more than some milliseconds and megabytes, whatever it says.
_HARMLESS: Final = 4_000
# So many attributes for each name allowed: a page with fewer separators in all is spared the count of its names.
_SEPARATORS: Final = 3
_SEPARATING: Final = b" \t\n\f\r/\"'"

_COPIED: Final = 64  # characters copied in the time of a step

_S: Final = r" \t\n\f\r"
_NAME: Final = rf"[^{_S}/>][^{_S}/>=]*+"
_VALUE: Final = rf"\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_S}>\"'][^{_S}>]*+"
_ATTRIBUTE: Final = rf"{_NAME}(?:[{_S}]*+=[{_S}]*+(?:{_VALUE}|(?=>)))?+"
_BETWEEN: Final = rf"(?:[{_S}]|/(?!>))*+"
_TAG: Final = re.compile(
    rf"<(?:(/?[a-zA-Z][^{_S}/>]*+)((?:{_BETWEEN}{_ATTRIBUTE})*+){_BETWEEN}(/?)(?:>|\Z)"
    r"|(!--)(?:-?>|.*?(?:--!?>|\Z))|[!?/][^>]*+>?)",
    re.DOTALL,
)
_ATTRIBUTES: Final = re.compile(rf"({_NAME})(?:[{_S}]*+=[{_S}]*+({_VALUE}|(?=>)))?+")
_ALL_ATTRIBUTES: Final = re.compile(rf"<[a-zA-Z][^{_S}/>]*+((?:{_BETWEEN}{_ATTRIBUTE})++)")
_FORMATTING: Final = "|".join(
    "".join(f"[{letter}{letter.upper()}]" for letter in name) for name in sorted(FORMATTING, key=len, reverse=True)
)
_RAW: Final = {
    name: re.compile(rf"</{name}(?=[{_S}/>])", re.IGNORECASE)
    for name in ("style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript")
}
_SCRIPT: Final = re.compile(rf"</script(?=[{_S}/>])|<!--", re.IGNORECASE)
_ESCAPED: Final = re.compile(rf"</?script(?=[{_S}/>])|-->", re.IGNORECASE)
_ESCAPED_TWICE: Final = re.compile(rf"</script(?=[{_S}/>])|-->", re.IGNORECASE)
_FRAMESET: Final = re.compile("<[fF][rR][aA][mM][eE][sS][eE][tT]")
_CDATA: Final = "<![CDATA["


def check(html: str, bounds: Bounds) -> None:
    """Raise PageTooComplex if parsing `html` would cost more than `bounds` allow. Linear in the page's length."""
    if len(html) < _HARMLESS:
        return
    data = html.encode("utf-8", "surrogatepass")
    few = len(data) - len(data.translate(None, _SEPARATING)) <= _SEPARATORS * bounds.max_names
    tags = data.count(b"<")
    del data
    if _ordinary(html, tags, bounds) and (few or len(_names(_ALL_ATTRIBUTES.findall(html))) <= bounds.max_names):
        return
    # Within a frameset nothing but framesets is seen, nor hidden by a textarea around it.
    _hold("max_depth", len(_FRAMESET.findall(html)), bounds.max_depth)
    opened = Builder()
    names: set[str] = set()
    listed = None if few else set[str]()
    at: int | None = 0
    while at is not None:
        at = _follow(html, at, opened, names, listed, bounds)
    if listed is not None:
        _hold("max_names", len(names | _names(listed)), bounds.max_names)


def _ordinary(html: str, tags: int, bounds: Bounds) -> bool:
    """Whether a page is so small, for the tags that it has, that nothing in it can come near the bounds."""
    if tags * tags > bounds.max_steps or tags > bounds.max_names or tags * len(html) // _COPIED > bounds.max_steps:
        return False
    strange = _strange(bounds.max_attributes).findall(html)
    return "" not in strange and len(strange) * tags <= bounds.max_reopened


@lru_cache
def _strange(most_attributes: int) -> re.Pattern[str]:
    """Return the pattern of a formatting element that is not closed before the next tag, or of a tag with too much.

    The first says its name, the second nothing.
    """
    return re.compile(
        rf"<(?:({_FORMATTING})(?=[{_S}/>])(?:{_BETWEEN}{_ATTRIBUTE}){{0,{most_attributes}}}+{_BETWEEN}/?>[^<]*+"
        rf"(?!</\1[{_S}/>])|[a-zA-Z][^{_S}/>]*+(?:{_BETWEEN}{_ATTRIBUTE}){{{most_attributes + 1}}})"
    )


def _follow(
    html: str, start: int, opened: Builder, names: set[str], listed: set[str] | None, bounds: Bounds
) -> int | None:
    """Follow the tags from `start` on; return where to go on after a stretch that holds no tags, None at the end."""
    most_attributes, max_depth, max_steps = bounds.max_attributes, bounds.max_depth, bounds.max_steps
    depth = opened.names
    for match in _TAG.finditer(html, start):
        tag, attributes, slash, comment = match.groups()
        if tag is None:
            if comment:
                # A text after a comment in a table is moved out and joined to the one before, all of it copied.
                if opened.in_table and html[match.end() : match.end() + 1].strip(" \t\n\f\r<"):
                    opened.steps += len(html) // _COPIED
                    _hold("max_steps", opened.steps, max_steps)
            elif opened.foreign and html.startswith(_CDATA, match.start()):
                end = html.find("]]>", match.start())
                return end + 3 if end >= 0 else None
            continue
        name = tag.lower() if tag.isascii() else tag
        names.add(name)
        if len(attributes) > 2 * most_attributes:
            _hold("max_attributes", len(_ATTRIBUTES.findall(attributes)), most_attributes)
        if listed is not None and attributes:
            listed.add(attributes)
        if name[0] == "/":
            opened.end(name[1:])
        else:
            told = _told(attributes) if name in TELLING and attributes else {}
            foreign = opened.foreign
            opened.start(name, f"{name}{attributes}", told, slash == "/")
            if not foreign or not opened.foreign:
                if name == "script":
                    return _script_end(html, match.end())
                if name in _RAW:
                    end_tag = _RAW[name].search(html, match.end())
                    return end_tag.start() if end_tag else None
        if len(depth) > max_depth:
            raise PageTooComplex("max_depth", max_depth)
        if opened.steps > max_steps:
            raise PageTooComplex("max_steps", max_steps)
        if opened.reopened > bounds.max_reopened:
            raise PageTooComplex("max_reopened", bounds.max_reopened)
        if len(names) > bounds.max_names:
            raise PageTooComplex("max_names", bounds.max_names)
    return None


def _names(tags: Iterable[str]) -> set[str]:
    """Return the names of all attributes of `tags`, each given as what stands in it after the element's name."""
    return {name for attributes in set(tags) for name, _ in _ATTRIBUTES.findall(attributes)}


def _told(attributes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTES.findall(attributes):
        found.setdefault(name.lower(), unescape(value.strip("\"'")))
    return found


def _script_end(html: str, at: int) -> int | None:
    """Return where a script ends; within `<!--` a `<script>` in it takes an end tag of its own."""
    pattern = _SCRIPT
    while match := pattern.search(html, at):
        found = match[0].lower()
        at = match.end()
        if found == "<!--":
            pattern = _ESCAPED
            at -= 2  # its own dashes may end it
        elif found == "-->":
            pattern = _SCRIPT
        elif found == "<script":
            pattern = _ESCAPED_TWICE
        elif pattern is _ESCAPED_TWICE:
            pattern = _ESCAPED
        else:
            return match.start()
    return None


def _hold(what: str, number: int, limit: int) -> None:
    if number > limit:
        raise PageTooComplex(what, limit)
