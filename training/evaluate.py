"""From cross-validated answers to the figures of the model card, and to the list of mistakes."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.labeller import likeliest_kinds
from app.labels import CLASSES, KINDS, LABELS
from app.places import Places
from training.corpus import FULL, THINNED_FULL, Corpus
from training.dataset import Dataset
from training.measures import Answers, figures, reliability
from training.splits import testable
from training.stages import LABEL_OF, Fitted

_FEWEST_PAGES: Final = 5
WORST: Final = 400
"""Mistakes that are listed at most."""

_CURVE_POINTS: Final = 40


def answers(data: Dataset, head: Fitted, how: str = FULL) -> Answers:
    """Return what the head says of the units of pages that were labelled so (`testable`)."""
    test = testable(data, how)
    sites = {site: number for number, site in enumerate(sorted({example.site for example in data.examples}))}
    of_page = np.array([sites[example.site] for example in data.examples])
    pages = data.pages[test]
    return Answers(LABEL_OF[data.classes[test]], head.chosen[test], data.chars[test], pages, of_page[pages])


def evaluate(corpus: Corpus, data: Dataset, head: Fitted, text_data: Dataset, text_head: Fitted) -> dict[str, Any]:
    """Return all figures: of pages, of text without structure, per language, per page type, per kind."""
    units, small = answers(data, head), answers(data, head, THINNED_FULL)
    test = testable(data, FULL)
    languages = np.array([example.language for example in data.examples])[units.pages]
    types = np.array([example.page_type or "news, unknown" for example in data.examples])[units.pages]
    scores = head.labels[test][np.arange(len(units.gold)), units.given]
    error, bins = reliability(scores, units.gold == units.given)
    confusion = np.zeros((4, 4), dtype=int)
    np.add.at(confusion, (units.gold, units.given), 1)
    alignment = corpus.alignment
    return {
        "pages": figures(units),
        **({"small": figures(small)} if len(small.gold) else {}),
        "text": figures(answers(text_data, text_head)),
        "calibration": {"expected_error": round(error, 4), "bins": bins},
        "curves": curves(units.gold, head.labels[test]),
        "confusion": {"labels": list(LABELS), "rows_gold_columns_given": confusion.tolist()},
        "kinds": kinds(data, head, test),
        "languages": _groups(units, languages),
        "page_types": _groups(units, types),
        "alignment": {"units": alignment.units, "matched": round(alignment.matched / max(alignment.units, 1), 5)},
        "tested_on": {
            "pages": len(np.unique(units.pages)),
            "sites": len(np.unique(units.sites)),
            "units": len(units.gold),
        },
    }


def curves(gold: NDArray[np.int64], probabilities: NDArray[np.float32]) -> dict[str, list[dict[str, float]]]:
    """Return per label the points of its precision-recall curve (micro), surest first.

    `gold` (n,) numbers labels, `probabilities` (n, 4) are calibrated. A point is what calling every unit at or above
    `threshold` the label would give; the points are about evenly spaced in recall. A label that has no unit has none.
    """
    result: dict[str, list[dict[str, float]]] = {}
    for number, label in enumerate(LABELS):
        order = np.argsort(-probabilities[:, number], kind="stable")
        scores, right = probabilities[order, number], np.cumsum(gold[order] == number)
        points: list[dict[str, float]] = []
        last = np.flatnonzero(np.diff(scores, append=-1.0))  # units of one score are called together
        found = right[last]
        for step in range(1, _CURVE_POINTS + 1) if right.any() else ():
            here = int(np.searchsorted(found, step / _CURVE_POINTS * right[-1] - 1e-9))
            point = {
                "threshold": round(float(scores[last[here]]), 4),
                "precision": round(float(found[here] / (last[here] + 1)), 4),
                "recall": round(float(found[here] / right[-1]), 4),
            }
            if point not in points[-1:]:
                points.append(point)
        result[label] = points
    return result


def kinds(data: Dataset, head: Fitted, test: NDArray[np.bool_]) -> dict[str, Any]:
    """Return per kind of content and appeal: units, recall of its label, and the share with the right kind of those."""
    given = likeliest_kinds(head.classes, head.chosen)[test]
    gold, chosen = data.classes[test], head.chosen[test]
    result: dict[str, Any] = {}
    for number, (label, kind) in enumerate(CLASSES):
        if not KINDS[label]:
            continue
        these = gold == number
        found = these & (chosen == LABELS.index(label))
        result[f"{label}/{kind}"] = {
            "units": int(these.sum()),
            "label_recall": _share(int(found.sum()), int(these.sum())),
            "kind_right": _share(int((found & (given == number)).sum()), int(found.sum())),
        }
    for label in ("content", "appeal"):
        right = (LABEL_OF[gold] == LABELS.index(label)) & (chosen == LABELS.index(label))
        result[label] = {"kind_right": _share(int((right & (given == gold)).sum()), int(right.sum()))}
    return result


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _groups(units: Answers, names: NDArray[np.str_]) -> dict[str, Any]:
    """Return the main figures of every group of pages that is large enough to speak of."""
    result = {}
    for name in sorted(set(names.tolist())):
        mask = names == name
        pages = len(np.unique(units.pages[mask]))
        if pages >= _FEWEST_PAGES:
            found = figures(units.where(mask))
            wanted = ("macro_f1", "content_f1", "appeal_f1", "appeal_recall", "advert_f1", "navigation_f1")
            result[name] = {"pages": pages, **{each: found[each] for each in wanted if each in found}}
    return result


def mistakes(path: Path, data: Dataset, head: Fitted) -> None:
    """Write the worst mistakes, the surest first, with page, address and markup. Page text: never to be committed."""
    units = np.flatnonzero(testable(data, FULL))
    gold = LABEL_OF[data.classes[units]]
    sure = head.labels[units].max(axis=1)
    wrong = units[(gold != head.chosen[units])]
    order = wrong[np.argsort(-sure[(gold != head.chosen[units])], kind="stable")][:WORST]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as lines:
        for row in order.tolist():
            example = data.examples[data.pages[row]]
            block = example.page.blocks[row - data.starts[data.pages[row]]]
            entry = {
                "page": example.id,
                "address": example.url,
                "gold": LABELS[LABEL_OF[data.classes[row]]],
                "given": LABELS[head.chosen[row]],
                "probabilities": {label: round(float(p), 3) for label, p in zip(LABELS, head.labels[row], strict=True)},
                "selector": Places(example.page).selector(block.element),
                "text": block.text[:300],
                "markup": _markup(example.page, block.element),
            }
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _markup(page: Any, element: int) -> list[str]:
    chain: list[str] = []
    while element >= 0 and len(chain) < 6:
        attributes = page.attrs[element]
        shown = [(key, attributes[key] or "") for key in ("id", "class", "role") if key in attributes]
        names = " ".join(f'{key}="{value[:80]}"' for key, value in shown)
        chain.append(f"<{page.tags[element]} {names}>".replace(" >", ">"))
        element = page.parents[element]
    return chain


def summary(metrics: dict[str, Any]) -> str:
    """Return the main figures, for people."""
    lines = []
    for what in ("pages", "text"):
        found = metrics[what]
        lines.append(f"{what}: balanced macro F1 {_interval(found['macro_f1'])}")
        for label in LABELS:
            values = [(name, found[f"{label}_{name}"]["value"]) for name in ("precision", "recall", "f1")]
            lines.append(f"  {label:<11} " + " ".join(f"{name} {value:.3f}" for name, value in values))
        rates = ("content_hit_rate", "content_lost", "appeal_leak")
        lines.extend(f"  {name:<18} {_interval(found[name])}" for name in rates)
    lines.append(f"calibration error {metrics['calibration']['expected_error']}, kinds {metrics['kinds']['appeal']}")
    return "\n".join(lines)


def _interval(found: dict[str, float]) -> str:
    return f"{found['value']:.4f} ({found['low']:.4f} to {found['high']:.4f})"
