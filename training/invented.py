"""Whole pages that we invented, each block with its label: kinds of pages of which the corpus has few or none.

`training/invented/LANG_NAME.html` holds them. `data-expect="appeal/newsletter"` on an element holds for its blocks and
those below it until a descendant says otherwise; `<meta name="expect" content='{…}'>` says what the page as a whole
is: `lang`, `kind`, `gate`. Both are taken out before the page is read. No text of a real page, of the tests or of the
seed is among them; they are learned from, never tested on.
"""

import json
import re
from pathlib import Path
from typing import Final

import numpy as np

from app import blocks, dom, metadata
from training.corpus import CLASS_OF, INVENTED, OURS, Example

MARK: Final = re.compile(r'\sdata-expect="([^"]*)"')
META: Final = re.compile(r"<meta name=\"expect\" content='([^']*)'\s*/?>[ \t]*\n?")


def invented(folder: Path = INVENTED) -> list[Example]:
    """Return the pages, by name. Raises ValueError, which names the page, where a block has no label."""
    return [_read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))]


def _read(name: str, source: str) -> Example:
    found = META.search(source)
    if found is None:
        raise ValueError(f"{name}: no <meta name=expect>")
    said = json.loads(found[1])
    marked = META.sub("", source, count=1)
    tree = dom.parse(MARK.sub("", marked))
    page, told = blocks.split(tree), blocks.split(dom.parse(marked))
    classes = np.array([_class(name, told, block) for block in told.blocks], dtype=np.int64)
    if len(page.blocks) != len(classes):
        raise ValueError(f"{name}: without its labels the page has other blocks")
    return Example(f"~{name}", f"~{name}", said["lang"], said["kind"], None, OURS, page, classes, metadata.read(tree))


def _class(name: str, page: blocks.Page, block: blocks.Block) -> int:
    element, mark = block.element, None
    while element >= 0 and (mark := page.attrs[element].get("data-expect")) is None:
        element = page.parents[element]
    label, _, kind = (mark or "").partition("/")
    if (label, kind or None) not in CLASS_OF:
        raise ValueError(f"{name}: no label and kind: {mark!r} for {block.text[:60]!r}")
    return CLASS_OF[label, kind or None]
