"""The content of a page as HTML that may be shown: its own structure and links, nothing else of the page."""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any, Final

import nh3

from app.addresses import SCHEMES, followable, usable_base
from app.blocks import Block
from app.elements import EMBEDS
from app.skeleton import CELLS, Skeleton, Style, span

BARE: Final = frozenset("li dt dd td th caption figcaption figure".split())
"""Boxes in which a single run needs no paragraph."""

TAGS: Final = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption blockquote figure figcaption pre"
    " a b strong i em code kbd samp var sub sup mark del s ins u small q cite abbr ruby rt rp br img".split()
)
ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start", "reversed"},
    "code": {"class"},
}
CODE: Final = frozenset("code kbd samp".split())
_SPACE: Final = re.compile(r"\s+")
_LANGUAGE: Final = re.compile(r"(?:^|\s)(?:language|lang|highlight-source)-([A-Za-z][A-Za-z0-9+#-]{0,19})(?:\s|$)")
_LAZY: Final = ("src", "data-src", "data-original", "data-lazy-src", "srcset", "data-srcset")
_MAX_ADDRESSES: Final = 4_000_000
"""Characters of all addresses together, once absolute: a link around many paragraphs is written for each of them."""


def html(skeleton: Skeleton, base: str | None, quote: Callable[[str, bool], str] | None = None) -> str:
    """Return the runs of `skeleton` as HTML; addresses are absolute where `base` is the page's address.

    `quote(text, is_code)` is for a format that is made of this HTML and has signs of its own; it gets every text, and
    preformatted text then has no links.
    """
    usable = usable_base(base)
    return _cleaner(usable).clean(_Writer(skeleton, len(usable or ""), quote).write())


def _cleaner(base: str | None) -> nh3.Cleaner:
    def made(**more: Any) -> nh3.Cleaner:
        return nh3.Cleaner(tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), **more)

    if base is None:
        return made()
    try:
        return made(url_relative=("rewrite_with_base", base))
    except ValueError:  # an address that Python takes and the standard does not
        return made()


class _Writer:
    """Writes the runs one after the other and opens and closes boxes between them."""

    def __init__(self, skeleton: Skeleton, base: int, quote: Callable[[str, bool], str] | None) -> None:
        self.skeleton = skeleton
        self.page = skeleton.page
        self.base = base
        self.quote = quote
        self.parts: list[str] = []
        self.open: list[int] = []
        self.written: dict[int, int] = {}  # cells written of each row
        self.coded: set[int] = set()
        self.addresses = 0

    def write(self) -> str:
        skeleton = self.skeleton
        for run in skeleton.runs:
            box = skeleton.box(run)
            tag = skeleton.tags.get(box, "")
            inside = self._preformatted(run) if tag == "pre" else self._run(run)
            if not inside.strip():
                continue
            self._reach(skeleton.chain(box), run)
            wrapper = skeleton.place(run.element).wrapper
            if tag == "pre" or (wrapper == "p" and tag in BARE and skeleton.direct[box] == 1):
                self.parts.append(inside)
            else:
                self.parts.append(f"<{wrapper}>{inside}</{wrapper}>")
        self._reach([], None)
        return "".join(self.parts)

    def _reach(self, chain: Sequence[int], run: Block | None) -> None:
        """Close the boxes that end here and open those that begin."""
        common = 0
        for ours, theirs in zip(self.open, chain, strict=False):
            if ours != theirs:
                break
            common += 1
        again = common == len(chain) == len(self.open)
        while len(self.open) > common:
            self._close(self.open.pop())
        for box in chain[common:]:
            self._open(box, run)
            self.open.append(box)
        if again and chain and self.skeleton.tags[chain[-1]] == "pre":
            self.parts.append("\n")

    def _open(self, box: int, run: Block | None) -> None:
        tag = self.skeleton.tags[box]
        if tag in CELLS:
            self._empty_cells(self.page.parents[box], box)
        self.parts.append(self._start(box))
        if tag == "pre" and run is not None and (language := self._code(box, run)) is not None:
            self.coded.add(box)
            self.parts.append(f'<code class="language-{language}">' if language else "<code>")

    def _close(self, box: int) -> None:
        tag = self.skeleton.tags[box]
        if tag == "tr":
            self._empty_cells(box, None)
        elif box in self.coded:
            self.parts.append("</code>")
        self.parts.append(f"</{tag}>")

    def _empty_cells(self, row: int, until: int | None) -> None:
        """Write the row's cells without content up to the cell `until`, so that columns stay in line."""
        cells = self.skeleton.cells[row]
        at = self.written.get(row, 0)
        while at < len(cells) and cells[at] != until:
            self.parts.append(f"{self._start(cells[at])}</{self.page.tags[cells[at]]}>")
            at += 1
        self.written[row] = at + 1

    def _start(self, box: int) -> str:
        tag = self.skeleton.tags.get(box, self.page.tags[box])
        attributes = self.page.attrs[box]
        kept = ""
        if tag in CELLS:
            for name in ("colspan", "rowspan"):
                if (spanned := span(self.page, box, name)) > 1:
                    kept += f' {name}="{spanned}"'
        elif tag == "ol":
            value = attributes.get("start") or ""
            if value.isdecimal() and len(value) < 7:
                kept += f' start="{int(value)}"'
            if "reversed" in attributes:
                kept += " reversed"
        return f"<{tag}{kept}>"

    def _code(self, box: int, run: Block) -> str | None:
        """Return the language of a `pre` that holds code ("" where it is not said), None where it holds none."""
        page = self.page
        elements = [box]
        for element, _, _ in page.items[run.first : run.first + 1]:
            while element > box:
                elements.append(element)
                element = page.parents[element]
        for element in elements:
            found = _LANGUAGE.search((page.attrs[element].get("class") or "")[:200])
            if found:
                return found[1].lower()
        return "" if any(page.tags[element] == "code" for element in elements) else None

    def _preformatted(self, run: Block) -> str:
        return self._styled(run, squash=False).strip("\r\n")

    def _run(self, run: Block) -> str:
        tag = self.page.tags[run.element]
        if tag in EMBEDS and tag != "amp-img":
            return self._embed(run.element)
        return self._styled(run, squash=True).strip()

    def _styled(self, run: Block, *, squash: bool) -> str:
        """Return a run with its inline elements, without breaks at its ends."""
        out: list[str] = []
        now: Style = ()
        before = 0  # the control of the text before
        between = ""  # white space and breaks, written once it is known what follows
        for element, _, text in self.page.items[run.first : run.last]:
            if self.page.tags[element] == "br":
                between += "<br>" if squash else "\n"
                continue
            if text is None:
                inside, style = self._image(element), self.skeleton.place(self.page.parents[element]).style
            elif text.isspace():
                between += " " if squash else text
                continue
            else:
                control = self.page.controls[element]
                if squash and control and before and control != before:
                    between = between or " "  # two links side by side are two words
                before = control
                style = self.skeleton.place(element).style if squash or self.quote is None else ()
                inside = self._text(_SPACE.sub(" ", text) if squash else text, style, squash=squash)
            if inside:
                self._switch(out, now, style, between if out or not squash else "")
                now, between = style, ""
                out.append(inside)
        self._switch(out, now, ())
        return "".join(out)

    def _text(self, text: str, style: Style, *, squash: bool) -> str:
        if self.quote is not None:
            text = self.quote(text, not squash or any(tag in CODE for tag, _ in style))
        return escape(text, quote=False)

    def _switch(self, out: list[str], now: Style, style: Style, between: str = "") -> None:
        """Close the inline elements that end, write what stands between, open those that begin."""
        common = 0
        while common < min(len(now), len(style)) and now[common] == style[common]:
            common += 1
        out.extend(f"</{tag}>" for tag, _ in reversed(now[common:]))
        out.append(between)
        for tag, element in style[common:]:
            place = self._address(self.page.attrs[element].get("href")) if tag == "a" else None
            out.append(f'<a href="{place}">' if place else f"<{tag}>")

    def _image(self, element: int) -> str:
        if self.page.tags[element] not in {"img", "amp-img"}:
            return ""
        attributes = self.page.attrs[element]
        for name in _LAZY:
            value = (attributes.get(name) or "")[:3_000].strip()
            if "srcset" in name:
                value = value.split(",")[0].split(" ")[0]
            if place := self._address(value):
                return f'<img src="{place}" alt="{escape(_SPACE.sub(" ", attributes.get("alt") or ""))}">'
        return ""

    def _embed(self, element: int) -> str:
        """Return a link to what is embedded: a frame or player of somebody else's is not ours to run."""
        attributes = self.page.attrs[element]
        place = self._address(attributes.get("src") or attributes.get("data") or attributes.get("data-src"))
        return f'<a href="{place}">{"https:" * place.startswith("//")}{place}</a>' if place else ""

    def _address(self, value: str | None) -> str | None:
        place = followable(value)
        if place is None:
            return None
        self.addresses += len(place) + self.base
        return escape(place) if self.addresses <= _MAX_ADDRESSES else None
