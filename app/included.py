"""What `include` adds to an answer: more of each block, the content as text, Markdown or HTML."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from app import anchors
from app.labeller import Result
from app.labels import LABELS
from app.model import Model
from app.reader import Reader
from app.reasons import reasons
from app.unseen import hidden_text_chars


@dataclass(slots=True)
class Included:
    """Members for the answer, for its `page`, and for each of its blocks (none: an empty list)."""

    answer: dict[str, Any] = field(default_factory=dict)
    page: dict[str, Any] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)


def included(model: Model, result: Result, names: Collection[str], url: str | None) -> Included:
    """Return what `names`, values of the request's `include`, add to the answer."""
    more = Included()
    reader = Reader(result, url)
    for name, made in (("text", reader.text), ("markdown", reader.markdown), ("html", reader.html)):
        if name in names:
            more.answer[name] = made()
    if "hidden_text_chars" in names:
        tree, page = result.source.tree, result.source.page
        more.page["hidden_text_chars"] = 0 if tree is None else hidden_text_chars(tree, page is None or page.scripting)
    if not {"anchors", "scores", "reasons"}.isdisjoint(names):
        more.blocks = [{} for _ in result.blocks]
    if "anchors" in names:
        quotes = anchors.quotes([block.text for block in result.blocks])
        for members, quote in zip(more.blocks, quotes, strict=True):
            members["anchor"] = quote
    if "scores" in names and (opinion := result.source.opinion) is not None:
        for members, row in zip(more.blocks, opinion.labels.tolist(), strict=True):
            members["scores"] = {label: round(score, 4) for label, score in zip(LABELS, row, strict=True)}
    if "reasons" in names:
        for members, held in zip(more.blocks, reasons(model, result), strict=True):
            members["reasons"] = held
    return more
