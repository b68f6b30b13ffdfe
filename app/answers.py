"""From a posted body to the bytes of its answer: what runs on the labelling thread."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from app import dom
from app.schemas import LabelRequest

if TYPE_CHECKING:
    from app.labeller import Labeller, Result
    from app.page import Verdict

JSON: Final = "application/json"
HTML: Final = "text/html"
TEXT: Final = "text/plain"
MEDIA_TYPES: Final = (JSON, HTML, TEXT)

# Measured on an answer of 70 kB (200 blocks): level 1 takes 0.9 ms and gives 21.5 kB, level 6 2.0 ms and 19.7 kB.
_GZIP_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class Post:
    """A posted body, inflated, and what its headers say of it. `gzip_from` is None where the client takes no gzip."""

    media_type: str
    charset: str | None
    body: bytes
    gzip_from: int | None = None


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
    from app import page  # loads numpy, which must not be loaded before `service` has said how many threads it gets

    start = time.perf_counter()
    kind, label, language, url = _read(labeller, post)
    decoded = time.perf_counter()
    result = label()
    labelled = time.perf_counter()
    verdict = page.judge(result, labeller.model.judge, url, language)
    judged = time.perf_counter()
    body = _document(labeller, result, verdict)
    gzipped = post.gzip_from is not None and len(body) >= post.gzip_from
    if gzipped:
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
    stages = {
        "decode": decoded - start,
        "parse": result.timings.parse / 1000,
        "features": result.timings.features / 1000,
        "predict": result.timings.predict / 1000,
        "judge": judged - labelled,
        "encode": time.perf_counter() - judged,
    }
    return Answer(body, gzipped, kind, result.counts, stages)


def _read(labeller: "Labeller", post: Post) -> tuple[str, Callable[[], "Result"], str | None, str | None]:
    """Return what kind of input it is, the call that labels it, and the caller's word on its language and address."""
    if post.media_type == TEXT:
        text = _text(post.body, post.charset)
        return "text/plain", lambda: labeller.label_text(text), None, None
    if post.media_type == HTML:
        html = dom.decode(post.body, post.charset)
        return "text/html", lambda: labeller.label_html(html), None, None
    request = LabelRequest.read(post.body)
    if request.text is not None:
        text = request.text
        return "json text", lambda: labeller.label_text(text), request.language, request.url
    html, url = request.html or "", request.url
    # An HTML parser lowers the names of attributes.
    stamp = request.id_attribute.lower() if request.id_attribute else None
    return "json html", lambda: labeller.label_html(html, id_attribute=stamp, url=url), request.language, url


def _text(body: bytes, charset: str | None) -> str:
    """Decode a text: by the header, else as UTF-8, else as a page's bytes are. What looks like a `<meta>` is text."""
    if charset is None:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return dom.decode(body, charset)


def _document(labeller: "Labeller", result: "Result", verdict: "Verdict") -> bytes:
    timings = result.timings
    return orjson.dumps(
        {
            "model": {"name": labeller.model.name, "version": labeller.model.version},
            "language": verdict.language,
            "page": verdict,
            "counts": result.counts,
            "blocks": result.blocks,
            "timings_ms": {
                "parse": round(timings.parse, 3),
                "features": round(timings.features, 3),
                "predict": round(timings.predict, 3),
            },
        }
    )
