"""Fill the marked places of Markdown files that scripts write: `<!-- name:start -->` … `<!-- name:end -->`."""

import re
from pathlib import Path


class MarkerMissing(Exception):
    """The text has no such marked place, or more than one."""


def fill(text: str, name: str, content: str) -> str:
    """Return `text` with `content` in the place marked `name`; `MarkerMissing` where it is not there exactly once."""
    start, end = _place(text, name)
    return f"{text[:start]}{content.strip()}\n{text[end:]}"


def filled(text: str, name: str) -> str:
    """Return what stands in the place marked `name`; `MarkerMissing` where it is not there exactly once."""
    start, end = _place(text, name)
    return text[start:end]


def fill_file(path: Path, name: str, content: str) -> None:
    """Fill the place marked `name` in the file `path`."""
    path.write_text(fill(path.read_text(encoding="utf-8"), name, content), encoding="utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _place(text: str, name: str) -> tuple[int, int]:
    pattern = rf"<!-- {re.escape(name)}:start -->\n(.*?)<!-- {re.escape(name)}:end -->"
    places = list(re.finditer(pattern, text, re.DOTALL))
    if len(places) != 1:
        raise MarkerMissing(f"there must be one place marked {name!r}")
    return places[0].span(1)
