"""Bytes to text as a browser decodes them, and text to the DOM that a browser builds."""

import codecs
import re
from typing import Final

import webencodings
from bs4.dammit import EncodingDetector
from selectolax.lexbor import LexborHTMLParser

# A browser looks for <meta charset> in the first 1024 bytes; pages that put a long comment first are common enough
# that Gecko and Blink read on, and so do we (8 KiB).
_META_WINDOW: Final = 8192
# Statistical detection reads a sample from the first byte that is not ASCII: its verdict does not change after some
# 16 KiB, its time does (chardet: up to 14 ms a KiB).
_DETECT_WINDOW: Final = 16384
_NON_ASCII: Final = re.compile(rb"[\x80-\xff]")
_CHARDET_NAMES: Final = {
    "cp932": "shift_jis", "cp949": "euc-kr", "macroman": "macintosh", "maccyrillic": "x-mac-cyrillic",
}  # fmt: skip
"""What the detector calls otherwise than browsers do."""
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_WINDOWS_1252: Final = webencodings.Encoding("windows-1252", codecs.lookup("windows-1252"))
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # a second one, which is taken off, too
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
    return _decode(*_sniff(body, charset))


def utf8(body: bytes, charset: str | None = None) -> bytes:
    """Return a posted page in UTF-8, as the parser takes it: `decode` says how it is read.

    A page that is in UTF-8 already, as nearly all are, is not copied.
    """
    data, encoding = _sniff(body, charset)
    if encoding.name == "utf-8" and not data.startswith(_MARKS):
        try:
            data.decode()
        except UnicodeDecodeError:
            pass
        else:
            return data
    return encode(_decode(data, encoding))


def _sniff(body: bytes, charset: str | None) -> tuple[bytes, webencodings.Encoding]:
    """Return a page's bytes without their mark, and the encoding that they are in."""
    data, marked = EncodingDetector.strip_byte_order_mark(body)
    for label in (marked, charset):
        encoding = _lookup(label)
        if encoding:
            return data, encoding
    opening = _COMMENT.sub(b" ", data[:_META_WINDOW])
    declared = EncodingDetector.find_declared_encoding(opening, is_html=True, search_entire_document=True)
    encoding = _lookup(declared)
    if encoding:
        # A <meta> that could be read byte by byte cannot be UTF-16: the standard says to take UTF-8 then.
        return data, webencodings.UTF8 if encoding.name.startswith("utf-16") else encoding
    return data, webencodings.UTF8 if _is_utf8(data) else _detect(_sample(data))


def _lookup(label: str | None) -> webencodings.Encoding | None:
    try:
        return webencodings.lookup(label) if label else None
    except UnicodeError:  # a lone surrogate in the label
        return None


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, perhaps cut off within a character."""
    try:
        codecs.utf_8_decode(data, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _sample(data: bytes) -> bytes:
    """Return the part of a page that its encoding is detected from; it begins and ends with a whole character."""
    first = _NON_ASCII.search(data)
    start = first.start() if first else 0
    sample = data[start : start + _DETECT_WINDOW]
    if len(data) > start + _DETECT_WINDOW:
        sample = sample[: sample.rfind(b"<") + 1] or sample  # `<` is a part of no longer character
    return sample


def _detect(sample: bytes) -> webencodings.Encoding:
    """Return the likeliest encoding of a sample of a page that is not UTF-8 throughout."""
    if _is_utf8(sample):
        return webencodings.UTF8  # broken further down
    labels = (label.lower() for label in EncodingDetector(sample, is_html=True).encodings)
    found = (_lookup(_CHARDET_NAMES.get(label, label)) for label in labels)
    return next((each for each in found if each and each.name != "utf-8"), _WINDOWS_1252)


def _decode(data: bytes, encoding: webencodings.Encoding) -> str:
    text, _ = webencodings.decode(data, encoding, "replace")
    return str(text)


def encode(html: str | bytes) -> bytes:
    """Return a page in UTF-8, as the parser takes it; bytes are that already.

    Lone surrogates (legal in JSON, not in UTF-8) become U+FFFD.
    """
    if isinstance(html, bytes):
        return html
    try:
        return html.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", html).encode()


def text(html: str | bytes) -> str:
    """Return a page as text; bytes are what `encode` or `utf8` made."""
    return html if isinstance(html, str) else html.decode()


def parse(html: str | bytes, *, scripting: bool = True) -> LexborHTMLParser:
    """Return the tree that a browser builds from `html`, by default one with scripting on; bytes are UTF-8.

    It matters: without scripting a tracking pixel in a head `<noscript>` opens the body early and shifts every
    selector.
    """
    return LexborHTMLParser(encode(html), scripting=scripting)
