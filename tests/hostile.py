"""Pages that mean harm, or are just broken: made by code, since no one should keep ten megabytes of them."""

from collections.abc import Callable
from typing import Final

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
    return f"<body><p>{STORY}</p>{'<br>' * 1_000_000}"


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
    "one class name": same_class,
    "no two names the same": many_names,
    "hidden unclosed formatting": hidden_unclosed,
    "fostered texts": fostered,
    "fifty thousand options": options,
    "no page at all": lambda: "",
    "only an open comment": lambda: "<!-- " + "<p>never closed " * 1_000,
}

REFUSED: Final = {
    "50,000 deep": "max_depth",
    "unclosed formatting": "max_reopened",
    "a million siblings": "max_elements",
    "no two names the same": "max_names",
    "hidden unclosed formatting": "max_reopened",
    "fostered texts": "max_steps",
    "fifty thousand options": "max_steps",
}
"""Pages that are refused before they are parsed, and the bound that they exceed."""
