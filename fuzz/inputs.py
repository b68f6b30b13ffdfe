"""What a fuzzer's bytes mean: which kind of post they are, what it asks for, and its body.

The first three bytes choose the kind, what is included, and the charset; the rest is the body. So a fuzzer that knows
nothing but bytes reaches every way into the engine, and a file that it kept can be read again.
"""

from dataclasses import dataclass
from typing import Final

import orjson

from app.answers import HTML, JSON, TEXT, Post

PAGE, DOCUMENT, WISHES, LINES, DROP_IN = range(5)
"""A page's bytes; JSON as it comes; JSON put together from fields; a text; JSON as the drop-in routes take it."""

BODIES: Final = (DOCUMENT, DROP_IN)
_KINDS: Final = 5
_HEAD: Final = 3
_FIELD: Final = b"\x1f"
INCLUDE: Final = ("anchors", "scores", "text", "markdown", "html", "hidden_text_chars", "reasons")
_CHARSETS: Final = (
    None,
    "utf-8",
    "windows-1252",
    "utf-16",
    "shift_jis",
    "gb18030",
    "iso-2022-jp",
    "x-user-defined",
    "utf-7",
)
_STAMPS: Final = (None, "data-bl-id", "id", "class")


@dataclass(frozen=True, slots=True)
class Input:
    """A post to label, and whether it goes the drop-in routes' way."""

    kind: int
    post: Post


def read(data: bytes) -> Input:
    """Return the input that `data` stands for; every sequence of bytes stands for one."""
    kind, asked, charset = data[:_HEAD].ljust(_HEAD, b"\0")
    kind %= _KINDS
    body = data[_HEAD:]
    include = tuple(name for bit, name in enumerate(INCLUDE) if asked & 1 << bit) if asked & 0x80 else ()
    gzip_from = 0 if asked & 0x80 else None
    if kind == PAGE:
        return Input(kind, Post(HTML, _CHARSETS[charset % len(_CHARSETS)], body, gzip_from, include))
    if kind == LINES:
        return Input(kind, Post(TEXT, _CHARSETS[charset % len(_CHARSETS)], body, gzip_from, include))
    if kind == WISHES:
        body = _document(body, charset, include)
    return Input(kind, Post(JSON, None, body, gzip_from))


def write(kind: int, body: bytes, *, include: int = 0, charset: int = 0) -> bytes:
    """Return the bytes that stand for such an input: seeds for the fuzzer."""
    return bytes((kind, include, charset)) + body


def _document(body: bytes, choice: int, include: tuple[str, ...]) -> bytes:
    """Return a JSON request whose fields are the parts of `body`: selector, address, title; the page is the rest."""
    *fields, html = body.decode("utf-8", "replace").split(_FIELD.decode(), 3)
    selector, url, title = [*fields, "", "", ""][:3]
    document: dict[str, object] = {"html": html, "include": include}
    if url:
        document["url"] = url
    if selector:
        document["overrides"] = [
            {"selector": selector, "label": "advert"},
            {"selector": "body *", "label": "content", "kind": "main"},
        ]
    if stamp := _STAMPS[choice % 4]:
        document["id_attribute"] = stamp
    if choice & 4:
        document["thresholds"] = {"preset": "strict", "appeal": 0.5}
    if choice & 8:
        document |= {"fragment": True, "context": {"title": title, "language": "en"}}
    return orjson.dumps(document)
