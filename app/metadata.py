"""What a page's markup declares of itself, in JSON-LD and in `<meta>`: no reader sees it, and any of it may be false.

Publishers write these for search engines and social networks. What is kept is bounded in length, as the scripts are
(`linked.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from app import linked

_MAX_METAS: Final = 400
_MAX_TEXT: Final = 500
_MAX_ADDRESS: Final = 2_048
_MAX_AUTHORS: Final = 5
_MAX_TYPES: Final = 24

_OTHERS: Final = frozenset({"author", "publisher", "image", "itemListElement", "comment", "review", "isRelatedTo"})
"""Members whose objects are not the page itself."""

_FREE: Final = {"true": True, "false": False}
_TIERS: Final = {"free": True, "metered": False, "locked": False}
_ARTICLES: Final = ("article", "posting", "review", "recipe", "report", "story", "webpage", "howto")
"""Ends of the JSON-LD types whose author, date and headline are the page's own."""

_BYLINES: Final = (
    "author",
    "parsely-author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "article:author",
)
_DATES: Final = (
    "article:published_time", "og:published_time", "parsely-pub-date", "date", "pubdate", "publishdate", "dc.date",
    "dc.date.issued", "dcterms.created", "sailthru.date", "datepublished", "article.published",
)  # fmt: skip
_IMAGES: Final = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the markup declares. `types` are JSON-LD's types in lower case, `free` is None where nothing is said.

    `free_by` names where `free` was read: `json-ld` or `meta`. `words` is how many words the page's text is said to
    have.
    """

    headline: str | None = None
    byline: str | None = None
    published: str | None = None
    image: str | None = None
    language: str | None = None
    free: bool | None = None
    free_by: str | None = None
    address: str | None = None
    generator: str = ""
    og_type: str = ""
    types: tuple[str, ...] = ()
    words: int | None = None
    description: str | None = None


def read(tree: LexborHTMLParser, url: str | None = None) -> Metadata:
    """Return what the page declares; `url` is the caller's word on its address, which relative addresses begin at."""
    metas = _metas(tree)
    nodes = list(linked.objects(tree, _OTHERS))
    types = tuple(dict.fromkeys(name for node in nodes for name in _types(node)))[:_MAX_TYPES]
    main = [node for node in nodes if any(name.endswith(_ARTICLES) for name in _types(node))]
    free, free_by = _free(nodes, metas)
    image = _first(metas, _IMAGES) or next(filter(None, (_address(node.get("image")) for node in main)), None)
    return Metadata(
        metas.get("og:title") or next(filter(None, (_text(node.get("headline")) for node in main)), None),
        next(filter(None, (_names(node.get("author")) for node in main)), None) or _byline(metas),
        next(filter(None, (date(node.get("datePublished")) for node in main)), None) or _date(metas),
        absolute(image, url or metas.get("og:url")),
        metas.get("og:locale") or next(filter(None, (_text(node.get("inLanguage")) for node in main)), None),
        free,
        free_by,
        absolute(url or metas.get("og:url"), None),
        metas.get("generator", "")[:_MAX_TEXT],
        metas.get("og:type", "").lower()[:40],
        types,
        max((_words(node) for node in main), default=0) or None,
        _text(_first(metas, ("description", "og:description"))),
    )


def absolute(address: str | None, base: str | None) -> str | None:
    """Return an http(s) address, made absolute where the page's own is known; None for anything else."""
    if not address:
        return None
    try:
        joined = urljoin(base or "", address.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and parts.netloc and len(joined) <= _MAX_ADDRESS else None


def date(given: object) -> str | None:
    """Return a date or time in ISO 8601 as it was given, or None where it is none."""
    text = _text(given)
    if text is None or len(text) > 40 or not text[:4].isdecimal():
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the first value of each `<meta>`, by its name in lower case."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:_MAX_METAS]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = " ".join((attributes.get("content") or "")[: 2 * _MAX_ADDRESS].split())
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _types(node: Mapping[str, Any]) -> list[str]:
    given = node.get("@type")
    names = given[:5] if isinstance(given, list) else [given]
    return [name.rpartition("/")[2].lower()[:40] for name in names if isinstance(name, str)]


def _words(node: Mapping[str, Any]) -> int:
    """Return how many words an object says that its text has: by their count, or by the text itself."""
    count, text = node.get("wordCount"), node.get("articleBody")
    if isinstance(count, str) and len(count) < 8 and count.isdecimal():
        count = int(count)
    counted = count if isinstance(count, int) and not isinstance(count, bool) else 0
    return max(counted, text.count(" ") if isinstance(text, str) else 0)


def _free(nodes: list[dict[str, Any]], metas: Mapping[str, str]) -> tuple[bool | None, str | None]:
    """Return what the outermost object says that says anything, else the tier that Facebook's `<meta>` names."""
    for node in nodes:
        word = str(node.get("isAccessibleForFree", "")).strip().rpartition("/")[2].lower()
        if word in _FREE:
            return _FREE[word], "json-ld"
    tier = _TIERS.get(metas.get("article:content_tier", "").lower())
    return tier, None if tier is None else "meta"


def _first(metas: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((metas[name] for name in names if name in metas), None)


def _byline(metas: Mapping[str, str]) -> str | None:
    found = (metas[name] for name in _BYLINES if name in metas)
    return next((one[:_MAX_TEXT] for one in found if not one.startswith(("http:", "https:", "@", "/"))), None)


def _date(metas: Mapping[str, str]) -> str | None:
    return next(filter(None, (date(metas[name]) for name in _DATES if name in metas)), None)


def _text(given: object) -> str | None:
    return " ".join(given[: 2 * _MAX_TEXT].split())[:_MAX_TEXT] or None if isinstance(given, str) else None


def _names(given: object) -> str | None:
    """Return the authors' names, joined by commas."""
    each = given if isinstance(given, list) else [given]
    found = (_text(one.get("name") if isinstance(one, dict) else one) for one in each[:_MAX_AUTHORS])
    return ", ".join(name for name in found if name and "://" not in name)[:_MAX_TEXT] or None


def _address(given: object) -> str | None:
    one = given[0] if isinstance(given, list) and given else given
    one = one.get("url") if isinstance(one, dict) else one
    return one[: 2 * _MAX_ADDRESS] if isinstance(one, str) else None
