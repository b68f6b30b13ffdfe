"""What a block's markup says: names in class, id and data attributes, where its links lead, and numbers about it."""

import re
from math import log1p
from typing import Final
from urllib.parse import urlsplit

from app.blocks import Block, Page
from app.elements import EMBEDS
from app.vocabulary import Vocabulary

_GROUPS: Final = {
    "p": ("p",), "li": ("li",), "div": ("div",), "section": ("section", "article", "main"),
    "cell": ("td", "th", "dd", "dt"),
    "h1": ("h1",), "h2": ("h2",), "h3": ("h3",), "h4": ("h4", "h5", "h6"), "pre": ("pre",), "quote": ("blockquote",),
    "caption": ("figcaption", "caption", "figure"), "inline": ("a", "span", "label", "button"),
    "form": ("form", "fieldset", "legend"), "embed": tuple(EMBEDS), "furniture": ("nav", "header", "footer", "aside"),
    "other": (),
}  # fmt: skip
_GROUP_OF: Final = {tag: number for number, tags in enumerate(_GROUPS.values()) for tag in tags}
_OTHER: Final = len(_GROUPS) - 1
_ANCESTORS: Final = (
    "nav", "header", "footer", "aside", "article", "main", "section", "form", "figure", "table", "li", "blockquote",
    "dialog", "h1", "h2", "a",
)  # fmt: skip
_ANCESTOR_BIT: Final = {tag: 1 << number for number, tag in enumerate(_ANCESTORS)}
_ANCESTOR_MASKS: Final = tuple(1 << number for number in range(len(_ANCESTORS)))

COLUMNS: Final = (
    "link_density", "links", "links_out", "links_here", "links_mail", "sponsored", "images", "inputs", "buttons",
    "hidden", "depth", "part", "slot", "image_width", "heading_distance",
    *(f"tag_{name}" for name in _GROUPS),
    *(f"in_{name}" for name in _ANCESTORS),
)  # fmt: skip
"""The numbers per block that need structure."""

_NAME: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_PATH_WORD: Final = re.compile(r"[a-z]{2,}")
_MAX_LINKS: Final = 4
_MAX_NAMES: Final = 24
_MAX_VALUE: Final = 200  # characters of an attribute's value that are read for names
_NAMED: Final = frozenset(
    "id class role aria-label itemprop itemtype name type placeholder for title rel value alt".split()
)


def name_words(tag: str, attributes: dict[str, str | None]) -> list[str]:
    """Return the words in an element's tag, names and data attributes, each once, at most 24."""
    words = {f"<{tag}": None}
    for key, value in attributes.items():
        if key in _NAMED:
            if value:
                for word in _NAME.findall(value[:_MAX_VALUE]):
                    words[word.lower()] = None
        elif key[:5] == "data-":
            words[f"@{key[5:30]}"] = None
            if value and len(value) < 40:
                for word in _NAME.findall(value):
                    words[word.lower()] = None
        elif key in {"action", "aria-modal", "onclick", "contenteditable"}:
            words[f"@{key}"] = None
            for word in _NAME.findall((value or "")[:80]):
                words[word.lower()] = None
    return list(words)[:_MAX_NAMES]


def link_words(address: str, host: str | None) -> tuple[str, list[str]]:
    """Return where an address leads (`here`, `in`, `out`, `mail`, `script`, `none`) and words that say so.

    `host` is the page's own host name where known; a subdomain of the same site counts as `in`, its name becomes a
    word.
    """
    address = address.strip()[:300]
    if not address:
        return "none", ["=none"]
    if address[0] == "#":
        return "here", ["=here"]
    scheme, colon, _ = address[:12].partition(":")
    if colon and scheme.lower() in {"mailto", "tel", "sms", "whatsapp"}:
        return "mail", [f"={scheme.lower()}"]
    if colon and scheme.lower() in {"javascript", "data", "about", "blob"}:
        return "script", [f"={scheme.lower()}"]
    try:
        parts = urlsplit(address)
    except ValueError:
        return "none", ["=broken"]
    words: list[str] = []
    where = "in"
    name = parts.netloc.lower().removeprefix("www.")
    if name:
        labels = name.split(":")[0].split(".")
        if host is None:
            words.append("=absolute")
        elif name == host:
            words.append("=in")
        elif site(name) == site(host):
            words.append("=sub")
        else:
            where = "out"
            words.append("=out")
        if name != host:
            words.extend(f"{label}." for label in labels[:3])
    else:
        words.append("=in")
    words.extend(_PATH_WORD.findall(parts.path.lower())[:6])
    if parts.query:
        words.extend(f"?{part.partition('=')[0][:20]}" for part in parts.query.split("&", 4)[:4])
    return where, words


def site(host: str) -> str:
    """Return a host's last two labels, three where the second last is short (co.uk): near enough to compare sites."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) <= 3 else 2
    return ".".join(labels[-keep:])


def ancestor_bits(page: Page) -> list[int]:
    """Return per element which of the telling tags stand above it or are it, as bits."""
    bits = [0] * len(page.tags)
    get = _ANCESTOR_BIT.get
    tags, parents = page.tags, page.parents
    for index in range(1, len(bits)):
        bits[index] = bits[parents[index]] | get(tags[index], 0)
    return bits


def block_markup(
    page: Page, block: Block, bits: int, heading: int, vocabulary: Vocabulary
) -> tuple[list[float], list[int]]:
    """Return one row of `COLUMNS` and the numbers of the words in the block's link and media addresses.

    `bits` come from `ancestor_bits`; `heading` is the signed distance in blocks to the page's headline.
    """
    host = page.head.host
    links = out = here = mail = sponsored = images = inputs = buttons = 0
    width = 0.0
    words: dict[str, None] = {}
    tags, attrs = page.tags, page.attrs
    read = 0
    for element in block.inner:
        link = element
        while link != block.element and tags[link] != "a":  # texts are listed with their innermost element
            link = page.parents[link]
        tag = tags[element]
        attributes = attrs[element]
        if tags[link] == "a" and (address := attrs[link].get("href")) is not None:
            links += 1
            if read < _MAX_LINKS:
                read += 1
                where, found = link_words(address or "", host)
                out += where == "out"
                here += where in {"here", "script", "none"}
                mail += where == "mail"
                words.update(dict.fromkeys(found))
                rel = attrs[link].get("rel")
                if rel and "sponsored" in rel:
                    sponsored += 1
        if tag in {"img", "iframe", "canvas", "picture"} or tag in EMBEDS:
            images += 1
            given = attributes.get("width")
            if given and given.isdecimal() and len(given) < 6:
                width = max(width, float(given))
            source = attributes.get("src") or attributes.get("data-src") or ""
            if source and images <= 2:
                words.update(dict.fromkeys([f"^{word}" for word in link_words(source, host)[1]]))
        elif tag in {"input", "select", "textarea"}:
            inputs += 1
        elif tag == "button":
            buttons += 1
    row = [0.0] * len(COLUMNS)
    row[:15] = [
        block.link_chars / (len(block.text) or 1),
        log1p(links),
        out / (read or 1),
        here / (read or 1),
        float(mail > 0),
        float(sponsored > 0),
        log1p(images),
        log1p(inputs),
        log1p(buttons),
        float(page.hidden[block.element]),
        log1p(page.depths[block.element]),
        float(block.part is not None),
        float(block.inner[:1] == [block.element] and tags[block.element] not in EMBEDS),
        log1p(width),
        max(-1.0, min(1.0, heading / 50)),
    ]
    row[15 + _GROUP_OF.get(tags[block.element], _OTHER)] = 1.0
    base = 15 + len(_GROUPS)
    for number, mask in enumerate(_ANCESTOR_MASKS):
        if bits & mask:
            row[base + number] = 1.0
    return row, vocabulary.numbers("link", words)
