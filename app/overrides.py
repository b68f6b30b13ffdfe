"""The caller's own word on what elements are: labels that win over the model's, each reported with what it did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.extents import NOTHING, Extents
from app.labels import LABELS
from app.selectors import InvalidSelector, Selectors, TooCostly
from app.wishes import Override

PROBLEMS: Final = ("invalid_selector", "too_costly", "no_element", "no_block")


@dataclass(frozen=True, slots=True)
class Report:
    """What an override (its place in the request) did; `problem` says why it did nothing."""

    index: int
    elements: int
    blocks: int
    problem: str | None


def find(overrides: Sequence[Override], selectors: Selectors) -> list[list[int] | str]:
    """Return the elements that each override's selector matches, or what is wrong with it, one of `PROBLEMS`."""
    found: list[list[int] | str] = []
    for override in overrides:
        try:
            elements = selectors.find(override.selector)
        except InvalidSelector:
            found.append("invalid_selector")
        except TooCostly:
            found.append("too_costly")
        else:
            found.append(elements or "no_element")
    return found


def chosen(labels: NDArray[np.int64], given: Mapping[int, Override]) -> NDArray[np.int64]:
    """Return the labels chosen (numbers), with those that are given in their place."""
    result = labels.copy()
    for block, override in given.items():
        result[block] = LABELS.index(override.label)
    return result


def apply(
    overrides: Sequence[Override], found: Sequence[list[int] | str], extents: Extents
) -> tuple[dict[int, Override], list[Report]]:
    """Return the override that each block gets, the last that names it, and a report on each override.

    A block is named where it stands whole in a matched element; an element that holds a part of it does not name it.
    """
    given: dict[int, Override] = {}
    reports = []
    for index, (override, elements) in enumerate(zip(overrides, found, strict=True)):
        if isinstance(elements, str):
            reports.append(Report(index, 0, 0, elements))
            continue
        count = 0
        following = 0  # elements are in document order, so that one within another names nothing new
        for element in elements:
            if extents.highs[element] == NOTHING:
                continue
            whole = extents.whole(element)
            for block in range(max(whole.start, following), whole.stop):
                given[block] = override
                count += 1
            following = max(following, whole.stop)
        reports.append(Report(index, len(elements), count, None if count else "no_block"))
    return given, reports
