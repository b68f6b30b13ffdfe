"""A page as parsers for feed readers hand it out: one object with the clean HTML and what the page says of itself.

The names are Mercury Parser's, which its successors and their clients share.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import orjson

from app.answers import Answer, Post

if TYPE_CHECKING:
    from app.judge import Judge
    from app.labeller import Labeller, Result

_EXCERPT: Final = 200  # characters
_RIGHT_TO_LEFT: Final = frozenset("ar arc dv fa he ku ps sd ug ur yi".split())


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was posted, and its address."""

    url: str
    html: str


@dataclass(frozen=True, slots=True)
class Extract:
    """The object; None where the page does not say. `content` is None where the page has none."""

    title: str | None
    author: str | None
    date_published: str | None
    dek: None
    lead_image_url: str | None
    content: str | None
    next_page_url: None
    url: str
    domain: str | None
    excerpt: str | None
    word_count: int
    direction: str
    total_pages: int
    rendered_pages: int


def answer(labeller: "Labeller", post: Post, read: Callable[[bytes], Page]) -> Answer:
    """Return the object for a posted page as an answer; `read` tells the page from the body."""
    start = time.perf_counter()
    page = read(post.body)
    decoded = time.perf_counter()
    result = labeller.label_html(page.html, url=page.url)
    labelled = time.perf_counter()
    body = orjson.dumps(asdict(extract(result, labeller.model.judge, page.url)))
    stages = {
        "decode": decoded - start,
        **result.timings.seconds(),
        "encode": time.perf_counter() - labelled,
    }
    return Answer(body, False, "json html", result.counts, stages)


def extract(result: "Result", estimators: "Judge | None", url: str) -> Extract:
    """Return the object for a labelled page; `estimators` are the model's for pages as a whole."""
    from app import page  # with the engine, which loads later than the server
    from app.reader import Reader

    verdict = page.judge(result, estimators)
    reader = Reader(result, url)
    text = reader.text()
    try:
        domain = urlsplit(url).hostname
    except ValueError:
        domain = None
    return Extract(
        title=verdict.title,
        author=verdict.byline,
        date_published=verdict.published,
        dek=None,
        lead_image_url=verdict.lead_image,
        content=f"<div>{html}</div>" if (html := reader.html()) else None,
        next_page_url=None,
        url=url,
        domain=domain,
        excerpt=result.source.declared.description or _cut(" ".join(text[: 4 * _EXCERPT].split())) or None,
        word_count=len(text.split()),
        direction=_direction(result),
        total_pages=1,
        rendered_pages=1,
    )


def _cut(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rpartition(" ")[0] + "…"


def _direction(result: "Result") -> str:
    """Return `rtl` or `ltr`: what the page's markup says, else what its language is written in."""
    tree = result.source.tree
    for node in (tree.root, tree.body) if tree is not None else ():
        said = (node.attributes.get("dir") or "").lower() if node is not None else ""
        if said in {"rtl", "ltr"}:
            return said
    return "rtl" if (result.language or "").partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
