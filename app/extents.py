"""Which blocks each element holds, whole or in part: what hiding, overrides and empty overlays are told from."""

from typing import Final

from app.blocks import Page

NOTHING: Final = -1


class Extents:
    """The things to see on a page, numbered in document order, and each element's share of them.

    A thing is a text that is not blank, a medium or a slot: an item that belongs to a block. An element's things are
    consecutive, and so are a block's: `lows[e]` … `highs[e]` are an element's (`highs[e]` is `NOTHING` where it shows
    nothing), `starts[b]` … `ends[b]` a block's, `owners[t]` is the block of a thing. Linear in the page's size.
    """

    __slots__ = ("ends", "highs", "lows", "owners", "starts")

    def __init__(self, page: Page) -> None:
        count = len(page.tags)
        lows, highs = [NOTHING] * count, [NOTHING] * count
        self.lows, self.highs = lows, highs
        self.owners: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        tags, items, owners = page.tags, page.items, self.owners
        thing = 0
        for number, block in enumerate(page.blocks):
            self.starts.append(thing)
            for element, _, text in items[block.first : block.last]:
                if tags[element] == "br" if text is None else text.isspace():
                    continue
                if highs[element] == NOTHING:
                    lows[element] = thing
                highs[element] = thing
                owners.append(number)
                thing += 1
            self.ends.append(thing - 1)
        parents = page.parents
        for element in range(count - 1, 0, -1):
            high = highs[element]
            if high != NOTHING:
                parent = parents[element]
                if highs[parent] == NOTHING:
                    lows[parent], highs[parent] = lows[element], high
                else:
                    if lows[element] < lows[parent]:
                        lows[parent] = lows[element]
                    if high > highs[parent]:
                        highs[parent] = high

    def whole(self, element: int) -> range:
        """Return the blocks that an element holds whole, those that it holds a part of left out."""
        if self.highs[element] == NOTHING:
            return range(0)
        first, last = self.owners[self.lows[element]], self.owners[self.highs[element]]
        first += self.starts[first] < self.lows[element]
        last -= self.ends[last] > self.highs[element]
        return range(first, last + 1)

    def cuts(self, element: int) -> bool:
        """Whether an element holds a part of a block and not the rest of it."""
        low, high = self.lows[element], self.highs[element]
        if high == NOTHING:
            return False
        return self.starts[self.owners[low]] < low or self.ends[self.owners[high]] > high
