"""From a posted body to the bytes of its answer: what runs on the labelling thread."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson
from isal import igzip

from app import dom
from app.requests import LabelRequest
from app.worker import keep

if TYPE_CHECKING:
    from app.labeller import Labeller, Result
    from app.page import Verdict

JSON: Final = "application/json"
HTML: Final = "text/html"
TEXT: Final = "text/plain"
MEDIA_TYPES: Final = (JSON, HTML, TEXT)

# Of the answers to 80 gold pages, 65 kB each: level 1 takes 0.05 ms and gives 7.7 kB, zlib's 0.18 ms and 8.1 kB.
_GZIP_LEVEL: Final = 1


def content_type(header: str) -> tuple[str, str | None]:
    """Return the media type, in lower case, and the charset that a `Content-Type` names."""
    given, *parameters = header.split(";")
    named = (parameter.partition("=") for parameter in parameters)
    charset = next((value.strip().strip("\"'") for name, _, value in named if name.strip().lower() == "charset"), None)
    return given.strip().lower(), charset or None


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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: it would look through a large page's objects again and again, and free none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def answer(labeller: "Labeller", post: Post) -> Answer:
    """Label what was posted. Raises MalformedJson, InvalidRequest and the engine's errors."""
    with _uncollected():
        return _answer(labeller, post)


def _answer(labeller: "Labeller", post: Post) -> Answer:
    from app import page  # loads numpy, which must not be loaded before `service` has said how many threads it gets

    start = time.perf_counter()
    asked = _read(labeller, post)
    decoded = time.perf_counter()
    result = asked.label()
    labelled = time.perf_counter()
    request = asked.request
    language, fragment = (None, False) if request is None else (request.language, request.fragment)
    verdict = page.judge(result, labeller.model.judge, language, fragment=fragment)
    judged = time.perf_counter()
    body = _document(labeller, result, verdict, asked)
    gzipped = post.gzip_from is not None and len(body) >= post.gzip_from
    if gzipped:
        body = igzip.compress(body, _GZIP_LEVEL, mtime=0)
    stages = {
        "decode": decoded - start,
        **result.timings.seconds(),
        "judge": judged - labelled,
        "encode": time.perf_counter() - judged,
    }
    keep(result, asked)
    return Answer(body, gzipped, asked.input, result.counts, stages)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: which kind of input it is, the call that labels it, and the JSON request if it was one.

    `include` names what the answer is to hold besides.
    """

    input: str
    label: Callable[[], "Result"]
    include: frozenset[str]
    request: LabelRequest | None = None


def _read(labeller: "Labeller", post: Post) -> _Asked:
    include = frozenset(post.include)
    if post.media_type == TEXT:
        text = _text(post.body, post.charset)
        return _Asked("text/plain", lambda: labeller.label_text(text), include)
    if post.media_type == HTML:
        html = dom.utf8(post.body, post.charset)
        return _Asked("text/html", lambda: labeller.label_html(html), include)
    request = LabelRequest.read(post.body)
    wishes = request.wishes()
    include = include.union(request.include)
    if request.text is not None:
        text = request.text
        return _Asked("json text", lambda: labeller.label_text(text, wishes=wishes), include, request)
    page, url = request.html or "", request.url
    # An HTML parser lowers the names of attributes.
    stamp = request.id_attribute.lower() if request.id_attribute else None
    call = partial(labeller.label_html, page, id_attribute=stamp, url=url, wishes=wishes)
    return _Asked("json html", call, include, request)


def _text(body: bytes, charset: str | None) -> str:
    """Decode a text: by the header, else as UTF-8, else as a page's bytes are. What looks like a `<meta>` is text."""
    if charset is None:
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return dom.decode(body, charset)


def _document(labeller: "Labeller", result: "Result", verdict: "Verdict", asked: _Asked) -> bytes:
    facts = {each.name: getattr(verdict, each.name) for each in fields(verdict)}
    document: dict[str, Any] = {
        "model": {"name": labeller.model.name, "version": labeller.model.version},
        "language": verdict.language,
        "page": facts,
        "counts": result.counts,
        "blocks": result.blocks,
        "hide": result.removal.hide,
        "fixes": result.removal.fixes,
    }
    request = asked.request
    if request is not None:
        if request.context is not None and request.context.kind is not None:
            facts["kind"] = request.context.kind
        if request.overrides:
            document["overrides"] = result.overrides
    if asked.include:
        from app.included import included  # with the engine, which loads later than the server

        more = included(labeller.model, result, asked.include, request.url if request is not None else None)
        facts |= more.page
        document |= more.answer
        if more.blocks:
            whole = [asdict(block) for block in result.blocks]
            document["blocks"] = [block | members for block, members in zip(whole, more.blocks, strict=True)]
    timings = result.timings.seconds()
    document["timings_ms"] = {stage: round(1000 * seconds, 3) for stage, seconds in timings.items()}
    return orjson.dumps(document)
