"""Boxes that may keep a reader out: runs of visible blocks that ask for money, an account or an end to blocking.

A box is judged by what it says, by where it stands to the text and by whether the text goes on behind it. Hidden
blocks, templates and names of classes are no evidence; of the markup only what lays a box over the page is.

The model's labels alone miss walls: a box of three short lines under a text looks like a part of it. So what stands
right below the text is looked at too, if it says that there is more to read.
"""

import re
from dataclasses import dataclass
from math import log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.labelled import MAIN, MAX_LINE, Labelled, Paragraphs
from app.labels import CLASSES, LABELS, SPANS
from app.overlays import lies_over
from app.phrases import ACCOUNT, BESIDE, LOG_IN, PRICES, REGISTER, SPENT, SUBSCRIBE, TRACKING, WALL, says

_APPEAL: Final = LABELS.index("appeal")

_SUBSCRIPTION: Final = CLASSES.index(("appeal", "subscription"))
_REGISTRATION: Final = CLASSES.index(("appeal", "registration"))
_ADBLOCK: Final = CLASSES.index(("appeal", "adblock"))
_NEWSLETTER: Final = CLASSES.index(("appeal", "newsletter"))
_OTHER: Final = CLASSES.index(("appeal", "other"))
_ADVERT: Final = CLASSES.index(("advert", None))
_NAVIGATION: Final = CLASSES.index(("navigation", None))
_WALLS: Final = [_SUBSCRIPTION, _REGISTRATION, _ADBLOCK]

_LIKELY: Final = 0.15  # a block that is so likely part of such a box may belong to one, whatever its label
_PLEA: Final = 0.4  # and so does one next to it that is so likely part of any plea
_SURE: Final = 0.5  # a box with a block that is so likely part of such a box is one, where the text breaks off above it
_GAP: Final = 4  # blocks of something else that a box may have in it
_REST: Final = 0.25  # of the text at most, behind a box that ends it: teasers are taken for content
_WORD: Final = 1.0  # what a word for it counts beside the model's probability: words decide where they are one-sided
_MAX_WORDS: Final = 3_000  # characters of a box that are read
_MAX_READ: Final = 100  # its blocks
_MAX_BOXES: Final = 200
_ELLIPSIS: Final = re.compile(r"(?:\.\.\.|…|\[\s*(?:\.\.\.|…)\s*\])\W*\Z")
_OPEN_END: Final = re.compile(r"[\w,;:–—-]\Z")

COLUMNS: Final = (
    "subscription", "registration", "adblock", "newsletter", "other", "content", "advert", "navigation", "surely",
    "blocks", "chars", "says_wall", "wall_phrases", "says_account", "says_beside", "asks_at_end", "linked",
    "says_spent", "says_log_in", "says_price", "tracking", "place", "text_before", "text_after", "share_after",
    "gap", "near", "together", "ellipsis", "open_end", "modal", "furniture", "aside", "fields",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A run of blocks, what kind of wall it would be, a row of `COLUMNS` about it, and the text around it.

    `text_before` and `text_after` are characters of paragraphs. `cuts` says that the text breaks off within a sentence
    right above the box and does not go on below it: then it need not say in words that there is more to read.
    """

    blocks: list[int]
    kind: str
    row: list[float]
    text_before: int
    text_after: int
    cuts: bool = False


def find(seen: Labelled) -> list[Box]:
    """Return the boxes of a page that might be walls, in document order."""
    mass = seen.classes[:, _WALLS].sum(axis=1)
    plea = seen.classes[:, SPANS[_APPEAL][0] : SPANS[_APPEAL][1]].sum(axis=1)
    text = seen.paragraphs
    seeds = {at for at in np.flatnonzero(mass >= _LIKELY).tolist() if not seen.hidden[at]}
    lines = [seen.texts[at][:MAX_LINE].lower() for at in text.tail]
    if says("\n".join(lines), WALL):  # of most pages no line does, which is seen at one go
        seeds.update(at for at, line in zip(text.tail, lines, strict=True) if says(line, WALL))
    runs: list[list[int]] = []
    for at in sorted(seeds):
        if runs and at - runs[-1][-1] <= _GAP + 1 and not text.between(runs[-1][-1], at):
            runs[-1] += [each for each in range(runs[-1][-1] + 1, at + 1) if not seen.hidden[each]]
        elif len(runs) < _MAX_BOXES:
            runs.append([at])
    for run, following in zip(runs, [*(run[0] for run in runs[1:]), len(seen.texts)], strict=False):
        at = run[-1] + 1
        while at < following and plea[at] >= _PLEA and not seen.hidden[at]:
            run.append(at)
            at += 1
    return [_box(seen, run, mass, text) for run in runs]


def _box(seen: Labelled, run: list[int], mass: NDArray[np.float32], text: Paragraphs) -> Box:
    said = "\n".join(seen.texts[at] for at in run[:_MAX_READ])[:_MAX_WORDS].lower()
    kinds = seen.classes[run].mean(axis=0)
    # The model tells what is sold from what is free less surely than the words do.
    worded = asked_for(said)
    asked = kinds[_WALLS] + [_WORD * (worded == "subscription"), _WORD * (worded == "registration"), 0.0]
    kind = ("subscription", "registration", "adblock")[int(asked.argmax())]
    walls = says(said, WALL)
    lines = [seen.texts[at][:MAX_LINE].lower() for at in run[:_MAX_READ]]
    asking = [line for line in lines if says(line, WALL)] if says("\n".join(lines), WALL) else []
    account, beside = says(said, ACCOUNT), says("\n".join((*lines[:2], *asking)), BESIDE)
    before, total = text.before(run[0]), text.sums[-1]
    after = total - text.before(run[-1])
    last, end = text.last_main(run[0]), text.last(run[0])
    closing = seen.texts[end].rstrip()[-20:] if end >= 0 else ""
    modal, furniture, aside, together, fields, linked = _place(seen, run, end)
    tracking = says(said, TRACKING)
    ends = after <= _REST * total
    near, open_end = 0 <= run[0] - end <= 3 and end >= 0, _OPEN_END.search(closing) is not None
    asks = kind != "adblock" and account > 0 and float(mass[run].max()) >= _SURE
    row = [
        float(kinds[_SUBSCRIPTION]),
        float(kinds[_REGISTRATION]),
        float(kinds[_ADBLOCK]),
        float(kinds[_NEWSLETTER]),
        float(kinds[_OTHER]),
        float(kinds[MAIN]),
        float(kinds[_ADVERT]),
        float(kinds[_NAVIGATION]),
        float(mass[run].max()),
        log1p(len(run)),
        log1p(len(said)),
        float(walls > 0),
        log1p(walls),
        log1p(account),
        log1p(beside),
        float(walls > 0 and account > 0 and not beside and ends),
        linked,
        float(says(said, SPENT) > 0),
        float(says(said, LOG_IN) > 0),
        float(says(said, PRICES) > 0),
        log1p(tracking),
        run[0] / len(seen.texts),
        log1p(before),
        log1p(after),
        after / max(total, 1),
        log1p(run[0] - last - 1) if last >= 0 else 5.0,
        float(near),
        together,
        float(_ELLIPSIS.search(closing) is not None),
        float(open_end),
        float(modal),
        float(furniture),
        float(aside),
        log1p(fields),
    ]
    # Lines of text without structure may end anywhere.
    cuts = seen.page is not None and near and open_end and ends and asks and not furniture and (not beside or walls > 0)
    return Box(run, kind, row, before, after, cuts)


def _place(seen: Labelled, run: list[int], end: int) -> tuple[bool, bool, bool, float, int, float]:
    """Return whether a box lies over the page, in its furniture, beside the text, how near the text, fields, links."""
    page = seen.page
    if page is None:
        return False, False, False, 1.0, 0, 0.0
    chain = []
    element = page.blocks[run[0]].element
    while element >= 0:
        chain.append(element)
        element = page.parents[element]
    modal = any(lies_over(page, each, seen.positions) for each in chain)
    tags = {page.tags[each] for each in chain}
    together = 0.0
    if end >= 0:
        here = set(chain)
        element = page.blocks[end].element
        depth = page.depths[element]
        while element not in here:
            element = page.parents[element]
        together = page.depths[element] / max(depth, 1)
    fields = sum(page.tags[inner] in {"input", "textarea"} for at in run for inner in page.blocks[at].inner)
    chars = sum(len(page.blocks[at].text) for at in run)
    linked = sum(page.blocks[at].link_chars for at in run) / max(chars, 1)
    return modal, bool(tags & {"header", "footer", "nav"}), "aside" in tags, together, fields, linked


def asked_for(said: str) -> str | None:
    """Return what a text in lower case asks for, going by its words: a subscription or a registration, if only one."""
    sold, free = says(said, SUBSCRIBE) + says(said, PRICES) > 0, says(said, REGISTER) > 0
    return None if sold == free else "subscription" if sold else "registration"
