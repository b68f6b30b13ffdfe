"""What is wrong with our blocks of a gold page of the corpus: nothing, it is hoped."""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom
from app.blocks import Page
from app.places import Places
from tests import seen
from tests.seen import Seen, squeezed
from training.corpus import Corpus

SELECTS = 8
SHOWN_CHARS = 80  # of a gold unit's text are in its label file


@dataclass(slots=True)
class Findings:
    """One page's gold units with text, how many of them fall into exactly one block, and how many training matches."""

    page: str
    units: int = 0
    fallen: int = 0
    matched: int = 0
    faults: list[str] = field(default_factory=list)


def names(root: Path) -> list[str]:
    """Return the ids of the gold pages, in order; they are digests, so that every n-th is a random sample."""
    return sorted(path.name.partition(".")[0] for path in (root / "gold").glob("*.html.gz"))


def html(root: Path, page: str) -> str:
    return gzip.decompress((root / "gold" / f"{page}.html.gz").read_bytes()).decode("utf-8", "replace")


def examine(root: Path, page: str) -> Findings:
    """Return how the page's blocks stand to its gold units, to all that can be seen, and to Lexbor's CSS engine."""
    tree = dom.parse(html(root, page))
    split = blocks.split(tree)
    selectors = list(map(Places(split).selector, (block.element for block in split.blocks)))
    shown = seen.with_lexbor(tree)
    found = Findings(page)
    labels = json.loads((root / "labels" / f"{page}.json").read_bytes())
    _lay(found, root, labels["units"], split, selectors)
    found.faults += [f"{page}: {fault}" for fault in (*_coverage(split, shown), *_places(split, selectors, shown))]
    plain = seen.without_instructions(tree)
    found.faults += [f"{page}: {fault}" for fault in _resolution(plain, dict.fromkeys(selectors), shown)]
    return found


def compare(root: Path, page: str) -> list[str] | None:
    """Return what is wrong with the page's selectors in html5lib's tree; None where that is another tree than Lexbor's.

    The trees agree as `seen.agree` says. All selectors are followed step by step, some by BeautifulSoup's own engine,
    which looks at every element of the page for each.
    """
    text = html(root, page)
    tree, soup = dom.parse(text), seen.soup(text)
    shown = seen.with_html5lib(soup)
    if not seen.agree(seen.with_lexbor(tree), shown):
        return None
    split = blocks.split(tree)
    selectors = list(map(Places(split).selector, (block.element for block in split.blocks)))
    below = texts_below(split, selectors)
    wrong = [selector for selector in below if shown.below(seen.place(selector)) != below[selector]]
    distinct = list(dict.fromkeys(selectors))
    for selector in distinct[:: max(1, len(distinct) // SELECTS)]:
        found = [element.name for element in soup.select(selector)]
        if found != [shown.tags[seen.place(selector)]]:
            wrong.append(selector)
    return [f"{page}: {selector}" for selector in wrong]


def texts_below(split: Page, selectors: Iterable[str]) -> dict[str, str]:
    """Return, by selector, the text of all blocks of the element and of the elements in it, without white space."""
    parts: dict[str, list[str]] = defaultdict(list)
    for block, selector in zip(split.blocks, selectors, strict=True):
        above, text = selector, squeezed(block.text)
        while above:
            parts[above].append(text)
            above = above.rpartition(" > ")[0]
    return {selector: "".join(texts) for selector, texts in parts.items()}


@cache
def _corpus(root: Path) -> Corpus:
    return Corpus(root)


def _lay(found: Findings, root: Path, units: list[Mapping[str, Any]], split: Page, selectors: list[str]) -> None:
    corpus = _corpus(root)
    before = corpus.alignment.matched
    corpus.lay([dict(unit) for unit in units], split)
    found.matched = corpus.alignment.matched - before
    here: dict[str, list[str]] = defaultdict(list)
    for block, selector in zip(split.blocks, selectors, strict=True):
        here[selector].append(squeezed(block.text))
    alike = Counter((unit["path"], unit["text"]) for unit in units)
    for (path, text), count in alike.items():
        if text:
            found.units += count
            start, cut = squeezed(text), len(text) >= SHOWN_CHARS
            same = sum(ours.startswith(start) if cut else ours == start for ours in here[path])
            found.fallen += count if same == count else 0


def _coverage(split: Page, shown: Seen) -> Iterable[str]:
    ours, theirs = "".join(squeezed(block.text) for block in split.blocks), shown.text
    if ours != theirs:
        at = next(at for at, (our, their) in enumerate(zip_longest(ours, theirs)) if our != their)
        yield f"its blocks say {ours[at : at + 60]!r} where a reader sees {theirs[at : at + 60]!r}"
    media = Counter(element for block in split.blocks for element in block.inner if split.tags[element] in seen.MEDIA)
    if set(media.values()) - {1} or len(media) != len(shown.media):
        yield f"{media.total()} places of {len(media)} media in blocks, where there are {len(shown.media)}"


def _places(split: Page, selectors: list[str], shown: Seen) -> Iterable[str]:
    for block, selector in zip(split.blocks, selectors, strict=True):
        if shown.tags.get(seen.place(selector)) != split.tags[block.element]:
            yield f"no {split.tags[block.element]} at {selector}"
    keys = Counter((selector, block.part) for block, selector in zip(split.blocks, selectors, strict=True))
    yield from (f"two blocks at {selector}, part {part}" for (selector, part), count in keys.items() if count > 1)


def _resolution(tree: LexborHTMLParser, selectors: Iterable[str], shown: Seen) -> Iterable[str]:
    taken = set()
    for selector in selectors:
        matches = tree.css(selector)
        if len(matches) != 1 or matches[0].tag != shown.tags.get(seen.place(selector)):
            yield f"{[node.tag for node in matches]} at {selector}"
        elif matches[0].mem_id in taken:
            yield f"an element that another selector names at {selector}"
        else:
            taken.add(matches[0].mem_id)
