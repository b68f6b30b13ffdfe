"""Addresses that may be handed out: which of a page's may be followed, and what they are relative to."""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
MAX_LENGTH: Final = 2_000
_SCHEME: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x20]+")


def followable(value: str | None) -> str | None:
    """Return an address that may be followed, or None: nothing that runs, no data, nothing empty."""
    if not value or not (tidy := value.strip()) or len(tidy) > MAX_LENGTH:
        return None
    scheme = _SCHEME.match(_CONTROL.sub("", tidy[:100]))
    return None if scheme and scheme[1].lower() not in SCHEMES else tidy


def base_address(tree: LexborHTMLParser | None, url: str | None) -> str | None:
    """Return what a page's relative addresses are relative to: its `<base>` if it has one, seen from `url`."""
    declared = tree.css_first("base[href]") if tree is not None else None
    try:
        return urljoin(url or "", (declared.attributes.get("href") or "").strip()) if declared is not None else url
    except ValueError:
        return url


def usable_base(base: str | None) -> str | None:
    """Return `base` if it is the address of a page, of a length that may be written before every link."""
    try:
        parts = urlsplit(base or "")
    except ValueError:
        return None
    return base if parts.scheme in {"http", "https"} and parts.hostname and len(base or "") <= MAX_LENGTH else None
