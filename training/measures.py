"""The figures that `corpus/README.md` asks for, with bootstrap intervals over sites.

*Balanced* figures average per page first, so that one page's sixty alike links weigh as one page: precision over the
pages where the label is predicted, recall over those where it occurs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.labels import LABELS

Ints = NDArray[np.int64]

RESAMPLES: Final = 1000
BINS: Final = 15


@dataclass(frozen=True, slots=True)
class Answers:
    """Gold and given labels (numbers) of text units, with their length, page and site (numbers)."""

    gold: Ints
    given: Ints
    chars: Ints
    pages: Ints
    sites: Ints

    def where(self, mask: NDArray[np.bool_]) -> "Answers":
        """Return the units that `mask` selects."""
        return Answers(self.gold[mask], self.given[mask], self.chars[mask], self.pages[mask], self.sites[mask])


def balanced(gold: Ints, given: Ints, pages: Ints) -> NDArray[np.float64]:
    """Return (labels, 3): precision, recall, F1 of each label, averaged over pages; NaN where nothing is counted."""
    right, called, there = _per_page(gold, given, pages)
    return _f1(_mean(right, called), _mean(right, there))


def _per_page(gold: Ints, given: Ints, pages: Ints) -> tuple[NDArray[np.float64], ...]:
    """Return (labels, pages) counts of right, given and gold units."""
    _, page = np.unique(pages, return_inverse=True)
    count = int(page.max()) + 1 if len(page) else 0
    shape = (len(LABELS), count)
    right, called, there = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(called, (given, page), 1)
    np.add.at(there, (gold, page), 1)
    same = gold == given
    np.add.at(right, (gold[same], page[same]), 1)
    return right, called, there


def _mean(right: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.where(of > 0, right / np.maximum(of, 1), 0.0)
    pages = (of > 0).sum(axis=1)
    return np.where(pages > 0, share.sum(axis=1) / np.maximum(pages, 1), np.nan)


def _f1(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (labels, 3); F1 is 0 where a label occurs but is never given, or the other way round."""
    both = precision + recall
    f1 = np.where(both > 0, 2 * precision * recall / np.where(both > 0, both, 1.0), 0.0)
    nowhere = np.isnan(precision) & np.isnan(recall)
    return np.stack((precision, recall, np.where(nowhere, np.nan, f1)), axis=1)


def figures(answers: Answers, *, seed: int = 0) -> dict[str, Any]:
    """Return all figures of the units, each `{"value", "low", "high"}` with a 95 % bootstrap interval over sites."""
    right, called, there = _per_page(answers.gold, answers.given, answers.pages)
    _, first = np.unique(answers.pages, return_index=True)
    _, site = np.unique(answers.sites[first], return_inverse=True)
    sites = int(site.max()) + 1
    content = answers.gold == 0
    hit = content & ((answers.given == 1) | (answers.given == 2))
    lost = content & (answers.given != 0)
    appeal = np.where(answers.gold == 1, answers.chars, 0)
    leaked = np.where(answers.given == 0, appeal, 0)
    _, page = np.unique(answers.pages, return_inverse=True)
    unit_sums = np.stack([np.bincount(page, part) for part in (hit, lost, content, leaked, appeal)])

    def of(weights: NDArray[np.float64]) -> dict[str, float]:
        def mean(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
            share = np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
            pages = ((whole > 0) * weights).sum(axis=1)
            return np.where(pages > 0, (share * weights).sum(axis=1) / np.maximum(pages, 1e-9), np.nan)

        table = _f1(mean(right, called), mean(right, there))
        micro = _f1(
            (right * weights).sum(axis=1) / np.maximum((called * weights).sum(axis=1), 1e-9),
            (right * weights).sum(axis=1) / np.maximum((there * weights).sum(axis=1), 1e-9),
        )
        found = {"macro_f1": float(np.nanmean(table[:, 2]))}
        for number, label in enumerate(LABELS):
            for column, name in enumerate(("precision", "recall", "f1")):
                found[f"{label}_{name}"] = float(table[number, column])
                found[f"{label}_micro_{name}"] = float(micro[number, column])
        sums = (unit_sums * weights).sum(axis=1)
        found["content_hit_rate"] = float(sums[0] / max(sums[2], 1e-9))
        found["content_lost"] = float(sums[1] / max(sums[2], 1e-9))
        found["appeal_leak"] = float(sums[3] / max(sums[4], 1e-9))
        return found

    value = of(np.ones(right.shape[1]))
    chance = np.random.default_rng(seed)
    drawn = [
        of(np.bincount(chance.integers(0, sites, sites), minlength=sites)[site].astype(float)) for _ in range(RESAMPLES)
    ]
    result: dict[str, Any] = {}
    for name, each in value.items():
        if np.isnan(each):
            continue
        low, high = np.nanpercentile([resample[name] for resample in drawn], (2.5, 97.5))
        result[name] = {"value": round(each, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
    return result


def average(values: Sequence[tuple[str, float]], seed: int = 0) -> dict[str, float]:
    """Return the mean of (site, value) and a 95 % bootstrap interval over sites; empty where there is no value."""
    if not values:
        return {}
    sites, site = np.unique([each for each, _ in values], return_inverse=True)
    sums = np.bincount(site, [value for _, value in values], minlength=len(sites))
    count = np.bincount(site, minlength=len(sites))
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(sites), (RESAMPLES, len(sites)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / count[drawn].sum(axis=1), (2.5, 97.5))
    return {
        "value": round(float(sums.sum() / count.sum()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def reliability(scores: NDArray[np.float32], right: NDArray[np.bool_]) -> tuple[float, list[dict[str, float]]]:
    """Return the expected calibration error of `scores` in 15 bins of equal width (Guo et al., 2017), and the bins."""
    number = np.minimum((scores * BINS).astype(int), BINS - 1)
    error = 0.0
    bins = []
    for each in range(BINS):
        inside = number == each
        if inside.any():
            mean, share = float(scores[inside].mean()), float(right[inside].mean())
            error += abs(mean - share) * float(inside.mean())
            bins.append({"score": round(mean, 4), "right": round(share, 4), "units": int(inside.sum())})
    return error, bins
