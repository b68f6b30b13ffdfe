"""Results with labels given by hand, for tests of what is made of a page's content."""

import re
from collections.abc import Callable

from app import dom, metadata
from app.blocks import Block, Page, split
from app.clean import TAGS
from app.labeller import LabelledBlock, Result, Source, Timings
from app.labels import LABELS
from app.places import Places
from tests import pages

INLINE = "a abbr b cite code del em i img ins kbd mark q rp rt ruby s samp small strong sub sup u var".split()
"""Elements of the answers that do not part words."""

_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(INLINE)})(?:\s[^>]*)?>")
_TAG = re.compile(r"<[^>]*>")


def result(html: str, is_content: Callable[[Page, Block], bool] = lambda *_: True, url: str | None = None) -> Result:
    """Return the page's blocks, labelled content where `is_content` says so and navigation elsewhere."""
    tree = dom.parse(html)
    page = split(tree)
    labelled = [
        LabelledBlock(
            at, "content" if is_content(page, block) else "navigation", None, 0.9, Places(page).selector(block.element),
            block.part, None, page.tags[block.element], block.text, page.hidden[block.element],
        )
        for at, block in enumerate(page.blocks)
    ]  # fmt: skip
    source = Source(tree, page, declared=metadata.read(tree, url))
    return Result(None, labelled, dict.fromkeys(LABELS, 0), [], Timings(0, 0, 0), source)


def as_expected(page: pages.Page) -> Result:
    """Return a test page's blocks with the labels that its source expects."""

    def is_content(split_page: Page, block: Block) -> bool:
        accepted = page.accepted(Places(split_page).selector(block.element))
        return accepted is not None and accepted.takes("content")

    return result(page.html, is_content)


def words(result: Result) -> list[str]:
    """Return the words of the content blocks, in order."""
    return [word for block in result.blocks if block.label == "content" for word in block.text.split()]


def words_of_html(html: str) -> list[str]:
    """Return the words that a reader of the HTML sees, in order."""
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= TAGS
    bare = dom.parse(_TAG.sub(" ", _INLINE_TAG.sub("", html))).body
    return (bare.text() if bare is not None else "").split()
