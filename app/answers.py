"""From a posted body to the bytes of its answer: what runs on the labelling thread."""

import gzip
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from app import dom
from app.schemas import LabelRequest

if TYPE_CHECKING:
    from app.labeller import Labeller, Result

JSON: Final = "application/json"
HTML: Final = "text/html"
TEXT: Final = "text/plain"
MEDIA_TYPES: Final = (JSON, HTML, TEXT)

# Measured on an answer of 70 kB (200 blocks): level 1 takes 0.9 ms and gives 21.5 kB, level 6 2.0 ms and 19.7 kB.
_GZIP_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Post:
    """A posted body, inflated, and what its headers say of it. `gzip_from` is None where the client takes no gzip.

    `include` is what the query asks for.
    """

    media_type: str
    charset: str | None
    body: bytes
    gzip_from: int | None = None
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer ready to be sent, and what may be told of it in logs and metrics."""

    body: bytes
    gzipped: bool
    input: str
    counts: dict[str, int]
    stages: dict[str, float]


def answer(labeller: "Labeller", post: Post) -> Answer:
    """Label what was posted. Raises MalformedJson, InvalidRequest and the engine's errors."""
    start = time.perf_counter()
    asked = _read(labeller, post)
    decoded = time.perf_counter()
    result = asked.label()
    labelled = time.perf_counter()
    body = _document(labeller, result, asked)
    gzipped = post.gzip_from is not None and len(body) >= post.gzip_from
    if gzipped:
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
    stages = {
        "decode": decoded - start,
        "parse": result.timings.parse / 1000,
        "features": result.timings.features / 1000,
        "predict": result.timings.predict / 1000,
        "encode": time.perf_counter() - labelled,
    }
    return Answer(body, gzipped, asked.kind, result.counts, stages)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: the kind of input, the call that labels it, what the answer is to hold, the caller's words."""

    kind: str
    label: Callable[[], "Result"]
    include: tuple[str, ...]
    language: str | None = None
    url: str | None = None


def _read(labeller: "Labeller", post: Post) -> _Asked:
    if post.media_type == TEXT:
        text = _text(post.body, post.charset)
        return _Asked("text/plain", lambda: labeller.label_text(text), post.include)
    if post.media_type == HTML:
        html = dom.decode(post.body, post.charset)
        return _Asked("text/html", lambda: labeller.label_html(html), post.include)
    request = LabelRequest.read(post.body)
    include = (*post.include, *(request.include or ()))
    if request.text is not None:
        text = request.text
        return _Asked("json text", lambda: labeller.label_text(text), include, request.language, request.url)
    html, url = request.html or "", request.url
    # An HTML parser lowers the names of attributes.
    stamp = request.id_attribute.lower() if request.id_attribute else None
    return _Asked(
        "json html",
        lambda: labeller.label_html(html, id_attribute=stamp, url=url),
        include,
        request.language,
        url,
    )


def _text(body: bytes, charset: str | None) -> str:
    """Decode a text: by the header, else as UTF-8, else as a page's bytes are. What looks like a `<meta>` is text."""
    if charset is None:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return dom.decode(body, charset)


def _document(labeller: "Labeller", result: "Result", asked: _Asked) -> bytes:
    timings = result.timings
    answer: dict[str, Any] = {
        "model": {"name": labeller.model.name, "version": labeller.model.version},
        "language": asked.language or result.language,
        "page": {"warnings": result.warnings},
        "counts": result.counts,
        "blocks": result.blocks,
    }
    if asked.include:
        from app.included import included  # with the engine, which loads later than the server

        more = included(labeller.model, result, frozenset(asked.include), asked.url)
        answer["page"] |= more.page
        answer |= more.answer
        if more.blocks:
            whole = [asdict(block) for block in result.blocks]
            answer["blocks"] = [block | members for block, members in zip(whole, more.blocks, strict=True)]
    answer["timings_ms"] = {
        "parse": round(timings.parse, 3),
        "features": round(timings.features, 3),
        "predict": round(timings.predict, 3),
    }
    return orjson.dumps(answer)
