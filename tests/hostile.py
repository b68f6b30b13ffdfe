"""Pages that mean harm, or are just broken: made by code, since no one should keep ten megabytes of them."""

from collections.abc import Callable
from typing import Final

from tests import strategies

STORY: Final = (
    "The bell on the harbour wall has rung every evening since the great storm, and on Thursday it did not, because "
    "somebody had stolen the clapper."
)
_CELLS: Final = "".join(f"<td>{figure:,}</td>" for figure in range(1_204, 98_000, 9_731))


def filing(size: int) -> str:
    """Return a company's report of about `size` characters: rows of figures, as filing agents write them."""
    row = f'<tr valign="bottom"><td><font size="2">Deferred tax assets, note 12</font></td>{_CELLS}</tr>\n'
    rows = row * (size // len(row))
    return f"<html><body><p>{STORY}</p><table>{rows}</table></body></html>"


def nested(depth: int) -> str:
    """Return a page whose story stands below `depth` open elements."""
    return f"<body>{'<div>' * depth}<p>{STORY}</p>"


def unclosed_formatting(count: int) -> str:
    """Return a page on which the parser must reopen ever more formatting elements, the worst case of the standard."""
    return f"<body><p>{STORY}</p>" + "".join(f"<p><b id=x{at}><i id=y{at}>a" for at in range(count))


def huge_spans() -> str:
    """Return a table with spans beyond every integer type."""
    cell = '<td colspan="9007199254740991" rowspan="99999999999999999999">1</td>'
    return f"<body><p>{STORY}</p><table>{f'<tr>{cell}</tr>' * 50}</table>"


def truncated() -> str:
    """Return a page that ends in the middle of a tag, after an open script."""
    return f'<html><body><article><p>{STORY}</p><div class="more"><script>var a = "<p>";</script><p>And then</p><a hre'


def with_nuls() -> str:
    """Return a page with NULs and other control characters in text, names and values."""
    return f"<body><p cla\0ss='a\0b'>{STORY}\0</p><d\0iv>\x01\x02\x0b\x7f</d\0iv><p>\ufffe\uffff\u202e</p>"


def one_long_line() -> str:
    """Return a paragraph of half a million words without a break, and one of as many breaks."""
    return f"<body><p>{STORY}</p><p>{'word ' * 500_000}</p><p>{'<br>' * 100_000}</p>"


def long_attributes() -> str:
    """Return an element with thousands of class names, hundreds of attributes, and a selector-like id."""
    classes = " ".join(f"c{at}" for at in range(20_000))
    extra = " ".join(f'data-a{at}="{at}"' for at in range(500))
    return f"""<body><p>{STORY}</p><div id="a > b:not(.c), *" class="{classes}" {extra}>Subscribe</div>"""


def siblings() -> str:
    """Return a page of a million elements side by side."""
    return f"<body><p>{STORY}</p>{'<hr>' * 1_000_000}"


def line_breaks() -> str:
    """Return as many line breaks as fit into a body."""
    return f"<body><p>{STORY}</p>{'<br>' * 1_200_000}"


def one_word(size: int) -> str:
    """Return a page that holds one word of `size` letters."""
    return f"<body><p>{STORY}</p><p>{'a' * size}</p>"


def unclosed() -> str:
    """Return a page that opens every element there is, often, and closes none."""
    names = [*strategies.BLOCKS, *strategies.INLINES, *strategies.FOREIGN, *strategies.SHOWN]
    return f"<body><p>{STORY}</p>" + "".join(f'<{name} a=\'b>c" d=">x' for name in names) * 20


def giant_attributes() -> str:
    """Return elements with an address, a style, an event handler and a name of 900,000 characters each."""
    long = "x" * 900_000
    return (
        f"<body><p>{STORY}</p><a href='/{long}' title=\"{long}\">Read more about the harbour</a>"
        f"<p style='{long}' onclick={long} {long}=1>Its walls are old</p>"
    )


def foreign() -> str:
    """Return what moves between HTML, SVG, MathML, templates and tables, as attacks on filters do it."""
    return (
        f"<body><p>{STORY}</p>"
        "<svg><p>a</p><desc><p>b<svg><foreignObject><table><svg><td>c</svg></table></foreignObject></svg></desc>"
        "<style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'></svg>"
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x&gt;'></table></mtext>"
        "<annotation-xml encoding='text/html'><p>d</p></annotation-xml><mi><p>e</mi></math>"
        "<template><tr><template><td>f</template></tr><p>g</template><table>h<template><p>i</template><tr>j<td>k"
        "<table>l</table></table><select><template><p>m</template><svg><option>n</select>"
        "<frameset><noscript><p title='</noscript><img src=x>'></noscript><plaintext>o</body></html><p>p"
    )


def nested_forms() -> str:
    """Return forms, buttons and links within their own kind, and controls that close others."""
    return f"<body><p>{STORY}</p>" + "<form><div><button><a href=/x><form><label><button>x<a>y</form></div>" * 100


def regex_hostile() -> str:
    """Return texts on which a careless pattern looks again and again: runs that almost match, and end otherwise."""
    runs = (
        " ", "\u00a0", "\t\n", "a", "1", "1,", "1.", "a@", "a@a.", "http://", "www.", "-", "--", "(", "[", "&", "&#",
        "<", "*", "_", "`", "~", "\\", "\u200b", "\u0301", "é", "Ω ", "http://a.b/?c=", "#", "%", "by ", "© ", "2026-",
        "12:", "$ ", "a b ",
    )  # fmt: skip
    return f"<body><p>{STORY}</p>" + "".join(
        f"<p class='{run * 500}' title='{run * 500}'>{run * 20_000}!</p>" for run in runs
    )


def same_class() -> str:
    """Return elements with one class name a hundred thousand times over."""
    return f"""<body><p>{STORY}</p><div class="{"c " * 100_000}">x</div>"""


def many_names() -> str:
    """Return a page on which no two elements and no two attributes have the same name."""
    return f"<body><p>{STORY}</p>" + "".join(f"<x{at} y{at}></x{at}>" for at in range(60_000))


def hidden_unclosed() -> str:
    """Return unclosed formatting elements that a careless reader takes for the value of an attribute in a comment."""
    return (
        f"<body><p>{STORY}</p><!--<a b='-->" + "".join(f"<p><b id={at}><i id={at}>x" for at in range(2_000)) + "<a b='>"
    )


def fostered() -> str:
    """Return texts that a parser moves out of a table one by one, each joined to all before it."""
    return f"<body><p>{STORY}</p><table>{'x<!---->' * 100_000}</table>"


def options() -> str:
    """Return a list of choices in which the parser looks through all of them at each."""
    return f"<body><p>{STORY}</p><select>{'<option>x' * 50_000}</select>"


def surrogates() -> str:
    """Return halves of characters in a text, a name and a value; in bytes they are no UTF-8."""
    return (
        f"<body><p>{STORY}</p><p id='\ud800' \udfff>One half \ud83d, the other \ude00; turned round: \ude00\ud83d</p>"
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "10 MB filing": lambda: filing(10_000_000),
    "4 MB filing": lambda: filing(4_000_000),
    "50,000 deep": lambda: nested(50_000),
    "500 deep": lambda: nested(500),
    "unclosed formatting": lambda: unclosed_formatting(3_000),
    "huge spans": huge_spans,
    "truncated": truncated,
    "NULs": with_nuls,
    "one long line": one_long_line,
    "long attributes": long_attributes,
    "a million siblings": siblings,
    "a million line breaks": line_breaks,
    "10 MB of one word": lambda: one_word(10_000_000),
    "4.9 MB of one word": lambda: one_word(4_900_000),
    "unclosed everything": unclosed,
    "giant attributes": giant_attributes,
    "foreign content": foreign,
    "nested forms": nested_forms,
    "regex-hostile text": regex_hostile,
    "lone surrogates": surrogates,
    "one class name": same_class,
    "no two names the same": many_names,
    "hidden unclosed formatting": hidden_unclosed,
    "fostered texts": fostered,
    "fifty thousand options": options,
    "no page at all": lambda: "",
    "only an open comment": lambda: "<!-- " + "<p>never closed " * 1_000,
}

REFUSED: Final = {
    "4 MB filing": "max_elements",
    "50,000 deep": "max_depth",
    "unclosed formatting": "max_reopened",
    "a million siblings": "max_elements",
    "a million line breaks": "max_elements",
    "no two names the same": "max_names",
    "hidden unclosed formatting": "max_reopened",
    "fostered texts": "max_steps",
    "fifty thousand options": "max_steps",
}
"""Pages that are refused before they are parsed, and the bound that they exceed."""

TOO_LARGE: Final = frozenset(["10 MB filing", "10 MB of one word"])
"""Pages that are longer than a body may be."""

_TEXT: Final = f"<html><body><p>{STORY} Über den Häfen läutet keine Glocke.</p></body></html>"
_HTML: Final = "text/html"
LIES: Final[dict[str, tuple[str, bytes]]] = {
    "UTF-16 that says UTF-8": (f"{_HTML}; charset=utf-8", _TEXT.encode("utf-16-le")),
    "UTF-8 that says UTF-16": (f"{_HTML}; charset=utf-16", _TEXT.encode()),
    "an odd byte of UTF-16": (f"{_HTML}; charset=utf-16le", _TEXT.encode("utf-16-le")[:-1]),
    "windows-1252 that says UTF-8": (f"{_HTML}; charset=utf-8", _TEXT.encode("windows-1252")),
    "UTF-8 that says Shift_JIS": (f"{_HTML}; charset=shift_jis", _TEXT.encode()),
    "a mark against the header": (f"{_HTML}; charset=koi8-r", b"\xef\xbb\xbf" + _TEXT.encode()),
    "a mark of UTF-16 before UTF-8": (_HTML, b"\xff\xfe" + _TEXT.encode()),
    "marks and nothing else": (_HTML, b"\xef\xbb\xbf\xff\xfe"),
    "a <meta> against the bytes": (_HTML, b"<meta charset=utf-16>" + _TEXT.encode("windows-1252")),
    "a <meta> against itself": (_HTML, b"<meta charset=big5><meta charset=koi8-r>" + _TEXT.encode()),
    "a charset that there is not": (f"{_HTML}; charset=klingon", _TEXT.encode()),
    "a charset of many letters": (f"{_HTML}; charset={'x' * 5_000}", _TEXT.encode()),
    "a charset that is a codec of Python's": (f"{_HTML}; charset=zlib_codec", _TEXT.encode()),
    "UTF-7": (f"{_HTML}; charset=utf-7", b"+ADw-p+AD4-" + _TEXT.encode()),
    "escapes of ISO-2022": (f"{_HTML}; charset=iso-2022-jp", b"\x1b$B" * 10_000 + _TEXT.encode()),
    "half a character at the end": (f"{_HTML}; charset=gb18030", _TEXT.encode("gb18030") + b"\x81\x30\x81"),
    "a replacement encoding": (f"{_HTML}; charset=hz-gb-2312", _TEXT.encode()),
    "every byte there is": (_HTML, bytes(range(256)) * 2_000),
    "bytes of many encodings": (_HTML, "".join("жλ日é" for _ in range(4_000)).encode("gb18030") + _TEXT.encode()),
}
"""Pages that are in another encoding than they say: the content type, and the bytes."""
