"""What a page looks like as a whole, for telling its kind: numbers about its blocks, and words from where kinds show.

The words come from the names (`class`, `id`) of what stands around the main content, from the title and headings, from
the short texts of buttons and links, from the address and from what the markup declares. Which words count is learned
(`training.pages`); here they are only read.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from math import log1p, nan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app import pagewide
from app.blocks import Page
from app.context import SHAPE_STEPS
from app.labelled import PARAGRAPH, Labelled
from app.labels import LABELS
from app.metadata import Metadata
from app.network import scaled

_TAGS: Final = (
    "article", "aside", "audio", "blockquote", "button", "code", "dd", "figure", "form", "h1", "h2", "h3", "iframe",
    "img", "input", "li", "main", "nav", "p", "pre", "section", "select", "table", "td", "textarea", "time", "video",
)  # fmt: skip
_MAIN_TAGS: Final = (
    "p",
    "li",
    "td",
    "pre",
    "dd",
    "a",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "figcaption",
    "span",
    "blockquote",
)

COLUMNS: Final = (
    "blocks", "chars", "elements", "linked",
    *(f"blocks_{label}" for label in LABELS),
    *(f"chars_{label}" for label in LABELS),
    "comments", "comment_chars", "main", "main_chars", "main_linked", "main_links", "main_mean", "main_longest",
    "paragraphs", "long_paragraphs", "paragraph_chars", "sentences", "run", "headings", "headings_linked", "titles",
    "shapes", "most_alike", "alike_chars", "alike_linked", "prices", "questions", "media", "first_heading", "before",
    "after",
    *(f"main_{tag}" for tag in _MAIN_TAGS),
    *(f"tags_{tag}" for tag in _TAGS),
    "path", "path_digits", "path_hyphens", "query",
)  # fmt: skip

Words = Mapping[str, Set[str]]
"""Words by a mark of where they were found, such as `title:`."""

_ADDRESS: Final = 4  # the last columns
_LONG: Final = 250
_SHORT: Final = 30
_MAKE: Final = 3  # elements by which blocks are alike: its own and two around it
_MAX_WORDS: Final = 3_000
_MAX_NAMED: Final = 3_000
_MAX_TEXTS: Final = 1_500
_MAX_VALUE: Final = 300  # characters
_NAMES: Final = ("class", "id", "itemtype")
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_HEADED: Final = frozenset({"h1", "h2", "h3", "h4", "h5"})
_WORD: Final = re.compile(r"[^\W\d_]{2,20}")
_SENTENCE: Final = re.compile(r"[.!?。！？।؟…][\"'”’»)\]]*\Z")
_MONEY: Final = re.compile(r"[$€£¥₹₽₩]|\b(?:EUR|USD|GBP|zł|kr)\b")


def numbers(seen: Labelled, page: Page, address: str | None) -> list[float]:
    """Return one row of `COLUMNS`; those of the address are NaN where it is not known."""
    texts, tags = seen.texts, page.tags
    lengths = np.array(seen.lengths, dtype=np.float64)
    linked = np.array([block.link_chars for block in page.blocks], dtype=np.float64)
    count, chars = len(texts), float(lengths.sum())
    row = [log1p(count), log1p(chars), log1p(len(tags)), linked.sum() / max(chars, 1)]
    by_blocks = np.bincount(seen.labels, minlength=len(LABELS))
    by_chars = np.bincount(seen.labels, lengths, minlength=len(LABELS))
    row += (by_blocks / max(count, 1)).tolist() + (by_chars / max(chars, 1)).tolist()
    main = seen.main()
    own = set(main)
    comments = [at for at in np.flatnonzero(seen.labels == 0).tolist() if at not in own and not seen.hidden[at]]
    main_lengths, main_linked = lengths[main], linked[main]
    main_texts = [texts[at] for at in main]
    main_chars = float(main_lengths.sum())
    paragraphs = [at for at in main if seen.lengths[at] >= PARAGRAPH]
    elements = [page.blocks[at].element for at in main]
    headings = [at for at, element in zip(main, elements, strict=True) if tags[element] in _HEADED]
    # The steps that the features looked at, which are known; fewer of them count here.
    makes = [page.make(element, SHAPE_STEPS)[: 2 * _MAKE] for element in elements]
    shapes = Counter(makes)
    common, alike = shapes.most_common(1)[0] if shapes else ((), 0)
    same = [at for at, made in zip(main, makes, strict=True) if made == common]
    sentences = [text for text in main_texts if _SENTENCE.search(text[-4:])]
    main_tags = Counter([tags[element] for element in elements])
    row += [
        log1p(len(comments)),
        float(lengths[comments].sum()) / max(chars, 1),
        log1p(len(main)),
        log1p(main_chars),
        float(main_linked.sum()) / max(main_chars, 1),
        int(((main_linked >= 0.8 * main_lengths) & (main_lengths > 0)).sum()) / max(len(main), 1),
        log1p(main_chars / max(len(main), 1)),
        log1p(float(main_lengths.max())) if main else 0.0,
        log1p(len(paragraphs)),
        log1p((main_lengths >= _LONG).sum()),
        float(lengths[paragraphs].sum()) / max(main_chars, 1),
        len(sentences) / max(len(main), 1),
        log1p(_longest_run(main, paragraphs, seen.lengths)),
        len(headings) / max(len(main), 1),
        int((linked[headings] > 0).sum()) / max(len(headings), 1),
        log1p(main_tags["h1"]),
        len(shapes) / max(len(main), 1),
        alike / max(len(main), 1),
        log1p(float(lengths[same].sum()) / max(alike, 1)),
        int((linked[same] > 0).sum()) / max(alike, 1),
        log1p(len([text for text in main_texts[:_MAX_TEXTS] if _MONEY.search(text[:60])])),
        log1p(len([text for text in main_texts if text.endswith("?")])),
        log1p(main_texts.count("")),
        (headings[0] - main[0]) / max(len(main), 1) if headings else 1.0,
        main[0] / count if main else 1.0,
        1 - main[-1] / count if main else 1.0,
    ]
    row += [main_tags[tag] / max(len(main), 1) for tag in _MAIN_TAGS]
    every = Counter(tags)
    row += [log1p(every[tag]) for tag in _TAGS]
    if address is None:
        return row + [nan] * _ADDRESS
    path = pagewide.path(address)
    row += [
        log1p(path.strip("/").count("/") + bool(path.strip("/"))),
        log1p(sum(each.isdecimal() for each in path)),
        log1p(path.count("-")),
        float("?" in address),
    ]
    return row


def ready(scaler: Any, rows: NDArray[np.float32], *, plain: bool = False) -> NDArray[np.float32]:
    """Return rows as a fitted `StandardScaler` scales them, the unknown as the mean; `plain` forgets addresses."""
    result = scaled(scaler, rows)
    result[np.isnan(result)] = 0.0
    if plain:
        result[:, -_ADDRESS:] = 0.0
    return result


def _longest_run(main: list[int], paragraphs: list[int], lengths: Sequence[int]) -> int:
    """Return the characters of the longest run of paragraphs that at most two other blocks of the content interrupt."""
    place = {at: number for number, at in enumerate(main)}
    best = run = 0
    before = -10
    for at in paragraphs:
        run = run + lengths[at] if place[at] - before <= 3 else lengths[at]
        before = place[at]
        best = max(best, run)
    return best


def words(seen: Labelled, page: Page, declared: Metadata, address: str | None) -> Words:
    """Return the page's words by where they were found; at most some thousand."""
    found: dict[str, set[str]] = {}
    room = _MAX_WORDS
    for mark, some in _sources(seen, page, declared, address):
        found[mark] = set(some[:room])
        room -= len(found[mark])
    return found


def marked(words: Words) -> set[str]:
    """Return words each with the mark of where it was found before it."""
    return {mark + word for mark, some in words.items() for word in some}


def _sources(
    seen: Labelled, page: Page, declared: Metadata, address: str | None
) -> Iterator[tuple[str, Sequence[str]]]:
    yield "json:", declared.types
    yield "og:", (declared.og_type,) if declared.og_type else ()
    yield "made:", _split((declared.generator,))
    yield "path:", _split((pagewide.path(address),))
    yield "title:", _split((page.head.title,))
    main = seen.main()[:_MAX_TEXTS]
    headings = [at for at in main if page.tags[page.blocks[at].element] in _HEADINGS]
    yield "head:", _split([seen.texts[at][:120] for at in headings])
    chains: set[int] = set()
    for at in main:
        element = page.blocks[at].element
        while element > 0 and element not in chains:
            chains.add(element)
            element = page.parents[element]
    # Dictionaries, since the first words win: a set has another order in each process.
    around = sorted(chains)[:_MAX_NAMED]
    yield "main:", _split(dict.fromkeys([page.attrs[each].get(key) for each in around for key in _NAMES]))
    yield "text:", list(dict.fromkeys([text.lower() for text in seen.texts[:_MAX_TEXTS] if 0 < len(text) <= _SHORT]))


def _split(values: Iterable[str | None]) -> list[str]:
    """Return the words of some values, in lower case, as they come."""
    found: list[str] = _WORD.findall("\n".join([value[:_MAX_VALUE] for value in values if value]).lower())
    return found
