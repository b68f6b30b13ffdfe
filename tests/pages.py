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
from training.invented import MARK, META

FOLDER: Final = Path(__file__).parent / "pages"
SOURCES: Final = FOLDER / "src"
TEXTS: Final = FOLDER / "text"

INVISIBLE: Final = frozenset(["head", "script", "style", "template", "noscript", "noembed", "noframes", "title"])
SHOWN: Final = frozenset(["img", "iframe", "video", "audio", "input", "canvas", "object", "embed"])
"""Elements that a reader sees without any text in them."""

_TYPE: Final = re.compile(r"[a-z][a-z0-9-]*\Z")

Block = dict[str, Any]
"""One block of the service's answer, as JSON."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The labels that a block may get; `kinds` holds (label, kind) pairs where the source names a kind."""

    labels: frozenset[str]
    kinds: frozenset[tuple[str, str]]

    @classmethod
    def parse(cls, value: str) -> "Accepted":
        """Read `content,appeal/newsletter`; `ValueError` where there is no such label or kind."""
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
        """Whether a block may carry `label`."""
        return label in self.labels

    def takes_kind(self, label: str, kind: str | None) -> bool:
        """Whether `kind` is right for `label`; true where the source leaves the kind open."""
        named = {one for of, one in self.kinds if of == label}
        return not named or kind in named

    def __str__(self) -> str:
        return ",".join(sorted(self.labels - {label for label, _ in self.kinds} | {"/".join(k) for k in self.kinds}))


@dataclass(frozen=True, slots=True)
class Expectation:
    """One element in which a reader sees something, and what its blocks may be (None: the source does not say)."""

    selector: str
    tag: str
    text: str
    accepted: Accepted | None


@dataclass(frozen=True, slots=True)
class Page:
    """A test page as it is posted, and what is expected of it.

    `marks` maps the selectors of the elements that carry `data-expect` to what they accept; `facts` are the
    expectations of the whole page and how it is posted (tests/pages/README.md lists them).
    """

    name: str
    html: str
    marks: Mapping[str, Accepted]
    facts: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """The page's bytes, in its own encoding."""
        return self.html.encode(self.facts.get("encoding", "utf-8"))

    def accepted(self, selector: str) -> Accepted | None:
        """What a block with this selector may be: the mark of the nearest ancestor-or-self."""
        while selector:
            if selector in self.marks:
                return self.marks[selector]
            selector = selector.rpartition(" > ")[0]
        return None

    def expectations(self) -> Iterator[Expectation]:
        """Every element in which a reader could see something, in document order."""
        for node, selector in walk(self.html):
            text = own_text(node)
            if text or node.tag in SHOWN:
                yield Expectation(selector, node.tag or "", text, self.accepted(selector))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text-only page and the labels it may get (without its box, less is certain than on the page)."""

    text: str
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Miss:
    """A block whose label is not accepted, or with `only_kind` just its kind."""

    got: str
    score: float
    accepted: str
    text: str
    selector: str
    only_kind: bool

    def __str__(self) -> str:
        what = "kind " if self.only_kind else ""
        return f"{what}{self.got} {self.score:.2f}, not {self.accepted}: {self.text[:70]!r} {self.selector[-70:]}"


def walk(html: str) -> Iterator[tuple[LexborNode, str]]:
    """Yield the elements that are not invisible and their selectors (DESIGN.md's form), in document order."""
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
    return " ".join(
        word
        for child in node.iter(include_text=True)
        if child.is_text_node
        for word in (child.text_content or "").split()
    )


def read(name: str, source: str) -> Page:
    """Split a source into the page that is posted and what is expected of it."""
    found = META.search(source)
    if found is None:
        raise ValueError(f"{name}: no <meta name=expect>")
    marked = META.sub("", source, count=1)
    values = ((selector, node.attributes.get("data-expect")) for node, selector in walk(marked))
    marks = {selector: Accepted.parse(value) for selector, value in values if value is not None}
    return Page(name, MARK.sub("", marked), marks, json.loads(found.group(1)))


@cache
def load() -> tuple[Page, ...]:
    """All test pages, by name; the live blog's 400 updates are made by code."""
    sources = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.html"))}
    return tuple(
        read(name, source.replace("<!-- updates -->", liveblog.updates(400))) for name, source in sources.items()
    )


@cache
def load_texts() -> Mapping[str, tuple[Line, ...]]:
    """The text-only variants, by name: each line of a file is `accepted labels<TAB>text`."""
    variants = {}
    for path in sorted(TEXTS.glob("*.tsv")):
        rows = (row.split("\t", 1) for row in path.read_text(encoding="utf-8").splitlines())
        variants[path.stem] = tuple(Line(text, Accepted.parse(labels).labels) for labels, text in rows)
    return variants


def misses(page: Page, blocks: list[Block]) -> list[Miss]:
    """Return the blocks that are labelled against the page's expectations; one without an expectation is a miss."""
    found = []
    for block in blocks:
        label, kind, accepted = block["label"], block["kind"], page.accepted(block["selector"])
        right = accepted is not None and accepted.takes(label)
        if not right or accepted is None or not accepted.takes_kind(label, kind):
            got = f"{label}/{kind}" if kind else label
            found.append(Miss(got, block["score"], str(accepted), block["text"], block["selector"], right))
    return found


def misses_in_text(lines: tuple[Line, ...], blocks: list[Block]) -> list[Miss]:
    """Return the lines whose label is not accepted; `ValueError` unless each line is a block."""
    return [
        Miss(block["label"], block["score"], ",".join(sorted(line.labels)), line.text, "", only_kind=False)
        for line, block in zip(lines, blocks, strict=True)
        if block["label"] not in line.labels
    ]


def main(names: list[str]) -> int:
    """Print what the committed model gets wrong, page by page; return 1 where a label is wrong."""
    from tests.posting import post_all  # the service is wanted here only

    answers = post_all(
        [page for page in load() if page.name.startswith(tuple(names) or "")],
        {name: lines for name, lines in load_texts().items() if name.startswith(tuple(names) or "")},
    )
    pages = {page.name: page for page in load()}
    found = {name: (blocks, misses(pages[name], blocks)) for name, blocks in answers.pages.items()}
    found |= {f"{name}, text": (b, misses_in_text(load_texts()[name], b)) for name, b in answers.texts.items()}
    for name, (blocks, bad) in found.items():
        print(f"{name}: {sum(not miss.only_kind for miss in bad)} of {len(blocks)} wrong")
        for miss in bad:
            print(f"    {miss}")
    wrong = sum(not miss.only_kind for _, bad in found.values() for miss in bad)
    print(f"{wrong} of {sum(len(blocks) for blocks, _ in found.values())} wrong, on {len(found)} pages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
