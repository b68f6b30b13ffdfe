"""Where an element stands, in terms that a caller can use: its CSS path and the caller's own stamp."""

from collections.abc import Mapping
from typing import Final

from app.elements import Elements

_NO_STAMPS: Final[Mapping[int, str]] = {}


class Places:
    """Names a page's elements from `root` on; every step of a path is written once.

    Paths start at `html`, or at `:scope` where the root is another element: what `querySelector` is asked of.
    """

    def __init__(self, page: Elements, stamps: Mapping[int, str] = _NO_STAMPS, root: int = 0) -> None:
        self._page = page
        self._stamps = stamps
        self._paths = {0: "html", root: ":scope"} if root else {0: "html"}
        self.root = root

    def selector(self, element: int) -> str:
        """Return the CSS path of an element that is the root or stands below it; it matches exactly this element."""
        paths, parents = self._paths, self._page.parents
        missing = []
        while element not in paths:
            missing.append(element)
            element = parents[element]
        path = paths[element]
        step = self._page.step
        for below in reversed(missing):
            path = paths[below] = f"{path} > {step(below)}"
        return path

    def stamp(self, element: int) -> str | None:
        """Return the value of the attribute with which the caller has stamped an element."""
        return self._stamps.get(element)
