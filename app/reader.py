"""What a reader app shows of a labelled page: its content and nothing else, as text, Markdown or HTML."""

from functools import cached_property
from html import escape

from app import addresses, blocks, clean, dom, markdown, plain
from app.labeller import Result
from app.repeats import once
from app.skeleton import Skeleton, skeleton

CONTENT = "content"


class Reader:
    """The content of a result, in document order, each passage once; `url` is the page's address where it is known."""

    def __init__(self, result: Result, url: str | None = None) -> None:
        self.result = result
        self.url = url

    def text(self) -> str:
        """Return a paragraph a block; a table's cells stand between tabs, preformatted text as it is."""
        return plain.text(self._skeleton)

    def markdown(self) -> str:
        """Return CommonMark with tables, lists, code, captions, pictures and links."""
        return markdown.markdown(self._skeleton, self._base)

    def html(self) -> str:
        """Return HTML that is safe to show: an allow-list of elements and attributes, no scripts, no styles."""
        return clean.html(self._skeleton, self._base)

    @cached_property
    def _base(self) -> str | None:
        return addresses.base_address(self.result.source.tree, self.url)

    @cached_property
    def _skeleton(self) -> Skeleton:
        page = self.result.source.page
        kept = [block for block in self.result.blocks if block.label == CONTENT]
        if page is None:  # text without structure: a paragraph a line
            page = blocks.split(dom.parse("".join(f"<p>{escape(block.text)}</p>" for block in kept)))
            return skeleton(page, page.blocks)
        return skeleton(page, once(page, [page.blocks[block.index] for block in kept]))
