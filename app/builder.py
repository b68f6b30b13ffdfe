"""Follows a page's tags as a parser does, as far as they decide which elements are open, and never to fewer.

This is the tree construction of the HTML standard without the tree. Where it is not certain that a tag closes
something, nothing is closed: what it tells is an upper bound, give or take the elements that a table implies.
`tests/test_builder.py` holds it against the parser on random heaps of tags.
"""

from collections.abc import Set

from app.opened import Opened
from app.tags import (
    BREAKS_OUT,
    BUTTON,
    CELLS,
    CLOSES_P,
    DOCUMENT,
    FONT,
    FORMATTING,
    GROUPS,
    HEADINGS,
    HOST,
    HOSTED,
    HTML,
    ITEMS,
    LISTS,
    MARKED,
    MATH,
    MATH_HOST,
    MATH_HOSTS,
    ROWS,
    RUBY,
    SPECIAL,
    SVG,
    SVG_HOSTS,
    TABLE_PARTS,
    TABLE_SCOPE,
    VOID,
)


class Builder(Opened):
    """The open elements, as tags come."""

    def start(self, name: str, key: str, attributes: dict[str, str], closes_itself: bool) -> None:
        """Take a start tag: its name in lower case; for elements in `TELLING`, the tag as written and attributes."""
        names, spaces = self.names, self._spaces
        self._tags += 1
        self.started += 1
        self.steps += len(names) + 1
        if self._closed:
            self._reopen()
        if spaces and spaces[-1] and self._start_foreign(name, attributes, closes_itself):
            return
        if name in VOID or name in DOCUMENT:
            return
        if name in CLOSES_P:
            if name in ITEMS:
                self._close_item(ITEMS[name])
            if "p" in names:
                self._close_in_scope({"p"}, BUTTON)
            if name in HEADINGS and names and names[-1] in HEADINGS:
                self._pop(len(names) - 1)
        elif name in FORMATTING or name == "a":
            self._start_formatting(name, key)
            return
        elif name in TABLE_PARTS:
            if not self._takes_table_part():
                return
            self._close_table_part(CELLS if name in CELLS else ROWS if name == "tr" else GROUPS)
        elif name in {"svg", "math"}:
            if not closes_itself:
                self._push(name, SVG if name == "svg" else MATH)
            return
        elif name == "option":
            if "select" in names:
                self.steps += self._tags - self._select
            if names and names[-1] == "option":
                self._pop(len(names) - 1)
        elif name == "select":
            if self._close_in_scope({"select"}):
                return
            if "select" not in names:
                self._select = self._tags
        elif name == "button":
            self._close_in_scope({"button"})
        elif name in RUBY and names and names[-1] in RUBY and self._in_scope({"ruby"}) >= 0:
            self._pop(len(names) - 1)
        self._push(name, HTML)
        if name in MARKED:
            self._active.append(None)

    def end(self, name: str) -> None:
        """Take an end tag, its name in lower case."""
        names = self.names
        self._tags += 1
        self.steps += len(names) + 1
        if self._closed:
            self._reopen()
        if not names:
            return
        if self._spaces[-1] and self._end_foreign(name):
            return
        if name in FORMATTING or name == "a":
            self._end_formatting(name)
        elif names[-1] == name and name not in MARKED:
            self._pop(len(names) - 1)
        elif name in TABLE_PARTS or name == "table":
            self._close_table_part({name})
        elif name == "template":
            at = self._last_html(name)
            if at >= 0:
                self._pop(at)
                self._clear()
        elif name == "form":
            at = self._in_scope({name})
            if at >= 0:
                self.steps += len(names)
                del names[at], self._spaces[at], self._formats[at]
        elif name in HEADINGS:
            self._close_in_scope(HEADINGS)
        elif name in SPECIAL:
            if self._close_in_scope({name}, BUTTON if name == "p" else LISTS if name == "li" else frozenset()) and (
                name in MARKED
            ):
                self._clear()
        else:
            self._end_other(name)

    def _close_item(self, wanted: Set[str]) -> None:
        names = self.names
        if wanted.isdisjoint(names):
            return
        for at in range(len(names) - 1, -1, -1):
            name = names[at]
            if name in wanted and not self._spaces[at]:
                self._pop(at)
                return
            if self._special(at) and name not in {"address", "div", "p"}:
                return

    def _close_table_part(self, wanted: Set[str]) -> None:
        """Close the innermost part of the table at hand that is one of `wanted`."""
        names = self.names
        for at in range(len(names) - 1, -1, -1):
            name = names[at]
            if self._spaces[at]:
                continue
            if name in wanted:
                marked = not {"td", "th", "caption"}.isdisjoint(names[at:])
                self._pop(at)
                if marked:
                    self._clear()
                return
            if name in TABLE_SCOPE:
                return

    def _takes_table_part(self) -> bool:
        """Whether a cell, row or the like may stand here; elsewhere it is ignored."""
        at = self._last_html("table")
        template = self._last_html("template")
        return at > template or (template >= 0 and self.names[-1] in TABLE_PARTS | {"template"})

    def _start_foreign(self, name: str, attributes: dict[str, str], closes_itself: bool) -> bool:
        """Take a start tag within SVG or MathML; return whether that is all."""
        names, spaces = self.names, self._spaces
        space = spaces[-1]
        if space == HOST or (space == MATH_HOST and name not in {"mglyph", "malignmark"}):
            return False
        if name == "svg" and names[-1] == "annotation-xml" and space == MATH:
            return False
        if name in BREAKS_OUT or (name == "font" and not FONT.isdisjoint(attributes)):
            self._leave_foreign()
            return False
        if not closes_itself:
            if space == SVG:
                self._push(name, HOST if name in SVG_HOSTS else SVG)
            elif name == "annotation-xml" and attributes.get("encoding", "").lower() in HOSTED:
                self._push(name, HOST)
            else:
                self._push(name, MATH_HOST if name in MATH_HOSTS else MATH)
        return True

    def _end_foreign(self, name: str) -> bool:
        """Take an end tag within SVG or MathML; return whether that is all."""
        if name in {"br", "p"}:
            self._leave_foreign()
            return not self.names
        for at in range(len(self.names) - 1, -1, -1):
            if not self._spaces[at]:
                return False
            if self.names[at] == name:
                self._pop(at)
                return True
        return False

    def _leave_foreign(self) -> None:
        at = len(self.names)
        while at and self._spaces[at - 1] in {SVG, MATH}:
            at -= 1
        self._pop(at)
