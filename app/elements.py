"""The elements of a page that a reader could see, listed in document order, with the texts and media between them."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.bounds import Bounds
from app.errors import PageTooComplex

INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big blink br button canvas cite code data del dfn em font i img input ins kbd label map"
    " mark math meter nobr optgroup option output picture progress q rb rp rt rtc ruby s samp select slot small source"
    " span strike strong sub sup svg textarea time track tt u var wbr"
    " g text textPath tspan switch"
    " maction merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle"
    " msub msubsup msup mtable mtd mtext mtr munder munderover semantics".split()
)
"""Elements that do not break a line by themselves (phrasing content); all others, unknown ones too, are block-level."""

INVISIBLE: Final = frozenset(
    "script style template noscript noembed noframes head title meta link base param datalist rp colgroup area".split()
)
"""Elements whose content a reader never sees; nothing below them is a block."""

UNDRAWN: Final = frozenset(
    "metadata defs symbol desc path use circle rect line polygon polyline ellipse image stop clipPath mask pattern"
    " filter linearGradient radialGradient marker animate animateTransform set annotation annotation-xml".split()
)
"""The same within SVG and MathML; elsewhere these are names like any other."""

EMBEDS: Final = frozenset(
    "iframe video audio object embed portal fencedframe"
    " amp-ad amp-embed amp-iframe amp-img amp-video amp-youtube".split()
)
"""Embedded documents and players: a block each; what stands inside them is a fallback that no browser shows."""

INLINE_MEDIA: Final = frozenset("img input canvas picture textarea".split())
"""Elements that show something without text; they belong to the run they stand in."""

_SLOT: Final = re.compile(
    r"[^a-z](?:ads?|adv|adverts?|advertis\w*|adslots?|adunits?|adspots?|adbox|adzone|adtile|banners?|anzeigen?"
    r"|publi\w*|werbung|dfp|gpt|gam|mpu|taboola|outbrain|sponsor\w*|skyscraper|leaderboard|billboard|paywall|piano|iqad\w*|arcad"
    r"|newsletter|donat\w*|adsbygoogle|doubleclick|teads|criteo|revcontent|mgid|zergnet)(?![a-z])"
)
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
VISIBLE: Final = "data-bl-vis"
POSITION: Final = "data-bl-pos"
"""The caller's hints (`hints.py`)."""

_LAYING: Final = frozenset({"hidden", "style", "type", "role", "aria-modal", VISIBLE, POSITION})
"""Attributes that may hide an element or lay it over the page, or say so."""
_HIDING_STYLE: Final = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_CSS_TYPE: Final = re.compile(r"[a-z][a-z0-9-]*\Z")
_USUAL: Final = frozenset("a article aside body button div footer h2 h3 header li main nav p section span ul".split())
_LONGEST_KNOWN: Final = 200  # characters of a name that is remembered: with the cache's size it bounds the memory
_SLOT_SCAN: Final = 40  # nodes looked at to see whether a named slot is empty; a fuller one is no slot
_SHOWN: Final = EMBEDS | INLINE_MEDIA

_NO_ELEMENT, _UNSEEN, _UNDRAWN, _INLINE, _MEDIUM, _PARTED_MEDIUM, _EMBED, _BOX = range(8)
_SORTS: Final[dict[str | None, int]] = {
    **dict.fromkeys(INLINE, _INLINE),
    **dict.fromkeys((*INLINE_MEDIA, "br"), _MEDIUM),
    **dict.fromkeys(("picture", "textarea"), _PARTED_MEDIUM),
    **dict.fromkeys(EMBEDS, _EMBED),
    **dict.fromkeys(UNDRAWN, _UNDRAWN),
    **dict.fromkeys(INVISIBLE, _UNSEEN),
    **dict.fromkeys((None, "-comment", "-text", "-doctype", "-document"), _NO_ELEMENT),
}
"""What the walk does with a node, by its tag; one that is not here is a `_BOX`."""

_SORTS_UNSCRIPTED: Final = {tag: sort for tag, sort in _SORTS.items() if tag != "noscript"}


Item = tuple[int, int, str | None]
"""(element, number of elements opened so far, text); the text of media, line breaks and slots is None."""


@dataclass(slots=True)
class Elements:
    """A page's elements as parallel lists, and its *items*: texts, media, line breaks.

    `parents[i] < i`; element 0 is `html`, its parent -1. Elements below an `INVISIBLE` one or an embed are left out.
    """

    tags: list[str] = field(default_factory=lambda: ["html"])
    parents: list[int] = field(default_factory=lambda: [-1])
    positions: list[int] = field(default_factory=lambda: [1])  # 1-based, as :nth-child counts
    depths: list[int] = field(default_factory=lambda: [0])
    attrs: list[dict[str, str | None]] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=lambda: [False])
    containers: list[bool] = field(default_factory=lambda: [True])  # block-level, or around such
    items: list[Item] = field(default_factory=list)
    laid: list[int] = field(default_factory=list)  # elements with an attribute that may hide or place them
    makes: dict[tuple[int, int], tuple[str | None, ...]] = field(default_factory=dict)  # what `make` found above some

    def make(self, element: int, steps: int) -> tuple[str | None, ...]:
        """Return the tags and classes of an element and those around it, `steps` in all: alike elements share them."""
        key: tuple[str | None, ...] = (self.tags[element], self.attrs[element].get("class"))
        if (parent := self.parents[element]) < 0 or steps == 1:
            return key
        if (around := self.makes.get((parent, steps))) is None:  # most elements have siblings
            around = self.makes[parent, steps] = self.make(parent, steps - 1)
        return key + around

    def step(self, element: int) -> str:
        """Return the last step of an element's CSS path."""
        tag = self.tags[element]
        # Names such as o:p, and SVG's camelCase ones, are no type selectors in every engine.
        return f"{tag if tag in _USUAL or _CSS_TYPE.match(tag) else '*'}:nth-child({self.positions[element]})"


def walk(tree: LexborHTMLParser, bounds: Bounds, *, scripting: bool = True) -> Elements:
    """Return the elements and items that a reader could see. Raises PageTooComplex beyond `bounds`.

    Without `scripting`, and in a tree that was parsed so, what stands in `<noscript>` is seen, and no slot is empty.
    """
    root = tree.root
    page = Elements(attrs=[root.attributes if root is not None else {}])
    tags, parents, positions, depths = page.tags, page.parents, page.positions, page.depths
    attrs, hidden, containers, items, laid = page.attrs, page.hidden, page.containers, page.items, page.laid
    max_depth, max_elements = bounds.max_depth, bounds.max_elements
    sort_of = (_SORTS if scripting else _SORTS_UNSCRIPTED).get
    # A node still to visit, its parent's index, its :nth-child position should it be an element.
    stack: list[tuple[LexborNode, int, int]] = []
    drawn: dict[int, bool] = {0: False}
    count = 1
    first = root.first_child if root is not None else None
    if first is not None:
        stack.append((first, 0, 1))
    while stack:
        following: LexborNode | None
        following, parent, position = stack.pop()
        depth, veiled = depths[parent] + 1, hidden[parent]
        while following is not None:  # along the siblings, and down into the first that has children
            node = following
            text = node.text_content  # most nodes are texts; of all others it is None
            if text is not None:
                if text:
                    items.append((parent, count, text))
                following = node.next
                continue
            tag = node.tag
            sort = sort_of(tag, _BOX)
            if sort == _UNDRAWN:
                sort = _UNSEEN if _in_drawing(page, parent, drawn) else _BOX
            if sort <= _UNSEEN or tag is None:
                position += sort
                following = node.next
                continue
            if count > max_elements:
                raise PageTooComplex("max_elements", max_elements)
            if depth > max_depth:
                raise PageTooComplex("max_depth", max_depth)
            attributes = node.attributes
            tags.append(tag)
            parents.append(parent)
            positions.append(position)
            depths.append(depth)
            attrs.append(attributes)
            if _LAYING.isdisjoint(attributes):
                hidden.append(veiled)
            else:
                laid.append(count)
                hidden.append(veiled or hides(tag, attributes))
            position += 1
            if sort >= _EMBED:
                containers.append(True)
                above = parent
                while not containers[above]:
                    containers[above] = True
                    above = parents[above]
                closed = sort == _EMBED or (bool(attributes) and scripting and _is_slot(node, attributes))
            else:
                containers.append(False)
                closed = sort == _MEDIUM
            if closed or sort == _PARTED_MEDIUM:
                items.append((count, count + 1, None))
            following = node.next
            child = None if closed else node.first_child
            if child is not None:
                if following is not None:
                    stack.append((following, parent, position))
                following, parent, position = child, count, 1
                depth, veiled = depth + 1, hidden[count]
            count += 1
    return page


def _in_drawing(page: Elements, element: int, known: dict[int, bool]) -> bool:
    """Whether an element is SVG or MathML; `known` keeps the answers, so that no chain is climbed twice."""
    chain = []
    while element not in known:
        chain.append(element)
        element = page.parents[element]
    inside = known[element]
    for below in reversed(chain):
        tag = page.tags[below]
        inside = known[below] = tag in {"svg", "math"} or (inside and tag != "foreignObject")
    return inside


def hides(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether an element's own markup keeps it from being shown."""
    if "hidden" in attributes or (tag == "input" and (attributes.get("type") or "").lower() == "hidden"):
        return True
    style = attributes.get("style")
    if style is None:
        return False
    lower = style.lower()
    return ("none" in lower or "hidden" in lower) and _HIDING_STYLE.search(lower) is not None


def _is_slot(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether a container with a name like an advert's or an offer's has nothing in it to see."""
    name, own = attributes.get("class"), attributes.get("id")
    if not ((name and _names_slot(name)) or (own and _names_slot(own))):
        return False
    for seen, below in enumerate(node.traverse(include_text=True)):
        tag = below.tag
        if tag in _SHOWN or seen > _SLOT_SCAN:
            return False
        if tag == "-text" and not (below.text_content or "").isspace() and not _unseen_below(below, node):
            return False
    return True


def _names_slot(name: str) -> bool:
    """Whether an element's id or classes are like those of adverts and offers."""
    return _known_slot(name) if len(name) <= _LONGEST_KNOWN else _known_slot.__wrapped__(name)


@lru_cache(maxsize=4_096)
def _known_slot(name: str) -> bool:
    return _SLOT.search(f" {name if name.islower() else _CAMEL.sub('-', name).lower()}") is not None


def _unseen_below(text: LexborNode, node: LexborNode) -> bool:
    """Whether a reader cannot see a text, for what stands between it and an element around it."""
    above = text.parent
    if above is None or above.tag in INVISIBLE:
        return above is not None
    undrawn = above.tag in UNDRAWN
    while undrawn and above is not None and above.mem_id != node.mem_id and above.tag not in {"svg", "math"}:
        above = above.parent
    return undrawn and above is not None and above.tag in {"svg", "math"}
