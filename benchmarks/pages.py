"""The pages that are timed: a fixed sample of the corpus' gold pages, or our own test pages where it is absent."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OWN: Final = Path(__file__).resolve().parent.parent / "tests" / "pages"


class NoPages(Exception):
    """There is no page to time."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to time: its name, its HTML, its size in bytes of UTF-8."""

    name: str
    html: str
    size: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The pages of a run and the sentence that says which they are."""

    pages: list[Page]
    what: str


def sample(corpus: Path, count: int) -> Sample:
    """Return `count` pages: fully labelled gold pages of the corpus, or our own; `NoPages` where there is neither.

    The choice goes by the hash of the name: the same on every machine, and a smaller sample is part of the larger.
    """
    if (corpus / "gold").is_dir():
        files = [_gold_file(corpus, name) for name in _fully_labelled(corpus)]
        what = "gold pages of the corpus (`full` labels, chosen by the hash of their names)"
    else:
        files = list(OWN.rglob("*.html"))
        what = "pages of our own (tests/pages; the corpus is not on this machine)"
    if not files:
        raise NoPages(f"no pages in {corpus / 'gold'} and none in {OWN}")
    chosen = sorted(files, key=lambda file: hashlib.sha256(file.name.encode()).digest())[:count]
    return Sample([_read(file) for file in chosen], f"{len(chosen)} {what}")


def _fully_labelled(corpus: Path) -> list[str]:
    labels = (json.loads(path.read_bytes()) for path in (corpus / "labels").glob("*.json"))
    return [label["page"] for label in labels if label["how"] == "full"]


def _gold_file(corpus: Path, name: str) -> Path:
    return corpus / "gold" / f"{name}.html.gz"


def _read(file: Path) -> Page:
    raw = file.read_bytes()
    if file.suffix == ".gz":
        raw = gzip.decompress(raw)
    return Page(file.name.partition(".")[0], raw.decode("utf-8", "replace"), len(raw))
