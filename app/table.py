"""A labelled page as a table for people: a line a block, coloured by label."""

import re
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

STYLES: Final = {"content": "green", "appeal": "bold red", "advert": "magenta", "navigation": "dim"}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return a text without the characters that would steer a terminal."""
    return _CONTROL.sub("\ufffd", text)


def show(console: Console, source: str, answer: dict[str, Any]) -> None:
    """Print a page's blocks, and how many of each label it has."""
    title = Text(visible(source))
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, expand=True)
    table.add_column("label", width=10)
    table.add_column("kind", width=12)
    table.add_column("score", width=5, justify="right")
    table.add_column("text", ratio=1, no_wrap=True, overflow="ellipsis")
    for block in answer["blocks"]:
        style = STYLES[block["label"]]
        text = visible(" ".join(block["text"].split())) or f"<{block['tag']}>"
        table.add_row(
            Text(block["label"], style), Text(block["kind"] or "", style), f"{block['score']:.2f}", Text(text, style)
        )
    console.print(table)
    counts = (Text(f"{count} {label}", STYLES[label]) for label, count in answer["counts"].items())
    console.print(Text(", ").join(counts), end="\n\n")
