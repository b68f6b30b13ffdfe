"""Boxes of web pages that we wrote: pleas, adverts, furniture, and content that looks like them, in many languages.

`training/boxes/LANG.txt` holds them: a line `= label kind`, then the box's texts, one a line after the letter of its
`PARTS`; blank lines between boxes. Those in `whole/` are told by all of it rather than by a line: pleas as long as an
essay and essays that ask for nothing, cards whose headline reads like an article's, price boxes. They are invented: no
text of a real page, of the tests or of the seed is among them. Many have a counterpart in other languages.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.corpus import CLASS_OF, OWN_BOXES

PARTS: Final = {"h": "heading", "p": "paragraph", "b": "button or link", "f": "field", "s": "small print", "l": "item"}

_WHOLE: Final = "whole"


@dataclass(frozen=True, slots=True)
class Box:
    """A box's class, its texts, each with the letter of its part, and whether each line says by itself what it is."""

    number: int
    lines: tuple[tuple[str, str], ...]
    telling: bool = True


def boxes(folder: Path = OWN_BOXES) -> dict[str, list[Box]]:
    """Return the boxes by language. Raises ValueError, which names the line, on what is none."""
    found: dict[str, list[Box]] = {}
    for path in sorted(folder.rglob("*.txt")):
        found.setdefault(path.stem, []).extend(_read(path, telling=path.parent.name != _WHOLE))
    return found


def _read(path: Path, *, telling: bool) -> list[Box]:
    found: list[Box] = []
    number, lines = -1, list[tuple[str, str]]()
    for at, line in enumerate((*path.read_text(encoding="utf-8").splitlines(), "= navigation"), 1):
        first, _, rest = line.strip().partition(" ")
        if first == "=":
            if lines:
                found.append(Box(number, tuple(lines), telling))
                lines = []
            label, _, kind = rest.strip().partition(" ")
            if (label, kind or None) not in CLASS_OF:
                raise ValueError(f"{path.name}, line {at}: no label and kind: {rest!r}")
            number = CLASS_OF[label, kind or None]
        elif first:
            if first not in PARTS or not rest or number < 0:
                raise ValueError(f"{path.name}, line {at}: a line of a box begins with one of {', '.join(PARTS)}")
            lines.append((first, " ".join(rest.split())))
    return found
