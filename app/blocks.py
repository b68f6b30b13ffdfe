"""The blocks of a page: the smallest things that a label can stick to, with the elements around them."""

from dataclasses import dataclass, field, fields
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from app import head
from app.bounds import Bounds
from app.elements import INLINE_MEDIA, Elements, walk
from app.errors import PageTooComplex
from app.head import Head

_CONTROLS: Final = frozenset({"a", "button", "option"})


@dataclass(slots=True)
class Block:
    """One run of inline content, or one embedded element; numbers are indices into the page's lists of elements."""

    element: int
    part: int | None = None
    text: str = ""
    link_chars: int = 0
    inner: list[int] = field(default_factory=list)  # inline elements of the run (links, media, buttons …), in order
    first: int = 0  # the run's items are page.items[first:last]
    last: int = 0


@dataclass(slots=True)
class Page(Elements):
    """A parsed page: its elements, its blocks, and what its head says of it."""

    blocks: list[Block] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    controls: list[int] = field(default_factory=list)
    """The link, button or option that an element stands in, or 0."""
    scripting: bool = True
    """Whether it was read as by those who run its scripts."""


def split(
    tree: LexborHTMLParser,
    bounds: Bounds = Bounds(),  # noqa: B008 (frozen)
    url: str | None = None,
    *,
    scripting: bool = True,
) -> Page:
    """Return the page's elements and blocks, in document order; `url` is the caller's word on its address.

    `scripting` says how `tree` was parsed; without it a reader sees what stands in `<noscript>`.

    Two linear passes without recursion: the first lists elements and items (`elements.walk`), the second joins items to
    runs. A run ends where a container begins or ends, and at two `<br>` in a row.

    Raises `PageTooComplex` beyond `bounds`.
    """
    seen = walk(tree, bounds, scripting=scripting)
    lists = {each.name: getattr(seen, each.name) for each in fields(Elements)}
    page = Page(**lists, head=head.read(tree, url), scripting=scripting)
    _join(page, bounds)
    return page


def _join(page: Page, bounds: Bounds) -> None:
    """Join the page's items to runs, its blocks."""
    tags, containers, depths = page.tags, page.containers, page.depths
    count = len(tags)
    # The container that each element's content belongs to, and how many containers open up to each element.
    owner = list(range(count))
    opened = [1] * count
    has_child = bytearray(count)
    linked = bytearray(count)
    controls = page.controls = [0] * count
    number = 0
    for index, (parent, tag, opens) in enumerate(zip(page.parents, tags, containers, strict=True)):
        number += opens
        opened[index] = number
        if not index:
            continue
        if linked[parent] or (tag == "a" and "href" in page.attrs[index]):
            linked[index] = 1
        controls[index] = index if tag in _CONTROLS else controls[parent]
        if opens:
            has_child[owner[parent]] = 1
        else:
            owner[index] = owner[parent]
    blocks = page.blocks
    runs = [0] * count
    steps = 0
    current = seen = -1
    before = first = 0
    pieces: list[str] = []
    inner: list[int] = []
    link_chars = 0
    filled = breaks = False  # whether the run has more than white space; whether a line break is the last of it

    def close(at: int) -> None:
        """End the run before the item `at`; if there is something in it to see, it is a block."""
        nonlocal steps, link_chars, filled, first, inner
        if filled:
            text = "".join(pieces)
            text = text.strip() if tags[current] == "pre" else " ".join(text.split())
            if len(blocks) >= bounds.max_blocks:
                raise PageTooComplex("max_blocks", bounds.max_blocks)
            steps += depths[current]
            if steps > bounds.max_path_steps:
                raise PageTooComplex("max_path_steps", bounds.max_path_steps)
            blocks.append(Block(current, runs[current], text, min(link_chars, len(text)), inner, first, at))
            runs[current] += 1
            inner = []
            link_chars = 0
            filled = False
        first = at
        pieces.clear()

    for at, (element, elements, text) in enumerate(page.items):
        container = owner[element]
        now = opened[elements - 1]
        if container != current or now != seen:
            if filled:
                close(at)
            else:
                first = at
                pieces.clear()
            current, seen, breaks = container, now, False
        if text is None:
            if tags[element] == "br":
                if breaks:
                    close(at)
                pieces.append("\n")
                breaks = True
                continue
            filled = True
            breaks = False
            inner.append(element)
        elif text.isspace():
            pieces.append(text)
        else:
            control = controls[element]
            if control != before:
                if control and before and pieces and tags[container] != "pre":
                    pieces.append(" ")  # two links side by side are two words, whatever stands between them
                before = control
            pieces.append(text)
            filled = True
            breaks = False
            # A medium around text (picture, textarea) is listed already, where it began.
            if element != container and inner[-1:] != [element] and tags[element] not in INLINE_MEDIA:
                inner.append(element)
            if linked[element]:
                link_chars += len(text)
    close(len(page.items))
    for block in blocks:
        if runs[block.element] == 1 and not has_child[block.element]:
            block.part = None
