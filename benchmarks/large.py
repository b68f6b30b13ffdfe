"""A page of ten megabytes against ten of one, put together from the bodies of real pages."""

import re
import time
from collections.abc import Sequence
from itertools import cycle
from typing import Final

from app.answers import HTML, Post, answer
from app.labeller import Labeller
from app.service import load
from app.settings import Settings
from benchmarks.pages import Page

PARTS: Final = 10
SIZE: Final = 1_000_000

_BODY: Final = re.compile(r"<body[^>]*>(.*?)(?:</body|\Z)", re.DOTALL | re.IGNORECASE)


def measure(pages: Sequence[Page], size: int) -> tuple[float, float]:
    """Return the milliseconds for one page of `PARTS` x `size` characters, and for `PARTS` pages of `size`."""
    labeller = load(Settings())
    parts = bodies(pages, size)
    labeller.label_html(_page(parts[:1]))
    small = sum(_time(labeller, _page([part])) for part in parts)
    return _time(labeller, _page(parts)), small


def bodies(pages: Sequence[Page], size: int) -> list[str]:
    """Return `PARTS` runs of whole bodies, each of at least `size` characters."""
    following = cycle(pages)
    found = []
    for _ in range(PARTS):
        part: list[str] = []
        while sum(map(len, part)) < size:
            html = next(following).html
            body = _BODY.search(html)
            # In a box of its own, though what it leaves open stays open.
            part.append(f"<div>{body[1] if body else html}</div>")
        found.append("\n".join(part))
    return found


def _page(parts: Sequence[str]) -> str:
    return f"<!DOCTYPE html><html><head><title>Large</title></head><body>{''.join(parts)}</body></html>"


def _time(labeller: Labeller, html: str) -> float:
    began = time.perf_counter()
    answer(labeller, Post(HTML, "utf-8", html.encode()))
    return (time.perf_counter() - began) * 1000
