"""Where begone's own time goes: the stages' timings that travel with each result."""

from collections import defaultdict
from dataclasses import fields

from app.labeller import Result, Timings
from benchmarks.figures import per_page
from benchmarks.pages import Page


class StageTimes:
    """Collects the stages' milliseconds of every result it is shown."""

    def __init__(self) -> None:
        self._rounds: dict[str, dict[str, list[float]]] = {stage.name: defaultdict(list) for stage in fields(Timings)}

    def look(self, page: Page, result: Result) -> None:
        """Note the timings of one result for `page`."""
        for stage, rounds in self._rounds.items():
            rounds[page.name].append(getattr(result.timings, stage))

    def per_page(self) -> dict[str, list[float]]:
        """Return for each stage the milliseconds of every page: the median of its rounds."""
        return {stage: list(per_page(rounds).values()) for stage, rounds in self._rounds.items()}
