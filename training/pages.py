"""Fits what is said of a page as a whole: its kind, and which boxes are walls.

Gold are the corpus' `gates.jsonl` (a gold page that it does not list has no gate) and the page types of
`reference/wcxb.jsonl.gz`. A page's blocks carry the labels that a model gave which had not seen the page's site:
what is learned from its own mistakes is what is served.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from app import blocks, dom, metadata, shape, unscripted, walls
from app.blocks import Page
from app.judge import KINDS, SCHEMA
from app.labelled import Labelled
from app.metadata import Metadata
from app.model import Opinion
from app.network import ones, scaled
from app.walls import Box
from training.corpus import Corpus, json_lines

KIND_OF: Final = {
    "article": "article", "documentation": "documentation", "forum": "forum", "product": "product",
    "service": "service", "listing": "listing", "collection": "listing",
}  # fmt: skip
"""Our kinds of the reference's page types: a shop's collection is a listing too."""

_ARTICLE: Final = 1_500  # characters of paragraphs that make a page that calls itself an article one
_HINT_WEIGHT: Final = 0.1
_CUT_WEIGHT: Final = 0.5
_PLAIN: Final = ("json:", "og:")
_PLAIN_WEIGHT: Final = 0.3
_EVENED: Final = 0.2  # how far kinds of which there are few pages weigh as much as the others: 0 not at all, 1 wholly
_EVENED_PLAIN: Final = 0.5  # half of the pages are articles, which says nothing of pages in other languages
_SITES_NEEDED: Final = 6  # a word must stand on pages of so many sites to be known
_KIND_REGULARISER: Final = 0.05
_GATE_REGULARISER: Final = 0.1
_GATED_WEIGHT: Final = 4.0
_REST: Final = walls.COLUMNS.index("share_after")
_HALF: Final = 0.5  # of the text behind a box, with which it cannot be the wall: its own was not found
_CALLED: Final = 0.4  # a box that is a wall with this probability is called one: moved to 0.5
_PASSES: Final = 3  # of choosing the box that is the wall, and fitting


@dataclass(slots=True)
class Sheet:
    """A page as verdicts see it, and what they should be (None: not known).

    `hint` is the kind of a page that calls itself an article and has the text of one: it is learned from, for the
    reference has hardly any page that is not in English, but never tested on. Nor is a page that was `cut` down to a
    few blocks, from which only kinds are learned.
    """

    id: str
    site: str
    kind: str | None
    hint: str | None
    gate: str | None
    truncated: str | None
    labelled: Labelled
    declared: Metadata
    row: list[float]
    words: shape.Words
    boxes: list[Box]
    cut: bool = False


def sheets(
    corpus: Corpus,
    known: Mapping[str, Opinion],
    label: Callable[[Page, Metadata], Opinion],
    cuts: Mapping[str, tuple[Page, Opinion]] = MappingProxyType({}),
) -> list[Sheet]:
    """Return the pages whose gate or kind is known. Shows progress.

    `known` holds what a model said of pages whose site it had not seen, for those that were labelled by hand; `label`
    labels the others, on which it was not trained: at most on another page of their site. `cuts` are labelled pages
    cut down to a few blocks, and what was said of these.
    """
    gates = {entry["page"]: entry for entry in json_lines(corpus.root / "gates.jsonl")}
    kinds = {
        entry["id"]: KIND_OF.get(entry["page_type"])
        for entry in json_lines(corpus.root / "reference" / "wcxb.jsonl.gz")
    }
    wanted = [
        page for page in sorted(corpus.index) if kinds.get(page) or (corpus.index[page]["gold"] and page in known)
    ]
    made = []
    for name in tqdm(wanted, desc="read pages as a whole", unit="page"):
        entry = corpus.index[name]
        data = dom.encode(corpus.html(name))
        tree = dom.parse(data)
        tree, page = unscripted.instead(data, tree, blocks.split(tree, url=entry["url"]), url=entry["url"])
        if not page.blocks:
            continue
        declared = metadata.read(tree, entry["url"])
        labelled = _labelled(page, known.get(name) or label(page, declared))
        hint = None if kinds.get(name) else _hint(labelled, declared)
        kind, gate = kinds.get(name), gates.get(name, {"gate": "none", "truncated": None} if entry["gold"] else {})
        made.append(
            Sheet(
                name, entry["site"], kind, hint, gate.get("gate"), gate.get("truncated"), labelled, declared,
                shape.numbers(labelled, page, declared.address) if kind or hint else [],
                shape.words(labelled, page, declared, declared.address) if kind or hint else {},
                walls.find(labelled),
            )
        )  # fmt: skip
        if kind and name in cuts:
            page, opinion = cuts[name]
            labelled = _labelled(page, opinion)
            row = shape.numbers(labelled, page, declared.address)
            words = shape.words(labelled, page, declared, declared.address)
            made.append(
                Sheet(name, entry["site"], kind, None, None, None, labelled, declared, row, words, [], cut=True)
            )
    return made


def _labelled(page: Page, opinion: Opinion) -> Labelled:
    texts = [block.text for block in page.blocks]
    hidden = [page.hidden[block.element] for block in page.blocks]
    return Labelled(texts, hidden, opinion.chosen, opinion.classes, page)


def _hint(labelled: Labelled, declared: Metadata) -> str | None:
    says = declared.og_type == "article" or any(name.endswith(("article", "blogposting")) for name in declared.types)
    return "article" if says and labelled.paragraphs.sums[-1] >= _ARTICLE else None


def fit(pages: Sequence[Sheet]) -> dict[str, Any]:
    """Return the estimators, as a model file holds them and `judge.Judge` takes them."""
    return {"schema": SCHEMA, "kind": _fit_kind(pages), "gate": _fit_gate(pages)}


def _fit_kind(pages: Sequence[Sheet]) -> dict[str, Any]:
    """Fit the kinds: one regression over numbers and words.

    Every page is learned from twice, once without the words of its language and the names of its site: of a page in
    another language, on a site whose names say nothing, there is the shape alone. A small corpus may lack a kind, or
    all: a blank row that weighs next to nothing stands in for each.
    """
    own = [page for page in pages if page.kind or page.hint]
    found = [sorted(shape.marked(page.words)) for page in own]
    sites: dict[str, set[str]] = {}
    for page, words in zip(own, found, strict=True):
        for word in words if not page.cut else ():
            sites.setdefault(word, set()).add(page.site)
    known = sorted(word for word, where in sites.items() if len(where) >= _SITES_NEEDED and "\n" not in word) or ["-"]
    number = {word: at for at, word in enumerate(known)}
    rows = np.array([page.row for page in own], dtype=np.float32).reshape(len(own), len(shape.COLUMNS))
    scaler = StandardScaler().fit(rows if len(own) else np.zeros((1, len(shape.COLUMNS)), dtype=np.float32))
    marks = [[number[word] for word in words if word in number] for words in found]
    plain = [[number[word] for word in words if word in number and word.startswith(_PLAIN)] for words in found]
    matrix = vstack(
        [
            hstack([csr_matrix(shape.ready(scaler, rows, plain=shapes)), ones(each, len(known))])
            for each, shapes in ((marks, False), (plain, True))
        ],
        format="csr",
    )
    blank = csr_matrix((len(KINDS), matrix.shape[1]), dtype=np.float32)
    kinds = [KINDS.index(page.kind or page.hint or "") for page in own]
    weights = np.array([_CUT_WEIGHT if page.cut else 1.0 if page.kind else _HINT_WEIGHT for page in own])
    of_kind = np.bincount(kinds, weights, minlength=len(KINDS)) if own else np.ones(len(KINDS))
    rare = (of_kind.mean() / np.maximum(of_kind, 1e-6))[kinds]
    regression = LogisticRegression(C=_KIND_REGULARISER, max_iter=500, tol=1e-3)
    regression.fit(
        vstack([matrix, blank], format="csr"),
        np.array([*kinds, *kinds, *range(len(KINDS))]),
        np.concatenate(
            (weights * rare**_EVENED, _PLAIN_WEIGHT * weights * rare**_EVENED_PLAIN, np.full(len(KINDS), 1e-6))
        ),
    )
    return {"words": "\n".join(known), "scaler": scaler, "regression": regression}


def _fit_gate(pages: Sequence[Sheet]) -> dict[str, Any]:
    """Fit the boxes: a gated page has one that is its wall, and which one is learned too.

    At first it is the one that says most of a wall nearest to the end of the text, then the one that the last fit is
    surest of. Every other box, on whatever page, is none.
    """
    own = [page for page in pages if page.gate is not None and page.boxes]
    rows = np.array([box.row for page in own for box in page.boxes], dtype=np.float32).reshape(-1, len(walls.COLUMNS))
    starts = np.cumsum([0, *(len(page.boxes) for page in own)])
    scaler = StandardScaler().fit(rows if len(rows) else np.zeros((1, len(walls.COLUMNS)), dtype=np.float32))
    ready = scaled(scaler, rows)
    scores = np.array([_looks(box) for page in own for box in page.boxes], dtype=np.float64)
    blank = np.zeros((2, len(walls.COLUMNS)), dtype=np.float32)
    regression = LogisticRegression(C=_GATE_REGULARISER, max_iter=500)
    for _ in range(_PASSES):
        is_wall = np.zeros(len(rows), dtype=bool)
        for at, page in enumerate(own):
            best = int(scores[starts[at] : starts[at + 1]].argmax())
            if page.gate in {"subscription", "registration"} and page.boxes[best].row[_REST] < _HALF:
                is_wall[starts[at] + best] = True
        regression.fit(
            np.vstack((ready, blank)),
            np.concatenate((is_wall, [False, True])),
            np.concatenate((np.where(is_wall, _GATED_WEIGHT, 1.0), [1e-6, 1e-6])),
        )
        scores = regression.decision_function(ready) if len(ready) else scores
    regression.intercept_ += np.log((1 - _CALLED) / _CALLED)
    return {"scaler": scaler, "regression": regression}


def _looks(box: Box) -> float:
    row = dict(zip(walls.COLUMNS, box.row, strict=True))
    return 2 * row["wall_phrases"] - 2 * row["share_after"] + row["near"] + row["surely"] - 0.5 * row["gap"]
