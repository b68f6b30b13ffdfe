"""What the command line labels: sources one after the other or several at a time, each answered by itself."""

import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from app import dom
from app.answers import JSON, Post, answer
from app.errors import EngineError
from app.fetch import FetchFailed, Limits, fetch
from app.problems import Refusal
from app.service import load
from app.settings import Settings

if TYPE_CHECKING:
    from app.labeller import Labeller

STDIN: Final = "-"
_TEXT_SUFFIXES: Final = frozenset({".txt", ".text"})


class Unreadable(Exception):
    """A file that cannot be labelled; says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are read and what is asked of each; crosses into other processes."""

    settings: Settings
    limits: Limits
    include: tuple[str, ...] = ()
    url: str | None = None
    charset: str | None = None
    as_text: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A source and its answer, or the sentence that says why there is none."""

    source: str
    answer: bytes | None = None
    error: str | None = None


def run(sources: Sequence[str], options: Options, jobs: int) -> Iterator[Outcome]:
    """Yield the outcome of each source, in order. Raises ModelRefused."""
    if jobs == 1 or len(sources) == 1:
        labeller = _labeller(options.settings)
        for source in sources:
            yield _outcome(labeller, source, options)
        return
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(sources)), mp_context=processes) as pool:
        yield from pool.map(one, sources, [options] * len(sources))


def one(source: str, options: Options) -> Outcome:
    """Return the outcome of a source, in a process that labels many; its model is loaded once."""
    return _outcome(_labeller(options.settings), source, options)


@cache
def _labeller(settings: Settings) -> "Labeller":
    return load(settings)


def _outcome(labeller: "Labeller", source: str, options: Options) -> Outcome:
    try:
        request = _request(source, options)
        return Outcome(source, answer(labeller, Post(JSON, None, orjson.dumps(request))).body)
    except Refusal as error:
        return Outcome(source, error=error.detail)
    except (EngineError, FetchFailed, Unreadable) as error:
        return Outcome(source, error=str(error))


def _request(source: str, options: Options) -> dict[str, object]:
    """Return the JSON request for a source, as a caller of the service would post it."""
    url, charset, is_text = options.url, options.charset, False
    if source.startswith(("http://", "https://")):
        page = fetch(source, options.limits)
        body, is_text = page.body, page.media_type == "text/plain"
        url, charset = url or page.url, charset or page.charset
    else:
        body = _bytes(source, options.limits.max_bytes)
        is_text = Path(source).suffix.lower() in _TEXT_SUFFIXES
    is_text = is_text if options.as_text is None else options.as_text
    return {"text" if is_text else "html": dom.decode(body, charset), "url": url, "include": list(options.include)}


def _bytes(source: str, limit: int) -> bytes:
    try:
        if source == STDIN:
            body = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(source).open("rb") as file:
                body = file.read(limit + 1)
    except FileNotFoundError:
        raise Unreadable("there is no such file; an address begins with http:// or https://") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None
    if len(body) > limit:
        raise Unreadable(f"it has more than {limit:,} bytes; BEGONE_MAX_BODY_BYTES sets the limit")
    return body
