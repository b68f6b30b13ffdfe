"""The elements that a parser holds open and the formatting elements that it may have to open again, by name only."""

from collections.abc import Set

from app.tags import HOST, HTML, IN_TABLE, MATH, ROUNDS, SCOPE, SPECIAL


class _Format:
    """A formatting element: its name, the tag as written, whether it is open now and whether among the active ones."""

    __slots__ = ("key", "listed", "name", "open")

    def __init__(self, name: str, key: str) -> None:
        self.name = name
        self.key = key
        self.open = self.listed = True


class Opened:
    """The open elements and the active formatting elements, as tags come.

    `names` are the open elements, outermost first; `steps` counts what the parser looks through, `started` the start
    tags, `reopened` the formatting elements that it opens again, `merged` what is given to `html` and `body`.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.steps = 0
        self.reopened = 0
        self.started = 0
        self.merged = 0
        self._spaces: list[int] = []
        self._formats: list[_Format | None] = []  # of each open element: its entry among the active ones
        self._active: list[_Format | None] = []  # None is a marker
        self._closed = False  # whether a formatting element may have to be opened again
        self._tags = 0
        self._select = 0  # at which tag the outermost select was opened

    @property
    def foreign(self) -> bool:
        """Whether the innermost element is one of SVG or MathML."""
        return bool(self._spaces) and self._spaces[-1] != HTML

    @property
    def in_table(self) -> bool:
        """Whether a text would be moved out of a table here."""
        return bool(self.names) and self.names[-1] in IN_TABLE

    def _push(self, name: str, space: int, entry: _Format | None = None) -> None:
        self.names.append(name)
        self._spaces.append(space)
        self._formats.append(entry)

    def _pop(self, at: int) -> None:
        """Close the open elements from `at` on."""
        for entry in self._formats[at:]:
            if entry is not None:
                entry.open = False
                self._closed = True
        del self.names[at:], self._spaces[at:], self._formats[at:]

    def _clear(self) -> None:
        """Forget the active formatting elements up to the last marker, and the marker."""
        while self._active:
            entry = self._active.pop()
            if entry is None:
                break
            entry.listed = False
        self._closed = True

    def _reopen(self) -> None:
        self._closed = False
        for entry in self._since_marker():
            if not entry.open:
                entry.open = True
                self.reopened += 1
                self._push(entry.name, HTML, entry)

    def _since_marker(self) -> list[_Format]:
        """Return the active formatting elements after the last marker, in their order."""
        found: list[_Format] = []
        for entry in reversed(self._active):
            if entry is None:
                break
            found.append(entry)
        self.steps += len(found)
        found.reverse()
        return found

    def _in_scope(self, wanted: Set[str], boundaries: Set[str] = frozenset()) -> int:
        """Return where the innermost of `wanted` is open with no boundary above it; -1 where none is."""
        names, spaces = self.names, self._spaces
        if wanted.isdisjoint(names):
            return -1
        for at in range(len(names) - 1, -1, -1):
            name = names[at]
            if spaces[at]:
                if self._hosts(at):
                    return -1
            elif name in wanted:
                return at
            elif name in SCOPE or name in boundaries:
                return -1
        return -1

    def _close_in_scope(self, wanted: Set[str], boundaries: Set[str] = frozenset()) -> bool:
        at = self._in_scope(wanted, boundaries)
        if at >= 0:
            self._pop(at)
        return at >= 0

    def _hosts(self, at: int) -> bool:
        """Whether an open element is one of SVG's or MathML's that bound what a tag can close."""
        return self._spaces[at] >= HOST or (self._spaces[at] == MATH and self.names[at] == "annotation-xml")

    def _special(self, at: int) -> bool:
        return self._hosts(at) if self._spaces[at] else self.names[at] in SPECIAL

    def _end_other(self, name: str) -> None:
        names = self.names
        if name not in names:
            return
        for at in range(len(names) - 1, -1, -1):
            if names[at] == name:
                self._pop(at)
                return
            if self._special(at):
                return

    def _unlist(self, entry: _Format) -> None:
        if entry.listed:
            entry.listed = False
            self._active.remove(entry)

    def _remove(self, entry: _Format) -> None:
        """Take an entry out of both lists."""
        self._unlist(entry)
        if entry.open:
            entry.open = False
            at = self._formats.index(entry)
            del self.names[at], self._spaces[at], self._formats[at]

    def _last_html(self, name: str) -> int:
        at = len(self.names) - 1
        while at >= 0 and (self.names[at] != name or self._spaces[at]):
            at -= 1
        return at

    def _start_formatting(self, name: str, key: str) -> None:
        if name == "a":
            for entry in self._since_marker():
                if entry.name == "a":
                    self._end_formatting("a")
                    self._remove(entry)
        elif name == "nobr" and self._in_scope({"nobr"}) >= 0:
            self._end_formatting("nobr")
        if self._closed:
            self._reopen()
        alike = [entry for entry in self._since_marker() if entry.key == key]
        if len(alike) >= 3:  # the standard keeps three that are alike
            self._unlist(alike[0])
        entry = _Format(name, key)
        self._active.append(entry)
        self._push(name, HTML, entry)

    def _end_formatting(self, name: str) -> None:
        """Do what the standard calls the adoption agency algorithm."""
        names, formats = self.names, self._formats
        top = formats[-1] if formats else None
        if top is not None and top.name == name and not top.listed:
            self._pop(len(names) - 1)
            return
        entry = next((entry for entry in reversed(self._since_marker()) if entry.name == name), None)
        if entry is None:
            self._end_other(name)
            return
        at = formats.index(entry)
        inner = range(at + 1, len(names))
        if any(self._hosts(number) if self._spaces[number] else names[number] in SCOPE for number in inner):
            return
        blocks = [number for number in inner if self._special(number)]
        if not blocks:
            self._unlist(entry)
            self._pop(at)
            return
        self.steps += ROUNDS * len(inner)
        self.reopened += 4 * min(len(blocks), ROUNDS)  # its own copy and at most three between, each time
        if len(blocks) < ROUNDS:
            self._remove(entry)
            return
        inside = blocks[ROUNDS - 1]
        self._push_at(inside + 1, name, entry)
        del names[at], self._spaces[at], formats[at]

    def _push_at(self, at: int, name: str, entry: _Format) -> None:
        self.names.insert(at, name)
        self._spaces.insert(at, HTML)
        self._formats.insert(at, entry)
