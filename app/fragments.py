"""Fragments: one element that was added to a page later, posted without the page around it."""

import html as markup
import re
from typing import Final

from app.blocks import Page
from app.errors import NotOneElement
from app.wishes import Context

_PARTS: Final = {
    **dict.fromkeys(("caption", "colgroup", "thead", "tbody", "tfoot"), ("table",)),
    "tr": ("table", "tbody"),
    **dict.fromkeys(("td", "th"), ("table", "tbody", "tr")),
    **dict.fromkeys(("option", "optgroup"), ("select",)),
}
"""Elements that a parser takes only within others."""
_FIRST: Final = re.compile(r"\s*(?:<!--.*?-->\s*)*<([a-zA-Z][^\s/>]*)", re.DOTALL)


def document(fragment: str, context: Context) -> tuple[str, int]:
    """Return a page with a fragment in it, and the number that the fragment's element will have among its elements."""
    first = _FIRST.match(fragment)
    around = _PARTS.get(first[1].lower(), ()) if first else ()
    language = f' lang="{markup.escape(context.language)}"' if context.language else ""
    opened = "".join(f"<{tag}>" for tag in around)
    title = markup.escape(context.title)
    page = f"<!DOCTYPE html><html{language}><head><title>{title}</title></head><body>{opened}{fragment}"
    return page, 2 + len(around)


def check(page: Page, root: int) -> None:
    """Raise NotOneElement unless all that a page shows stands in its element `root` (`document`'s)."""
    alone = len(page.tags) > root and page.parents[root] == root - 1
    if not alone or any(parent < root for parent in page.parents[root + 1 :]):
        raise NotOneElement
    if any(element < root for element, _, text in page.items if text is None or not text.isspace()):
        raise NotOneElement
