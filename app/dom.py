"""Bytes to text as a browser decodes them, and text to the DOM that a browser builds."""

import codecs
import re
from typing import Final

import webencodings
from bs4.dammit import EncodingDetector, UnicodeDammit
from selectolax.lexbor import LexborHTMLParser

# A browser looks for <meta charset> in the first 1024 bytes; pages that put a long comment first are common enough
# that Gecko and Blink read on, and so do we (8 KiB).
_META_WINDOW: Final = 8192
# Statistical detection reads a sample from the first byte that is not ASCII: its verdict does not change after some
# 16 KiB, its time does (chardet: up to 14 ms a KiB).
_DETECT_WINDOW: Final = 16384
_NON_ASCII: Final = re.compile(rb"[\x80-\xff]")
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_WINDOWS_1252: Final = webencodings.Encoding("windows-1252", codecs.lookup("windows-1252"))
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a posted page.

    Order of trust, as in the WHATWG encoding sniffing algorithm: byte order mark, `charset` (the HTTP header's
    parameter), `<meta charset>`, strict UTF-8, statistical detection, windows-1252. Labels are WHATWG labels, so
    that `iso-8859-1` means windows-1252; unknown labels count as absent. Never raises: bytes that do not fit the
    encoding become U+FFFD.

    The mark comes before the header because that is what browsers do: bytes that open with a mark are in the
    encoding it names, whatever a proxy's header says.
    """
    data, marked = EncodingDetector.strip_byte_order_mark(body)
    for label in (marked, charset):
        encoding = webencodings.lookup(label) if label else None
        if encoding:
            return _decode(data, encoding)
    opening = _COMMENT.sub(b" ", data[:_META_WINDOW])
    declared = EncodingDetector.find_declared_encoding(opening, is_html=True, search_entire_document=True)
    encoding = webencodings.lookup(declared) if declared else None
    if encoding:
        # A <meta> that could be read byte by byte cannot be UTF-16: the standard says to take UTF-8 then.
        return _decode(data, webencodings.UTF8 if encoding.name.startswith("utf-16") else encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        detected = UnicodeDammit(_sample(data), is_html=True).original_encoding
        encoding = webencodings.lookup(detected) if detected else None
        return _decode(data, encoding or _WINDOWS_1252)


def _sample(data: bytes) -> bytes:
    """Return the part of a page that its encoding is detected from; it holds whole characters only."""
    first = _NON_ASCII.search(data)
    start = first.start() if first else 0
    sample = data[start : start + _DETECT_WINDOW]
    # Where the sample ends within a character, no encoding fits it. `<` is a part of none.
    return sample[: sample.rfind(b"<") + 1] or sample if len(data) > start + _DETECT_WINDOW else sample


def _decode(data: bytes, encoding: webencodings.Encoding) -> str:
    text, _ = webencodings.decode(data, encoding, "replace")
    return str(text)


def parse(html: str) -> LexborHTMLParser:
    """Return the tree that a browser with scripting on builds from `html`.

    `scripting=True` matters: without it a tracking pixel in a head `<noscript>` opens the body early and shifts every
    selector. Lone surrogates (legal in JSON, not in UTF-8) become U+FFFD.
    """
    if not html.isascii() and _SURROGATE.search(html):
        html = _SURROGATE.sub("\ufffd", html)
    return LexborHTMLParser(html, scripting=True)
