"""Labelling by reading: print a page's blocks for a reader, and take the reader's codes into our labels.

A reader gets one block a line and answers with runs of codes (those of the corpus' rule book), such as `0-14 N`.
"""

import argparse
import gzip
import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from app import blocks, dom
from app.blocks import Page
from app.places import Places
from training.corpus import OWN_LABELS, Corpus, json_lines
from training.train import CORPUS

CODES: Final[dict[str, tuple[str, str | None]]] = {
    "C": ("content", "main"),
    "K": ("content", "comment"),
    "N": ("navigation", None),
    "A": ("advert", None),
    "D": ("appeal", "donation"),
    "S": ("appeal", "subscription"),
    "R": ("appeal", "registration"),
    "L": ("appeal", "newsletter"),
    "B": ("appeal", "adblock"),
    "O": ("appeal", "other"),
}
_RUN: Final = re.compile(r"(\d+)(?:-(\d+))? ([CKNADSRLBO])")


def listing(page: Page) -> str:
    """Return the page's blocks for a reader: number, text or media, the chain of elements around it."""
    lines = []
    for index, block in enumerate(page.blocks):
        chain: list[str] = []
        element = block.element
        while element > 0 and len(chain) < 4:
            attributes = page.attrs[element]
            name = f"{attributes.get('id') or ''}.{attributes.get('class') or ''}".strip(".").replace("\n", " ")[:30]
            chain.append(f"{page.tags[element]}#{name}" if name else page.tags[element])
            element = page.parents[element]
        media = " ".join(page.tags[inner] for inner in block.inner[:3])
        hidden = "HIDDEN " if page.hidden[block.element] else ""
        shown = " ".join(block.text.split())[:110] or f"{{{media}}}"
        lines.append(f"{index} | {shown} | {hidden}{' < '.join(chain)}")
    return "\n".join(lines)


def read_codes(text: str, count: int) -> list[str]:
    """Return the code of each of `count` blocks. Raises ValueError where the runs do not cover them once, in order."""
    codes: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        run = _RUN.fullmatch(line.strip())
        if run is None:
            raise ValueError(f"not a run of codes: {line!r}")
        first, last = int(run[1]), int(run[2] or run[1])
        if first != len(codes) or last < first:
            raise ValueError(f"block {len(codes)} comes next, not {line!r}")
        codes += [run[3]] * (last - first + 1)
    if len(codes) != count:
        raise ValueError(f"the page has {count} blocks, the runs cover {len(codes)}")
    return codes


def units(page: Page, codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return label units as the corpus has them, without text."""
    places = Places(page)
    return [
        {"path": places.selector(block.element), "part": block.part, "label": CODES[code][0], "kind": CODES[code][1]}
        for block, code in zip(page.blocks, codes, strict=True)
    ]


def own(path: Path = OWN_LABELS) -> dict[str, dict[str, Any]]:
    """Return our labels by page."""
    return {entry["page"]: entry for entry in json_lines(path)}


def store(entries: dict[str, dict[str, Any]], path: Path = OWN_LABELS) -> None:
    """Write our labels; the same labels give the same bytes."""
    content = "".join(json.dumps(entries[page]) + "\n" for page in sorted(entries))
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", mtime=0, filename="") as packed:
        packed.write(content.encode())
    path.write_bytes(target.getvalue())


def main(arguments: Sequence[str] | None = None) -> int:
    """List a page or take codes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.annotate", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the corpus' directory (default: %(default)s)")
    parser.add_argument("--labels", type=Path, default=OWN_LABELS, help="our labels (default: %(default)s)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    show = verbs.add_parser("list", help="print a page's blocks")
    show.add_argument("page", help="the page's id in the corpus' index")
    take = verbs.add_parser("take", help="take files of codes, one a page, named <id>.txt, into our labels")
    take.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    corpus = Corpus(options.corpus)
    if options.verb == "list":
        print(listing(_page(corpus, options.page)))
        return 0
    entries = own(options.labels)
    wrong = 0
    for file in options.files:
        page = _page(corpus, file.stem)
        try:
            codes = read_codes(file.read_text(encoding="utf-8"), len(page.blocks))
        except ValueError as error:
            print(f"{file.name}: {error}", file=sys.stderr)
            wrong += 1
            continue
        entries[file.stem] = {"page": file.stem, "how": "own", "units": units(page, codes)}
    store(entries, options.labels)
    print(f"{len(options.files) - wrong} pages taken, {wrong} refused; {len(entries)} pages are ours", file=sys.stderr)
    return 1 if wrong else 0


def _page(corpus: Corpus, page: str) -> Page:
    return blocks.split(dom.parse(corpus.html(page)), url=corpus.index[page]["url"])


if __name__ == "__main__":
    sys.exit(main())
