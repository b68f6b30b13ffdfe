"""`python -m benchmarks.wcxb`: hold the content's text against WCXB's human-reviewed one, beside trafilatura.

Only pages of sites that the model has never seen: none of them is labelled in the corpus or in `training/`.
"""

import argparse
import gzip
import hashlib
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any, Final

import trafilatura

from app import blocks, dom
from app.labeller import Labeller
from app.model import Model
from app.reader import Reader

ROOT: Final = Path(__file__).resolve().parent.parent
LABELS: Final = ROOT / "training" / "labels.jsonl.gz"
RESULTS: Final = ROOT / "benchmarks" / "WCXB.md"
LEAST_F1: Final = 0.86
"""The bar: word F1 of the content's text, mean over pages."""

LEAST_SHOWN: Final = 0.5
"""Pages below this keep their text in `<noscript>` or in scripts: a browser shows none of it, so no block has it."""

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reference:
    """A page and what its text should be; `shown` is the share of that text's words that a browser shows in it."""

    page: str
    kind: str
    html: str
    text: str
    without: tuple[str, ...]
    shown: float


@dataclass(frozen=True, slots=True)
class Score:
    """How well a text fits its reference: word F1, precision and recall; unwanted snippets kept, of how many."""

    kind: str
    shown: float
    f1: float
    precision: float
    recall: float
    kept: int
    unwanted: int


def references(corpus: Path, labels: Path, count: int) -> list[Reference]:
    """Return `count` pages of sites without a labelled page, chosen by the hash of their names."""
    sites = {row["id"]: row["site"] for row in _rows(corpus / "index.jsonl")}
    labelled = {path.stem for path in (corpus / "labels").glob("*.json")}
    if labels.exists():
        labelled |= {row["page"] for row in _rows(labels)}
    seen = {sites[page] for page in labelled if page in sites}
    found = [
        row
        for row in _rows(corpus / "reference" / "wcxb.jsonl.gz")
        if row["main_content"] and row["id"] not in labelled and sites[row["id"]] not in seen
    ]
    found.sort(key=lambda row: hashlib.sha256(row["id"].encode()).digest())
    return [_reference(corpus, row) for row in found[:count]]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            yield row


def _reference(corpus: Path, row: dict[str, Any]) -> Reference:
    name = f"{row['id']}.html.gz"
    file = next(folder / name for folder in (corpus / "pool", corpus / "gold") if (folder / name).exists())
    html = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
    wanted = words(row["main_content"])
    visible = words(" ".join(block.text for block in blocks.split(dom.parse(html)).blocks))
    shown = (wanted & visible).total() / max(wanted.total(), 1)
    return Reference(row["id"], row["page_type"], html, row["main_content"], tuple(row["without"]), shown)


def score(reference: Reference, text: str) -> Score:
    """Return how well `text` fits: words counted as often as they occur, case and order apart."""
    wanted, found = words(reference.text), words(text)
    common = (wanted & found).total()
    precision = common / found.total() if found else 0.0
    recall = common / wanted.total() if wanted else 0.0
    f1 = 2 * common / (wanted.total() + found.total()) if wanted or found else 1.0
    squeezed = " ".join(text.split())
    kept = sum(" ".join(snippet.split()) in squeezed for snippet in reference.without)
    return Score(reference.kind, reference.shown, f1, precision, recall, kept, len(reference.without))


def words(text: str) -> Counter[str]:
    """Return the words of a text and how often each occurs."""
    return Counter(_WORD.findall(text.lower()))


def table(scores: dict[str, list[Score]]) -> str:
    """Return the figures as a Markdown table: a row a tool, then one for each kind of page."""
    lines = [
        "| tool | pages | word F1 | precision | recall | unwanted snippets kept |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(f"**{tool}**", held) for tool, held in scores.items()),
    ]
    for tool, held in scores.items():
        if visible := [one for one in held if one.shown >= LEAST_SHOWN]:
            lines.append(_row(f"{tool}, pages that show their text", visible))
    kinds = sorted({one.kind for held in scores.values() for one in held})
    for kind in kinds:
        for tool, held in scores.items():
            if alike := [one for one in held if one.kind == kind]:
                lines.append(_row(f"{tool}, {kind}", alike))
    return "\n".join(lines) + "\n"


def _row(name: str, scores: list[Score]) -> str:
    figures = (mean(getattr(one, what) for one in scores) for what in ("f1", "precision", "recall"))
    kept, unwanted = sum(one.kept for one in scores), sum(one.unwanted for one in scores)
    shown = " | ".join(f"{figure:.3f}" for figure in figures)
    return f"| {name} | {len(scores)} | {shown} | {kept} of {unwanted} ({kept / max(unwanted, 1):.1%}) |"


def begone_text(labeller: Labeller) -> Callable[[str], str]:
    """Return what gives a page's content as begone's `include=text` does."""
    return lambda html: Reader(labeller.label_html(html)).text()


def trafilatura_text(html: str) -> str:
    """Return a page's text as trafilatura gives it out of the box."""
    return trafilatura.extract(html) or ""


def main(arguments: list[str] | None = None) -> int:
    """Measure as the command line says, print and write the figures; return 1 where a bar is missed."""
    options = _parser().parse_args(arguments)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = references(options.corpus, options.labels, options.pages)
    if not pages:
        print(f"No page of {options.corpus} is of an unseen site.", file=sys.stderr)
        return 2
    models = ROOT / "models"
    model = Model.load(options.model or models / (models / "CURRENT").read_text(encoding="utf-8").strip())
    tools = {
        f"begone {model.version}": begone_text(Labeller(model)),
        f"trafilatura {version('trafilatura')}": trafilatura_text,
    }
    scores = {name: [score(page, run(page.html)) for page in pages] for name, run in tools.items()}
    report = (
        "# The content's text, held against WCXB's\n\n"
        f"{len(pages)} development pages of WCXB (CC-BY-4.0) whose sites have no labelled page, chosen by the hash of "
        "their names; mean over pages. Pages that show their text: at least half of its words are in blocks; the "
        "others (forums mostly) keep it in `<noscript>` or in scripts, where a browser shows none of it and begone "
        "reports `hidden_text_chars`. Written by `python -m benchmarks.wcxb`.\n\n" + table(scores)
    )
    options.output.write_text(report, encoding="utf-8")
    print(report)
    ours, theirs = scores.values()
    enough = mean(one.f1 for one in ours) >= LEAST_F1
    return 0 if enough and sum(one.kept for one in ours) <= sum(one.kept for one in theirs) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wcxb", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus", help="folder of the corpus")
    parser.add_argument("--labels", type=Path, default=LABELS, help="further labels that the model was trained with")
    parser.add_argument("--model", type=Path, help="folder of the model (default: the one that models/CURRENT names)")
    parser.add_argument("--pages", type=int, default=200, help="how many pages at most (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where to write (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
