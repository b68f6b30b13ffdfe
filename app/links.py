"""Where addresses lead, and the words that say so."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from app.vocabulary import Vocabulary

_PATH_WORD: Final = re.compile(r"[a-z]{2,}")
_ADDRESS: Final = re.compile(
    r"(?:https?:)?"
    r"(?://([ -\"$-.0->@-Z\\^-~]*)|(?!//))"  # ASCII without # / ? [ ]
    r"(/[^?#\x00-\x1f]*)?(?:\?([^#\x00-\x1f]*))?(?:#[^\x00-\x1f]*)?\Z"
)
"""Nearly all addresses; `urlsplit`, ten times as slow, takes the others: unusual schemes, hosts, control characters."""
_MAIL: Final = frozenset("mailto tel sms whatsapp".split())
_SCRIPT: Final = frozenset("javascript data about blob".split())


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
    if colon:
        scheme = scheme.lower()
        if scheme in _MAIL:
            return "mail", [f"={scheme}"]
        if scheme in _SCRIPT:
            return "script", [f"={scheme}"]
    found = _ADDRESS.match(address)
    if found:
        netloc, path, query = found.groups("")
    else:
        try:
            _, netloc, path, query, _ = urlsplit(address)
        except ValueError:
            return "none", ["=broken"]
    where, named = _site_words(netloc.lower().removeprefix("www."), host)
    words = [*named, *_PATH_WORD.findall(path.lower())[:6]]
    if query:
        words += [f"?{part.partition('=')[0][:20]}" for part in query.split("&", 4)[:4]]
    return where, words


def _site_words(name: str, host: str | None) -> tuple[str, tuple[str, ...]]:
    """Return where an address leads that names the host `name`, or none, and words that say so."""
    if not name or name == host:
        return "in", ("=in",)
    of, labels = _named(name)
    if host is None:
        return "in", ("=absolute", *labels)
    if of == _named(host)[0]:
        return "in", ("=sub", *labels)
    return "out", ("=out", *labels)


@lru_cache(maxsize=4_096)
def _named(host: str) -> tuple[str, tuple[str, ...]]:
    """Return a host's site and the words in its name. That a page linked to it is not remembered with the page's."""
    return site(host), tuple(f"{label}." for label in host.split(":")[0].split(".")[:3])


def site(host: str) -> str:
    """Return a host's last two labels, three where the second last is short (co.uk): near enough to compare sites."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) <= 3 else 2
    return ".".join(labels[-keep:])


class Links:
    """What a page's addresses say, each read once."""

    def __init__(self, host: str | None, vocabulary: Vocabulary) -> None:
        self._host = host
        self._number = vocabulary.finder("link")
        self._links: dict[str, tuple[str, list[int]]] = {}
        self._sources: dict[str, list[int]] = {}

    def link(self, address: str) -> tuple[str, list[int]]:
        """Return where a link leads and the numbers of the words that say so, each once."""
        known = self._links.get(address)
        if known is None:
            where, words = link_words(address, self._host)
            known = self._links[address] = where, self._numbers(words)
        return known

    def source(self, address: str) -> list[int]:
        """Return the numbers of the words in the address of something embedded, each once."""
        known = self._sources.get(address)
        if known is None:
            words = [f"^{word}" for word in link_words(address, self._host)[1]]
            known = self._sources[address] = self._numbers(words)
        return known

    def _numbers(self, words: list[str]) -> list[int]:
        return [number for number in map(self._number, dict.fromkeys(words)) if number is not None]
