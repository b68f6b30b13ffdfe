"""What a page would cost the parser, told from its tags before it is parsed: a parse in C cannot be interrupted.

The HTML standard lets a few bytes cost much. Each new paragraph opens all unclosed formatting elements again, so that
80 kB of `<p><b id=1><i id=2>…` become millions of elements; a tag may look through all elements that are open; the
parser compares each attribute of a tag with those before it and finds an unknown name in ever longer lists.
"""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Final

from app.bounds import Bounds
from app.builder import Builder
from app.errors import PageTooComplex
from app.tags import FORMATTING, TELLING

# A page shorter than this cannot cost more than some milliseconds and megabytes, whatever it says.
_HARMLESS: Final = 4_000
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
_ALL_ATTRIBUTES: Final = re.compile(rf"</?[a-zA-Z][^{_S}/>]*+[{_S}/]++((?:{_ATTRIBUTE}[{_S}/]*+)++)".encode())
_START: Final = re.compile(b"<(?=/?[a-zA-Z])")
_MOST_HIDDEN: Final = 200  # tags within what looks like attributes, as scripts have them; each is looked at by itself
_FORMATTING: Final = "|".join(
    "".join(f"[{letter}{letter.upper()}]" for letter in name) for name in sorted(FORMATTING, key=len, reverse=True)
)
# A formatting element that is not closed before the next tag.
_UNCLOSED: Final = re.compile(
    rf"<(?=[bBcCeEfFiInNsStTuU])({_FORMATTING})(?=[{_S}/>])(?:{_BETWEEN}{_ATTRIBUTE})*+{_BETWEEN}/?>[^<]*+(?!</\1[{_S}/>])".encode()
)
_RAW: Final = {
    name: re.compile(rf"</{name}(?=[{_S}/>])", re.IGNORECASE)
    for name in ("style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript")
}
_SCRIPT: Final = re.compile(rf"</script(?=[{_S}/>])|<!--", re.IGNORECASE)
_ESCAPED: Final = re.compile(rf"</?script(?=[{_S}/>])|-->", re.IGNORECASE)
_ESCAPED_TWICE: Final = re.compile(rf"</script(?=[{_S}/>])|-->", re.IGNORECASE)
_TABLE: Final = re.compile(b"<[tT][aA][bB][lL][eE]")
_COPYING: Final = re.compile(b"<(?:[!?]|/[^a-zA-Z]|[iI][nN][pP][uU][tT])")
"""After these a text in a table is copied; see `_copied`."""

_FRAMESET: Final = re.compile("<[fF][rR][aA][mM][eE][sS][eE][tT]")
_CDATA: Final = "<![CDATA["


def check(data: bytes, bounds: Bounds, *, scripting: bool = True) -> None:
    """Raise PageTooComplex if parsing a page, in UTF-8, would cost more than `bounds` allow. Linear in its length.

    Without `scripting` what stands in a `<noscript>` is tags, too.
    """
    if len(data) < _HARMLESS or _ordinary(data, bounds):
        return
    html = data.decode()
    # Within a frameset nothing but framesets is seen, nor hidden by a textarea around it.
    _hold("max_depth", len(_FRAMESET.findall(html)), bounds.max_depth)
    opened = Builder()
    raw = _RAW if scripting else {name: end for name, end in _RAW.items() if name != "noscript"}
    names: set[str] = set()
    listed: set[str] = set()
    at: int | None = 0
    while at is not None:
        at = _follow(html, at, opened, names, listed, bounds, raw)
    _hold("max_names", len(names | _names(listed)), bounds.max_names)


def _ordinary(data: bytes, bounds: Bounds) -> bool:
    """Whether a page has so few tags, and so little strange in them, that it cannot come near the bounds.

    Each `<` is looked at as if a tag began there, whatever comments and scripts there are, so that none hides a tag.
    Every page comes this way: bytes, and few calls, each over the whole of it.
    """
    tags = data.count(b"<")
    if tags * tags > bounds.max_steps:
        return False
    copied = len(data) // _COPIED
    if tags * copied > bounds.max_steps:
        copies = len(_COPYING.findall(data)) if _TABLE.search(data) else 0
        if copies * copied > bounds.max_steps:
            return False
    listed = set(_ALL_ATTRIBUTES.findall(data))
    unclosed = len(_UNCLOSED.findall(data))
    everything = b"".join(listed)
    if b"<" in everything:
        starts = _hidden(data, [each for each in listed if b"<" in each])
        if starts is None:
            return False
        for start in starts:
            match = _ALL_ATTRIBUTES.match(data, start)
            if match is not None:
                listed.add(match[1])
            unclosed += _UNCLOSED.match(data, start) is not None
        everything = b"".join(listed)
    if unclosed * tags > bounds.max_reopened:
        return False
    long = [each for each in listed if len(each) > 2 * bounds.max_attributes]
    if any(_number(each.decode()) > bounds.max_attributes for each in long):
        return False
    names = len(everything) - len(everything.translate(None, _SEPARATING)) + len(listed) + tags
    return names <= bounds.max_names or len(_names(each.decode() for each in listed)) + tags <= bounds.max_names


def _hidden(data: bytes, attributes: list[bytes]) -> list[int] | None:
    """Return where tags begin within what looks like a tag's attributes; None where there are too many to follow."""
    starts: list[int] = []
    if len(attributes) > _MOST_HIDDEN // 4:  # each is sought in the whole page
        return None
    for each in attributes:
        inside = [match.start() for match in _START.finditer(each)]
        at = data.find(each) if inside else -1
        while at >= 0:
            starts += [at + start for start in inside]
            if len(starts) > _MOST_HIDDEN:
                return None
            at = data.find(each, at + 1)
    return starts


def _follow(
    html: str,
    start: int,
    opened: Builder,
    names: set[str],
    listed: set[str],
    bounds: Bounds,
    raw: Mapping[str, re.Pattern[str]],
) -> int | None:
    """Follow the tags from `start` on; return where to go on after a stretch that holds no tags, None at the end.

    `raw` are the elements that hold no tags but the one that ends them.
    """
    most_attributes, max_elements, max_depth, max_steps = (
        bounds.max_attributes,
        bounds.max_elements,
        bounds.max_depth,
        bounds.max_steps,
    )
    depth = opened.names
    for match in _TAG.finditer(html, start):
        tag, attributes, slash, comment = match.groups()
        if tag is None:
            if comment:
                opened.steps += _copied(html, match.end(), opened)
                _hold("max_steps", opened.steps, max_steps)
            elif opened.foreign and html.startswith(_CDATA, match.start()):
                end = html.find("]]>", match.start())
                return end + 3 if end >= 0 else None
            continue
        name = tag.lower() if tag.isascii() else tag
        names.add(name)
        if len(attributes) > 2 * most_attributes:
            _hold("max_attributes", _number(attributes), most_attributes)
        if attributes:
            listed.add(attributes)
        if name[0] == "/":
            opened.end(name[1:])
        else:
            told = _told(attributes) if name in TELLING and attributes else {}
            foreign = opened.foreign
            if name == "input":
                opened.steps += _copied(html, match.end(), opened)
            elif name in {"html", "body"} and not foreign:
                # They are all given to the one element.
                opened.merged += _number(attributes)
                _hold("max_attributes", opened.merged, most_attributes)
            opened.start(name, f"{name}{attributes}", told, slash == "/")
            if not foreign or not opened.foreign:
                if name == "script":
                    return _script_end(html, match.end())
                if name in raw:
                    end_tag = raw[name].search(html, match.end())
                    return end_tag.start() if end_tag else None
        if len(depth) > max_depth:
            raise PageTooComplex("max_depth", max_depth)
        if opened.started > max_elements:
            raise PageTooComplex("max_elements", max_elements)
        if opened.steps > max_steps:
            raise PageTooComplex("max_steps", max_steps)
        if opened.reopened > bounds.max_reopened:
            raise PageTooComplex("max_reopened", bounds.max_reopened)
        if len(names) > bounds.max_names:
            raise PageTooComplex("max_names", bounds.max_names)
    return None


def _copied(html: str, at: int, opened: Builder) -> int:
    """Return what the text at `at` costs, after a comment or the like.

    In a table such a text is moved out and joined to the one before, all of which is copied.
    """
    return len(html) // _COPIED if opened.in_table and html[at : at + 1].strip(" \t\n\f\r<") else 0


def _number(attributes: str) -> int:
    return len(_ATTRIBUTES.findall(attributes))


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
