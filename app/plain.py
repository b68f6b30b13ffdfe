"""The content of a page as plain text: a paragraph a block, tables with tabs, preformatted text as it is."""

from collections.abc import Iterator
from itertools import groupby

from app.blocks import Block
from app.skeleton import CELLS, Skeleton


def text(skeleton: Skeleton) -> str:
    """Return the text of the skeleton's runs."""
    runs = [(skeleton.box(run), run) for run in skeleton.runs if run.text]
    paragraphs: list[str] = []
    for (what, _), group in groupby(runs, key=lambda each: _unit(skeleton, *each)):
        if what == "table":
            paragraphs.append("\n".join(_rows(skeleton, list(group))))
        elif what == "pre":
            paragraphs.append("\n".join(_raw(skeleton, run) for _, run in group))
        else:
            paragraphs.extend(run.text for _, run in group)
    return "\n\n".join(paragraphs)


def _unit(skeleton: Skeleton, box: int, run: Block) -> tuple[str, int]:
    """Return what a run is written with: the table or the preformatted text that it is a part of, or itself."""
    tag = skeleton.tags.get(box)
    if tag == "pre":
        return "pre", box
    table = skeleton.table(box) if tag != "caption" else -1
    return ("table", table) if table >= 0 else ("run", run.first)


def _raw(skeleton: Skeleton, run: Block) -> str:
    items = skeleton.page.items[run.first : run.last]
    pieces = ["\n" if skeleton.page.tags[element] == "br" else text or "" for element, _, text in items]
    return "".join(pieces).strip("\r\n")


def _rows(skeleton: Skeleton, runs: list[tuple[int, Block]]) -> Iterator[str]:
    """Yield a table's rows, cells between tabs; cells without content stay empty."""

    def cell(box: int) -> int:
        while skeleton.tags[box] not in CELLS:
            box = skeleton.outer[box]
        return box

    parents = skeleton.page.parents
    placed = [(cell(box), run) for box, run in runs]
    for row, group in groupby(placed, key=lambda each: parents[each[0]]):
        texts = dict.fromkeys(skeleton.cells[row], "")
        for at, run in group:
            texts[at] = f"{texts[at]} {' '.join(run.text.split())}".strip()
        yield "\t".join(texts.values()).rstrip("\t")
