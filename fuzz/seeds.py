"""Where fuzzing starts from: elements of our own test pages, small hostile pages, requests; and HTML's own words."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from app import dom
from app.extension import EXAMPLES
from fuzz import inputs
from tests import hostile, pages, strategies

MOST_BYTES: Final = 200
_HOSTILE: Final = (
    hostile.nested(20),
    hostile.unclosed_formatting(8),
    hostile.with_nuls(),
    hostile.truncated(),
    "<table><tr><td colspan=9007199254740991 rowspan=0>1</table>x<!-- -->y<select><option>a<div>b",
    "<svg><foreignObject><p>x</p></foreignObject><![CDATA[<p>]]></svg><math><mi>y<mglyph></math><template><p>z",
    "<form><form><button><button><a><a><nobr><nobr><frameset><textarea><!--<script><!--<script>",
    "<html><body><html lang=en><body class=a><plaintext></body>",
)
_SELECTORS: Final = (
    "p",
    "div > p.a:not(#b)",
    ":nth-child(2n+1)",
    "[class~=x] ~ *",
    ":is(a, b) + :root",
    "a:nth-of-type(-n+3)",
)
_RAW: Final = (
    b"\xff\xfe<\0p\0>\0x\0",
    b"\xef\xbb\xbf<p>x",
    b"<meta charset=utf-16><p>\x80\xe9",
    b"<meta charset=gb18030><p>\x81\x30\x81\x30",
    b"<?xml version='1.0' encoding='shift_jis'?><p>\x83\x41",
)


def seeds() -> Iterator[bytes]:
    """Return the corpus that fuzzing starts with, of inputs of at most MOST_BYTES of body."""
    for number, piece in enumerate([*_HOSTILE, *_pieces()]):
        body = piece.encode("utf-8", "replace")[:MOST_BYTES]
        yield inputs.write(inputs.PAGE, body, include=0x80 | (1 << number % 7) if number % 4 == 0 else 0)
        if number % 3 == 0:
            yield inputs.write(inputs.LINES, b"\n".join(body.split(b">")))
        if number % 2 == 0:
            selector = _SELECTORS[number % len(_SELECTORS)]
            joined = f"{selector}\x1fhttps://begone.test/a/b?c\x1fTitle\x1f{piece}".encode("utf-8", "replace")
            yield inputs.write(inputs.WISHES, joined[:MOST_BYTES], charset=number % 16)
        if number % 8 == 0:
            posted = {"url": "https://begone.test/", "html": body.decode("utf-8", "replace")}
            yield inputs.write(inputs.DROP_IN, orjson.dumps(posted))
    for number, raw in enumerate(_RAW):
        yield inputs.write(inputs.PAGE, raw, charset=number)
    for example in EXAMPLES.values():
        yield inputs.write(inputs.DOCUMENT, orjson.dumps(example["value"]))
    yield inputs.write(
        inputs.DOCUMENT, b'{"text":"One line.\\nAnother.","include":["reasons","scores"],"language":"en"}'
    )
    for field in (
        b'"url":"https://x.test/a"',
        b'"overrides":[{"selector":"p","label":"advert","kind":null}]',
        b'"fragment":true',
    ):
        yield inputs.write(inputs.DOCUMENT, b'{"html":"<p id=1>x","id_attribute":"id",%b}' % field)
    yield inputs.write(inputs.DOCUMENT, b'{"html":"\\ud800","thresholds":"strict"}')


def lay_out(folder: Path, *, bodies: bool) -> None:
    """Write the seeds into `folder`, a file each, and the words into its neighbour `words.dict`.

    They are JSON as it comes, or (without `bodies`) all else. The folder is there whole or not at all, and the words
    before it: turns begin at once, and libFuzzer takes no empty file.
    """
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    chosen = [seed for seed in seeds() if (seed[0] in inputs.BODIES) == bodies]
    for number, seed in enumerate(chosen):
        (fresh / f"seed-{number:04}").write_bytes(seed)
    lines = (f'"{_escaped(word)}"' for word in _words())
    words = folder.parent / f"words.{os.getpid()}"
    words.write_text("\n".join(lines) + "\n", encoding="ascii")
    words.replace(folder.parent / "words.dict")
    try:
        fresh.rename(folder)
    except OSError:  # another turn was first
        shutil.rmtree(fresh)


def _pieces() -> Iterator[str]:
    """Return from each of our own pages the greatest elements that fit."""
    for page in pages.load():
        found = [node.html or "" for node in dom.parse(page.html).css("body *")]
        fitting = sorted((each for each in found if 40 < len(each) < MOST_BYTES), key=len, reverse=True)
        yield from fitting[:3]


def _words() -> Iterator[str]:
    tags = {*strategies.BLOCKS, *strategies.INLINES, *strategies.FOREIGN, *strategies.SHOWN}
    for tag in sorted(tags | {*strategies.UNSEEN, *strategies.OUTER}):
        yield f"<{tag}>"
        yield f"</{tag}>"
    for name in ("class", "id", "href", "src", "style", "hidden", "colspan", "lang", "charset", "data-bl-id", "role"):
        yield f" {name}="
    yield from strategies.NAMES
    yield from (
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&#0;",
        "&#xD800;",
        "&amp",
        "display:none",
        "\\ud800",
        "\x1f",
        "\\u0000",
    )
    yield from (
        "donate",
        "subscribe",
        "newsletter",
        "advertisement",
        "cookie",
        "comments",
        ":not(",
        ":nth-child(",
        " > ",
    )


def _escaped(word: str) -> str:
    return "".join(each if each.isalnum() or each in " <>/!-&#;:=.[](" else f"\\x{ord(each):02x}" for each in word)
