"""The worst mistakes, with their markup in context. All of it is strangers' text: nothing goes into HTML unescaped."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from app.labels import LABELS
from training.evaluate import WORST

_COSTS: Final = (("content", "appeal"), ("content", "advert"), ("content", "navigation"), ("appeal", "content"))
"""Mistakes by what they cost, the dearest first; the others follow by number."""


def read(path: Path) -> list[Mapping[str, Any]] | None:
    """Return the mistakes that `make train` wrote, the surest first; None where there is no such file."""
    if not path.is_file():
        return None
    # Not splitlines(): a page's text may hold line separators of other kinds.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def fits(mistakes: Sequence[Mapping[str, Any]], confusion: Sequence[Sequence[int]]) -> bool:
    """Return whether the list can be of the model that made this confusion matrix: as many mistakes, and of its kinds.

    The file says nothing of its model, and any later training writes it anew.
    """
    left = {
        (gold, given): count
        for gold, row in zip(LABELS, confusion, strict=True)
        for given, count in zip(LABELS, row, strict=True)
    }
    wrong = sum(count for (gold, given), count in left.items() if gold != given)
    listed = Counter((each["gold"], each["given"]) for each in mistakes)
    return len(mistakes) == min(wrong, WORST) and all(count <= left.get(pair, 0) for pair, count in listed.items())


def section(mistakes: Sequence[Mapping[str, Any]] | None, path: Path) -> str:
    """Return the report's section; for None it says which command makes the file at `path`."""
    if mistakes is None:
        place = f"<code>{escape(str(path))}</code>"
        body = f"<p class=missing>There is no {place} of this model: <code>make train</code> writes it.</p>"
        return f"<section><h2>Worst mistakes</h2>{body}</section>"
    pairs: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for each in mistakes:
        pairs[each["gold"], each["given"]].append(each)
    order = sorted(pairs, key=lambda pair: (_COSTS.index(pair) if pair in _COSTS else len(_COSTS), -len(pairs[pair])))
    boxes = "".join(_pair(pair, pairs[pair], opened=number == 0) for number, pair in enumerate(order))
    note = f"The {len(mistakes):,} surest, the dearest kinds of mistake first. Page text belongs to its publishers."
    return f"<section><h2>Worst mistakes</h2><p>{note}</p>{boxes}</section>"


def _pair(pair: tuple[str, str], mistakes: Sequence[Mapping[str, Any]], *, opened: bool) -> str:
    gold, given = pair
    cases = "".join(map(_case, mistakes))
    start = "<details open>" if opened else "<details>"
    title = f"<b>{escape(gold)}</b> labelled <b>{escape(given)}</b> <small>{len(mistakes):,}</small>"
    return f"{start}<summary>{title}</summary>{cases}</details>"


def _case(found: Mapping[str, Any]) -> str:
    chances = " · ".join(f"{label} {found['probabilities'].get(label, 0.0):.3f}" for label in LABELS)
    place = escape(found["selector"] or "no element")
    return (
        f'<article><p class="text">{escape(found["text"]) or "<i>no text</i>"}</p>'
        f"<pre>{_context(found['markup'], found['text'])}</pre>"
        f"<p><small>{escape(chances)}<br>page {escape(found['page'])}{_address(found['address'])}"
        f"<br><code>{place}</code></small></p></article>"
    )


def _context(chain: Sequence[str], text: str) -> str:
    """Return the elements around a block (given innermost first) as an indented tree, outermost first."""
    tags = list(reversed(chain))
    lines = [f"{'  ' * depth}{escape(tag)}" for depth, tag in enumerate(tags)]
    if lines:
        lines[-1] = f"<mark>{lines[-1]}</mark>"
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    return "\n".join([*lines, f"{'  ' * len(tags)}{escape(shown)}"])


def _address(address: str | None) -> str:
    if not address:
        return ""
    said = escape(address)
    if not address.startswith(("https://", "http://")):  # a link of another scheme could do anything
        return f" · {said}"
    return f' · <a href="{said}" rel="noreferrer noopener">{said}</a>'
