"""The labelled pages: read, parsed as the service parses them, and their gold labels laid on our blocks."""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from app import blocks, dom, metadata
from app.blocks import Page
from app.labels import CLASSES
from app.metadata import Metadata
from app.places import Places

OWN_LABELS: Final = Path(__file__).parent / "labels.jsonl.gz"
"""Labels that we added by reading pages of the corpus' pool; paths and codes only."""

MENDED: Final = Path(__file__).parent / "mended.jsonl"
"""The corpus' labels that two blind readings called otherwise without doubt: page, path, part, the label instead."""

LARGE: Final = Path(__file__).parent / "large.jsonl.gz"
"""The same for pages of (but for four) 450 blocks and more: shops, forums, lists. Not learned from: they are a test."""

OWN_BOXES: Final = Path(__file__).parent / "boxes"
"""Boxes that we wrote, by language; `boxes.py` reads them."""

INVENTED: Final = Path(__file__).parent / "invented"
"""Pages that we wrote; `invented.py` reads them."""

CLASS_OF: Final = {each: number for number, each in enumerate(CLASSES)}
NAVIGATION: Final = CLASS_OF["navigation", None]
UNKNOWN: Final = -1
OURS: Final = "invented"
"""How pages are labelled that we invented (`invented.py`): learned from, measured nowhere."""

FULL: Final = "full"
"""How a page was labelled of which every unit was shown to the reader, who was not one of ours."""

THINNED: Final = "thinned "
"""Stands before that of a page that was cut down since."""

THINNED_FULL: Final = f"{THINNED}{FULL}"

_COMPARED: Final = 60  # characters of a unit's text that must agree, white space aside


@dataclass(slots=True)
class Example:
    """A labelled page. `classes` (n,) numbers the class of each block, UNKNOWN where it has no label.

    `declared` is what its markup says of it.
    """

    id: str
    site: str
    language: str
    page_type: str | None
    url: str | None
    how: str
    page: Page
    classes: NDArray[np.int64]
    declared: Metadata = field(default_factory=Metadata)

    @property
    def full(self) -> bool:
        """Whether every unit was shown to the reader, and the reader was not one of ours: the pages to test on."""
        return self.how == FULL

    @property
    def thinned(self) -> bool:
        """Whether this is another page cut down to a few blocks (`augment.thinned`)."""
        return self.how.startswith(THINNED)


@dataclass(slots=True)
class Alignment:
    """How well the gold units with text fall into our blocks."""

    units: int = 0
    matched: int = 0


def json_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file that has one a line, gzipped or not; none where there is no such file."""
    content = path.read_bytes() if path.exists() else b""
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return [json.loads(line) for line in content.splitlines()]  # as bytes: a text may hold other ends of lines


class Corpus:
    """A corpus directory as its README describes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index: dict[str, dict[str, Any]] = {}
        with (root / "index.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                self.index[entry["id"]] = entry
        self.alignment = Alignment()

    def digest(self) -> str:
        """Return a digest of the gold labels, of ours, of our boxes and pages: what a model was trained on."""
        digest = hashlib.sha256()
        for path in sorted((self.root / "labels").glob("*.json")):
            digest.update(path.name.encode() + path.read_bytes())
        for path in (OWN_LABELS, MENDED):
            if path.exists():
                digest.update(path.read_bytes())
        for path in (*sorted(OWN_BOXES.glob("*.txt")), *sorted(INVENTED.glob("*.html"))):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def html(self, page: str) -> str:
        """Return a page of the gold or the pool."""
        for part in ("gold", "pool"):
            path = self.root / part / f"{page}.html.gz"
            if path.exists():
                return gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        raise FileNotFoundError(f"the corpus has no page {page}")

    def labels(self) -> Iterator[dict[str, Any]]:
        """Yield the label files: the corpus' own, mended, then ours (`how` is then `own`) for pages that it has."""
        mended = {(each["page"], each["path"], each["part"]): each for each in json_lines(MENDED)}
        for path in sorted((self.root / "labels").glob("*.json")):
            entry = json.loads(path.read_bytes())
            for unit in entry["units"]:
                if (instead := mended.get((entry["page"], unit["path"], unit["part"]))) is not None:
                    unit["label"], unit["kind"] = instead["label"], instead["kind"]
            yield entry
        yield from (each for each in json_lines(OWN_LABELS) if each["page"] in self.index)

    def examples(self, *, limit: int | None = None) -> list[Example]:
        """Return the labelled pages, parsed; shows progress. `limit` takes the first so many, for trying things out."""
        labels = list(self.labels())[:limit]
        return [self._example(each) for each in tqdm(labels, desc="read pages", unit="page")]

    def large(self, learned: Collection[str], *, limit: int | None = None) -> list[Example]:
        """Return the large pages that are tested on, of sites that are not among those `learned` from."""
        entries = [each for each in json_lines(LARGE) if each["page"] in self.index]
        left = [each for each in entries if self.index[each["page"]]["site"] not in learned][:limit]
        return [self._example(each) for each in tqdm(left, desc="read large pages", unit="page")]

    def _example(self, labels: dict[str, Any]) -> Example:
        entry = self.index[labels["page"]]
        tree = dom.parse(self.html(labels["page"]))
        page = blocks.split(tree, url=entry["url"])
        classes = self.lay(labels["units"], page)
        language = (entry["lang"] or "").lower().split("-")[0] or "?"
        about = entry["id"], entry["site"], language, entry["page_type"], entry["url"], labels["how"]
        return Example(*about, page, classes, metadata.read(tree, entry["url"]))

    def lay(self, units: Iterable[dict[str, Any]], page: Page) -> NDArray[np.int64]:
        """Return each block's class: units are matched by path, part and text; units without text by place."""
        at: dict[str, list[int]] = defaultdict(list)
        places = Places(page)
        for index, block in enumerate(page.blocks):
            at[places.selector(block.element)].append(index)
        classes = np.full(len(page.blocks), UNKNOWN, dtype=np.int64)
        taken: set[int] = set()
        for unit in units:
            label = CLASS_OF[unit["label"], unit["kind"]]
            here = at.get(unit["path"], [])
            text = _squeezed(unit["text"]) if unit.get("text") else ""
            if unit.get("text") is None:  # one of ours: it names the block
                found = [index for index in here if page.blocks[index].part == unit["part"]]
            elif text:
                self.alignment.units += 1
                found = [i for i in here if i not in taken and _squeezed(page.blocks[i].text).startswith(text)]
                found.sort(key=lambda index: page.blocks[index].part != unit["part"])
                self.alignment.matched += bool(found)
            else:
                found = [i for i in here if i not in taken and not page.blocks[i].text]
                found = found or _above(unit["path"], at, page)
            if found:
                taken.add(found[0])
                if text or unit.get("text") is None or classes[found[0]] == UNKNOWN:
                    classes[found[0]] = label
        return classes


def _squeezed(text: str) -> str:
    return "".join(text.split())[:_COMPARED]


def _above(path: str, at: dict[str, list[int]], page: Page) -> list[int]:
    """Return the block without text that encloses a path.

    Our empty slots are the outermost elements, the gold's the innermost.
    """
    while " > " in path:
        path = path.rpartition(" > ")[0]
        for index in at.get(path, ()):
            if not page.blocks[index].text:
                return [index]
    return []
