"""What a page's head says of it: title, language, host."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

_MAX_LANGUAGE: Final = 35  # RFC 5646, section 4.4.1


@dataclass(frozen=True, slots=True)
class Head:
    """A page's own words on itself; each may be wrong."""

    title: str = ""
    language: str | None = None
    host: str | None = None


def read(tree: LexborHTMLParser, url: str | None = None) -> Head:
    """Return what the head says. `url` is the caller's word on the page's address, before the page's own."""
    title = ""
    addresses = [url]
    language = None
    root = tree.root
    if root is not None:
        attributes = root.attributes
        language = attributes.get("lang") or attributes.get("xml:lang")
    head = tree.head
    node = head.first_child if head is not None else None
    while node is not None:
        tag = node.tag
        if tag == "title" and not title:
            title = " ".join((node.text() or "").split())
        elif tag in {"link", "meta", "base"}:
            attributes = node.attributes
            if tag == "link" and attributes.get("rel") == "canonical":
                addresses.insert(1, attributes.get("href"))
            elif tag == "meta" and attributes.get("property") == "og:url":
                addresses.append(attributes.get("content"))
            elif tag == "meta" and (attributes.get("http-equiv") or "").lower() == "content-language":
                language = language or attributes.get("content")
            elif tag == "base":
                addresses.append(attributes.get("href"))
        node = node.next
    host = next((name for address in addresses if address and (name := _host(address))), None)
    return Head(title, language_tag(language), host)


def _host(address: str) -> str | None:
    try:
        name = urlsplit(address.strip()).hostname
    except ValueError:
        return None
    return name.lower().removeprefix("www.") if name else None


def language_tag(given: str | None) -> str | None:
    """Return a language tag as declared, tidied, or None where it cannot be one."""
    tag = (given or "").split(",")[0].strip().replace("_", "-")
    return tag if 2 <= len(tag) <= _MAX_LANGUAGE and tag.replace("-", "").isalnum() and tag.isascii() else None
