"""The content's text held against WCXB's human-reviewed one, beside trafilatura's: by site, like all figures.

The reference says what the main content of 1,200 pages is, in words. Of a page that was labelled by hand the words come
from the cross-validated opinion; of the others from the model itself, where no page of their site was labelled.
"""

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import trafilatura
from joblib import Parallel, delayed
from tqdm import tqdm

from app import plain
from app.labelled import Labelled
from app.labels import LABELS
from app.repeats import once
from app.skeleton import skeleton
from training.corpus import Corpus, json_lines
from training.measures import average
from training.pages import Sheet

BEGONE: Final = "begone"
MAIN: Final = "begone, comments left out"
"""What one gets who takes blocks of kind `main` only: the reference has comments on forums alone."""

TRAFILATURA: Final = "trafilatura"

LEAST_SHOWN: Final = 0.5
"""Pages below this keep their text in `<noscript>` or in scripts: a browser shows none of it, so no block has it."""

_CONTENT: Final = LABELS.index("content")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a page's text should be, and snippets that should not be in it."""

    site: str
    kind: str
    text: str
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a text fits its reference: word F1, precision and recall; unwanted snippets kept, of how many.

    `shown` is the share of the reference's words that a browser shows on the page.
    """

    site: str
    kind: str
    shown: float
    f1: float
    precision: float
    recall: float
    kept: int
    unwanted: int


def measure(corpus: Corpus, known: Collection[str], sheets: Sequence[Sheet], *, jobs: int) -> dict[str, Any]:
    """Return the figures of begone's text and trafilatura's; empty where no page can be tested. Shows progress.

    trafilatura, which takes most of the time, runs in `jobs` processes.

    `known` are the pages that were labelled by hand; `sheets` hold what was said of these by stages that had not seen
    their site, and of others by the model. A page that shows nothing has none.
    """
    labelled = {sheet.id: sheet.labelled for sheet in sheets if not sheet.cut}
    scores: dict[str, list[Score]] = {BEGONE: [], MAIN: [], TRAFILATURA: []}
    tested = list(references(corpus, known))
    run = Parallel(n_jobs=jobs, return_as="generator")
    peers = run(delayed(_by_trafilatura)(corpus.html(name)) for name, _ in tested)
    told = tqdm(zip(tested, peers, strict=True), total=len(tested), desc="texts beside WCXB's", unit="page")
    for (name, reference), peer in told:
        seen = labelled.get(name)
        shown = _shown(reference, seen.texts if seen else ())
        texts = {**_texts(seen), TRAFILATURA: peer}
        for tool, text in texts.items():
            scores[tool].append(score(reference, text, shown))
    return figures(scores)


def _by_trafilatura(html: str) -> str:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports every page that it finds hard
    return trafilatura.extract(html) or ""


def references(corpus: Corpus, known: Collection[str]) -> Iterator[tuple[str, Reference]]:
    """Yield the pages with a reference text, and which: labelled ones, and those of sites without a labelled one."""
    seen = {corpus.index[name]["site"] for name in known}
    for entry in json_lines(corpus.root / "reference" / "wcxb.jsonl.gz"):
        name = entry["id"]
        site = corpus.index[name]["site"]
        if entry.get("main_content") and (name in known or site not in seen):
            yield name, Reference(site, entry["page_type"], entry["main_content"], tuple(entry["without"]))


def _shown(reference: Reference, texts: Iterable[str]) -> float:
    wanted = words(reference.text)
    return (wanted & words("\n".join(texts))).total() / max(wanted.total(), 1)


def _texts(seen: Labelled | None) -> dict[str, str]:
    """Return the content's text as `include=text` gives it, and that without comments."""
    if seen is None or seen.page is None:
        return {BEGONE: "", MAIN: ""}
    page = seen.page
    kept = {BEGONE: np.flatnonzero(seen.labels == _CONTENT).tolist(), MAIN: seen.own()}
    return {tool: plain.text(skeleton(page, once(page, [page.blocks[at] for at in own]))) for tool, own in kept.items()}


def score(reference: Reference, text: str, shown: float = 1.0) -> Score:
    """Return how well `text` fits: words counted as often as they occur, case and order apart."""
    wanted, found = words(reference.text), words(text)
    common = (wanted & found).total()
    precision = common / found.total() if found else 0.0
    recall = common / wanted.total() if wanted else 0.0
    f1 = 2 * common / (wanted.total() + found.total()) if wanted or found else 1.0
    squeezed = " ".join(text.split())
    kept = sum(" ".join(snippet.split()) in squeezed for snippet in reference.without)
    return Score(reference.site, reference.kind, shown, f1, precision, recall, kept, len(reference.without))


def words(text: str) -> Counter[str]:
    """Return the words of a text and how often each occurs."""
    return Counter(_WORD.findall(text.lower()))


def figures(scores: Mapping[str, Sequence[Score]]) -> dict[str, Any]:
    """Return per tool the figures of all pages, of those that show their text, and of each kind of page."""
    every = next(iter(scores.values()))
    if not every:
        return {}
    return {
        "pages": len(every),
        "sites": len({one.site for one in every}),
        "trafilatura": version("trafilatura"),
        "tools": {
            tool: {
                **_figures(held),
                "shown": _figures([one for one in held if one.shown >= LEAST_SHOWN]),
                "kinds": {kind: _figures([one for one in held if one.kind == kind]) for kind in _kinds(held)},
            }
            for tool, held in scores.items()
        },
    }


def _kinds(scores: Sequence[Score]) -> list[str]:
    return sorted({one.kind for one in scores})


def _figures(scores: Sequence[Score]) -> dict[str, Any]:
    """Return the means over pages, F1 with its interval; snippets are counted."""
    return {
        "pages": len(scores),
        "f1": average([(one.site, one.f1) for one in scores]),
        "precision": average([(one.site, one.precision) for one in scores]).get("value"),
        "recall": average([(one.site, one.recall) for one in scores]).get("value"),
        "kept": sum(one.kept for one in scores),
        "unwanted": sum(one.unwanted for one in scores),
    }
