"""Our own test pages: each source in `tests/pages/src` carries its expected labels, which are taken out before posting.

`data-expect="appeal/newsletter"` on an element holds for it and its descendants until one of them says otherwise;
a comma separates labels of which each is accepted. `<meta name="expect" content='{…}'>` holds what is expected of the
whole page and how it is posted. `python -m tests.pages [NAME …]` prints what the committed model gets wrong.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.labels import KINDS
from tests import liveblog

SOURCES: Final = Path(__file__).parent / "pages" / "src"
TEXTS: Final = Path(__file__).parent / "pages" / "text"

INVISIBLE: Final = frozenset("head script style template noscript noembed noframes title datalist".split())
_EXPECT: Final = re.compile(r'\sdata-expect="([^"]*)"')
_META: Final = re.compile(r"<meta name=\"expect\" content='([^']*)'\s*/?>[ \t]*\n?")
_TYPE: Final = re.compile(r"[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The labels that an element's blocks may get; `kinds` holds (label, kind) pairs, where the source names a kind."""

    labels: frozenset[str]
    kinds: frozenset[tuple[str, str]]

    @classmethod
    def parse(cls, value: str) -> "Accepted":
        """Read `content,appeal/newsletter`; `ValueError` where a label or kind does not exist."""
        labels, kinds = set(), set()
        for item in value.split(","):
            label, _, kind = item.strip().partition("/")
            if label not in KINDS or (kind and kind not in KINDS[label]):
                raise ValueError(f"no such label: {item!r}")
            labels.add(label)
            if kind:
                kinds.add((label, kind))
        return cls(frozenset(labels), frozenset(kinds))

    def takes(self, label: str) -> bool:
        """Whether a block of this element may carry `label`."""
        return label in self.labels

    def takes_kind(self, label: str, kind: str | None) -> bool:
        """Whether `kind` is right for an accepted `label`; true where the source leaves the kind open."""
        named = {k for lab, k in self.kinds if lab == label}
        return not named or kind in named

    def __str__(self) -> str:
        kinds = dict(self.kinds)
        return ",".join(f"{label}/{kinds[label]}" if label in kinds else label for label in sorted(self.labels))


@dataclass(frozen=True, slots=True)
class Expectation:
    """One element with text of its own or something embedded, and what its blocks may be (None: the source says nothing)."""

    selector: str
    tag: str
    text: str
    accepted: Accepted | None


@dataclass(frozen=True, slots=True)
class Page:
    """A test page as it is posted (`html`), and what is expected of it.

    `marks` maps the selectors of the elements that carry `data-expect` to what they accept; `facts` are the page-level
    expectations; `encoding` and `charset` say how the bytes are made and which charset the HTTP header states.
    """

    name: str
    html: str
    marks: Mapping[str, Accepted]
    facts: Mapping[str, Any]

    @property
    def encoding(self) -> str:
        return str(self.facts.get("encoding", "utf-8"))

    @property
    def charset(self) -> str | None:
        charset = self.facts.get("charset")
        return None if charset is None else str(charset)

    @property
    def body(self) -> bytes:
        """The page's bytes in its own encoding."""
        return self.html.encode(self.encoding)

    def accepted(self, selector: str) -> Accepted | None:
        """What a block with this selector may be: the mark of the nearest ancestor-or-self."""
        while selector:
            if selector in self.marks:
                return self.marks[selector]
            selector = selector.rpartition(" > ")[0]
        return None

    def expectations(self) -> Iterator[Expectation]:
        """Every element that a reader could see something of, with what is expected of it."""
        for node, selector in walk(self.html):
            text = own_text(node)
            if text or node.tag in ("img", "iframe", "video", "audio", "input"):
                yield Expectation(selector, node.tag or "", text, self.accepted(selector))


def walk(html: str) -> Iterator[tuple[LexborNode, str]]:
    """Yield the body's visible elements and their selectors (DESIGN.md's form), in document order."""
    root = LexborHTMLParser(html, scripting=True).root
    stack = [] if root is None else [(root, "html")]
    while stack:
        node, selector = stack.pop()
        yield node, selector
        children = [child for child in node.iter() if child.is_element_node]
        steps = [
            (child, f"{selector} > {child.tag if _TYPE.match(child.tag or '') else '*'}:nth-child({at})")
            for at, child in enumerate(children, 1)
            if child.tag not in INVISIBLE
        ]
        stack.extend(reversed(steps))


def own_text(node: LexborNode) -> str:
    """The text that stands in the element itself, without its descendants'."""
    texts = [child.text_content or "" for child in node.iter(include_text=True) if child.is_text_node]
    return " ".join(" ".join(texts).split())


def strip(source: str) -> str:
    """The page as posted: without marks and without the page-level expectations."""
    return _EXPECT.sub("", _META.sub("", source, count=1))


def read(name: str, source: str) -> Page:
    """Split a source into the page that is posted and what is expected of it."""
    found = _META.search(source)
    if found is None:
        raise ValueError(f"{name}: no <meta name=expect>")
    marked = _META.sub("", source, count=1)
    marks = {
        selector: Accepted.parse(value)
        for node, selector in walk(marked)
        if (value := node.attributes.get("data-expect")) is not None
    }
    return Page(name, strip(source), marks, json.loads(found.group(1)))


@cache
def load() -> tuple[Page, ...]:
    """All test pages, by name."""
    return tuple(read(path.stem, source_of(path)) for path in sorted(SOURCES.glob("*.html")))


def source_of(path: Path) -> str:
    """A source file's text; the live blog's updates are made by code, for 400 of them by hand would be no page to read."""
    return path.read_text(encoding="utf-8").replace("<!-- updates -->", liveblog.updates(400))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text-only page and the labels it may get (without its box, less is certain than on the page)."""

    text: str
    labels: frozenset[str]


@cache
def load_texts() -> Mapping[str, tuple[Line, ...]]:
    """The text-only variants, by name: each line of a file is `accepted labels<TAB>text`."""
    variants = {}
    for path in sorted(TEXTS.glob("*.tsv")):
        rows = [row.split("\t", 1) for row in path.read_text(encoding="utf-8").splitlines() if row.strip()]
        variants[path.stem] = tuple(Line(text, Accepted.parse(labels).labels) for labels, text in rows)
    return variants


@dataclass(frozen=True, slots=True)
class Miss:
    """A block whose label (or only its kind) is not accepted."""

    selector: str
    got: str
    accepted: str
    score: float
    text: str
    only_kind: bool = False


def misses(page: Page, blocks: list[dict[str, Any]]) -> list[Miss]:
    """Compare the service's blocks (as JSON) with the page's expectations; a block without one is a miss as well."""
    found = []
    for block in blocks:
        accepted = page.accepted(block["selector"])
        right = accepted is not None and accepted.takes(block["label"])
        if right and accepted is not None and accepted.takes_kind(block["label"], block["kind"]):
            continue
        got = block["label"] + (f"/{block['kind']}" if block["kind"] else "")
        found.append(Miss(block["selector"], got, str(accepted), block["score"], block["text"], right))
    return found


def main(names: list[str]) -> int:
    """Print each page's wrong blocks, as the committed model labels them; return 1 where a label is wrong."""
    from tests.client import post_page, post_text

    wrong = total = 0
    for page in load():
        if names and not any(page.name.startswith(name) for name in names):
            continue
        blocks = post_page(page)["blocks"]
        bad = misses(page, blocks)
        print(f"{page.name}: {len(blocks)} blocks, {sum(not m.only_kind for m in bad)} wrong")
        for miss in bad:
            mark = "kind " if miss.only_kind else ""
            print(f"  {mark}{miss.got} {miss.score:.2f} for {miss.accepted}  {miss.text[:70]!r}  {miss.selector[-60:]}")
        wrong += sum(not m.only_kind for m in bad)
        total += len(blocks)
    for name, lines in load_texts().items():
        if names and not any(name.startswith(start) for start in names):
            continue
        blocks = post_text("\n".join(line.text for line in lines))["blocks"]
        pairs = [(b, line) for b, line in zip(blocks, lines, strict=True) if b["label"] not in line.labels]
        print(f"{name} as text: {len(lines)} lines, {len(pairs)} wrong")
        for block, line in pairs:
            print(f"  {block['label']} {block['score']:.2f} for {','.join(sorted(line.labels))}  {line.text[:90]!r}")
        wrong += len(pairs)
        total += len(lines)
    print(f"{wrong} of {total} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
