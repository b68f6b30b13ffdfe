"""The names of elements by what the parser does with them."""

from typing import Final

FORMATTING: Final = frozenset("b big code em font i nobr s small strike strong tt u".split())
"""Elements that are opened again in the next block when they are left open; `a` is one too, but never two at once."""

TELLING: Final = FORMATTING | {"a", "annotation-xml"}
"""Elements whose attributes matter."""

VOID: Final = frozenset(
    "area base basefont bgsound br col embed frame hr image img input keygen link meta param source track wbr".split()
)
DOCUMENT: Final = frozenset("html head body".split())
CLOSES_P: Final = frozenset(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup"
    " main menu nav ol p search section summary ul h1 h2 h3 h4 h5 h6 pre listing form li dd dt plaintext xmp".split()
)
HEADINGS: Final = frozenset("h1 h2 h3 h4 h5 h6".split())
CELLS: Final = frozenset("td th".split())
GROUPS: Final = frozenset("caption colgroup tbody tfoot thead".split())
TABLE_PARTS: Final = CELLS | GROUPS | {"tr"}
TABLE_SCOPE: Final = frozenset("html table template".split())
IN_TABLE: Final = frozenset("table tbody tfoot thead tr".split())
MARKED: Final = frozenset("applet marquee object td th caption template".split())
SCOPE: Final = frozenset("applet caption frameset html select table td th marquee object template".split())
SPECIAL: Final = SCOPE | CLOSES_P | VOID | TABLE_PARTS | frozenset(
    "body button head title iframe noembed noframes noscript script style textarea frameset".split()
)  # fmt: skip
ITEMS: Final = {"li": frozenset({"li"}), "dd": frozenset({"dd", "dt"}), "dt": frozenset({"dd", "dt"})}
ROWS: Final = frozenset("tr caption colgroup".split())
BUTTON: Final = frozenset({"button"})
LISTS: Final = frozenset({"ol", "ul"})
RUBY: Final = frozenset("rp rt".split())
BREAKS_OUT: Final = frozenset(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta"
    " nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split()
)
"""HTML elements that end SVG and MathML around them."""
FONT: Final = frozenset("color face size".split())
SVG_HOSTS: Final = frozenset("foreignobject desc title".split())
MATH_HOSTS: Final = frozenset("mi mo mn ms mtext".split())
HOSTED: Final = frozenset({"text/html", "application/xhtml+xml"})
ROUNDS: Final = 8  # how often the standard's adoption agency goes round

HTML, SVG, MATH, HOST, MATH_HOST = range(5)
"""What an open element is; a host is an element of SVG or MathML in which HTML may stand."""
