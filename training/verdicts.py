"""What is said of pages as a whole, held against gold: by site, with the code that answers requests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from app import features, page, rules
from app.blocks import Page
from app.judge import Judge
from app.metadata import Metadata
from app.model import PAGE, Model, Opinion, shares
from training import pages, save, texts
from training.corpus import OURS, Corpus, Example
from training.dataset import Dataset
from training.measures import Answers, average, figures
from training.pages import Sheet
from training.splits import FOLDS
from training.stages import LABEL_OF, Fitted


def opinions(data: Dataset, head: Fitted) -> dict[str, Opinion]:
    """Return what a head's stages said of each labelled page, trained without the pages of its site."""
    found = ((at, each) for at, each in enumerate(data.examples) if not each.thinned and each.how != OURS)
    return {each.id: _opinion(data, head, at) for at, each in found}


def cuts(data: Dataset, head: Fitted) -> dict[str, tuple[Page, Opinion]]:
    """Return the pages cut down to a few blocks, and what was said of these, by stages that had not seen the site."""
    return {each.id: (each.page, _opinion(data, head, at)) for at, each in enumerate(data.examples) if each.thinned}


def _opinion(data: Dataset, head: Fitted, at: int) -> Opinion:
    rows = slice(data.starts[at], data.starts[at + 1])
    return Opinion(head.labels[rows], shares(head.classes[rows], head.labels[rows]), head.chosen[rows])


def add(
    directory: Path,
    corpus: Corpus,
    known: Mapping[str, Opinion],
    metrics: dict[str, Any],
    cuts: Mapping[str, tuple[Page, Opinion]],
    large: Sequence[Example] = (),
    *,
    jobs: int,
) -> None:
    """Fit, measure and add what a model knows of whole pages; its figures go into `metrics` and into the directory.

    `known` is what stages said of the labelled pages whose sites they had not seen (`opinions`), `cuts` what they said
    of pages cut down to a few blocks. The model itself is held against `large` pages, of sites that it does not know.
    `jobs` processes run at a time.
    """
    model = Model.load(directory, judging=False)

    def label(seen: Page, declared: Metadata) -> Opinion:
        opinion = model.heads[PAGE](features.page_features(seen, model.vocabulary, declared), seen)
        return replace(opinion, chosen=rules.settle(opinion.chosen, opinion.classes, seen, {}))

    if large:
        metrics["large"] = {"tested_on": len(large)} | figures(answers(large, label))
    sheets = pages.sheets(corpus, known, label, cuts)
    metrics["verdicts"] = evaluate(sheets)
    metrics["texts"] = texts.measure(corpus, known, sheets, jobs=jobs)
    save.add(directory, pages.fit(sheets), metrics)


def answers(examples: Sequence[Example], label: Callable[[Page, Metadata], Opinion]) -> Answers:
    """Return what a model says of the labelled texts of pages."""
    gold, given, chars = list[int](), list[int](), list[int]()
    of_page, of_site = list[int](), list[int]()
    sites = {site: number for number, site in enumerate(sorted({each.site for each in examples}))}
    for number, each in enumerate(tqdm(examples, desc="label large pages", unit="page")):
        length = np.array([len(block.text) for block in each.page.blocks])
        tested = np.flatnonzero((length > 0) & (each.classes >= 0))
        gold += LABEL_OF[each.classes[tested]].tolist()
        given += label(each.page, each.declared).chosen[tested].tolist()
        chars += length[tested].tolist()
        of_page += [number] * len(tested)
        of_site += [sites[each.site]] * len(tested)
    return Answers(*(np.array(each, dtype=np.int64) for each in (gold, given, chars, of_page, of_site)))


def folds(sheets: Sequence[Sheet]) -> NDArray[np.int64]:
    """Return each page's fold: by site, gated pages first, so that every fold has a like share of them."""
    of_site: dict[str, tuple[int, int]] = {}
    for sheet in sheets:
        gated, count = of_site.get(sheet.site, (0, 0))
        of_site[sheet.site] = gated + (sheet.gate not in {None, "none"}), count + 1
    sums = np.zeros((FOLDS, 2))
    chosen = {}
    for site in sorted(of_site, key=lambda site: (*(-each for each in of_site[site]), site)):
        gated, count = of_site[site]
        fold = min(range(FOLDS), key=lambda fold: (*(sums[fold] if gated else sums[fold, ::-1]), fold))
        chosen[site] = fold
        sums[fold] += gated, count
    return np.array([chosen[sheet.site] for sheet in sheets], dtype=np.int64)


def evaluate(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """Return the figures of kinds, gates and truncation, each page judged by estimators that have not seen its site."""
    of_page = folds(sheets)
    given: list[tuple[str, str, str]] = [("", "", "")] * len(sheets)
    for fold in tqdm(range(FOLDS), desc="pages as a whole", unit="fold"):
        judge = Judge(pages.fit([sheet for sheet, at in zip(sheets, of_page, strict=True) if at != fold]))
        for number in np.flatnonzero(of_page == fold).tolist():
            if sheets[number].cut:
                continue
            kind, _, gate, truncated = page.weigh(sheets[number].labelled, sheets[number].declared, judge)
            given[number] = kind, gate.kind, truncated
    whole = [number for number, sheet in enumerate(sheets) if not sheet.cut]
    sheets, given = [sheets[number] for number in whole], [given[number] for number in whole]
    return {"kind": _kinds(sheets, given), "gate": _gates(sheets, given), "truncated": _truncated(sheets, given)}


def _kinds(sheets: Sequence[Sheet], given: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    own = [(sheet.site, sheet.kind, said[0]) for sheet, said in zip(sheets, given, strict=True) if sheet.kind]
    names = sorted({kind for _, kind, _ in own if kind})
    return {
        "accuracy": average([(site, kind == said) for site, kind, said in own]),
        "pages": len(own),
        "kinds": {
            name: {
                "pages": sum(kind == name for _, kind, _ in own),
                "found": _part(sum(kind == said == name for _, kind, said in own), sum(k == name for _, k, _ in own)),
                "right": _part(sum(kind == said == name for _, kind, said in own), sum(s == name for *_, s in own)),
            }
            for name in names
        },
    }


def _gates(sheets: Sequence[Sheet], given: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    own = [(sheet.site, sheet.gate, said[1]) for sheet, said in zip(sheets, given, strict=True) if sheet.gate]
    closed = [(site, gate, said) for site, gate, said in own if gate != "none"]
    found = [(gate, said) for _, gate, said in closed if said != "none"]
    return {
        "pages": len(own),
        "gated": len(closed),
        "false_alarms": average([(site, said != "none") for site, gate, said in own if gate == "none"]),
        "found": average([(site, said != "none") for site, _, said in closed]),
        "kind_right": _part(sum(gate == said for gate, said in found), len(found)),
    }


def _truncated(sheets: Sequence[Sheet], given: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    own = [
        (sheet.site, sheet.truncated == said[2])
        for sheet, said in zip(sheets, given, strict=True)
        if sheet.truncated is not None
    ]
    return {"pages": len(own), "right": average(own)}


def _part(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
