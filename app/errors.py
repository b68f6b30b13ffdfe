"""What can go wrong in the engine, in its own terms.

EngineError
├── PageTooComplex    the page exceeds a bound of the engine (elements, depth, …)
└── ModelRefused      a model directory that may not be loaded

Nothing here knows HTTP; `problems.py` turns these into statuses.
"""


class EngineError(Exception):
    """Base of everything that the engine raises on purpose."""


class PageTooComplex(EngineError):
    """The page exceeds one of the engine's bounds.

    `what` names the bound (a field of `blocks.Bounds`), `limit` is its value.
    """

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"the page exceeds the limit of {limit:,} for {what.removeprefix('max_').replace('_', ' ')}")
        self.what = what
        self.limit = limit


class ModelRefused(EngineError):
    """A model directory is missing, incomplete, altered or made for another version."""
