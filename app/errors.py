"""What can go wrong in the engine, in its own terms.

EngineError
├── PageTooComplex    the page exceeds a bound of the engine (elements, depth, …)
├── NotOneElement     a fragment that is not one element
├── DuplicateStamp    the caller's own ids, stamped on elements, are not unique
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


class NotOneElement(EngineError):
    """What is posted as a fragment is not one element with all that stands in it."""

    def __init__(self) -> None:
        super().__init__("a fragment is one element, with nothing before or after it")


class DuplicateStamp(EngineError):
    """Elements share a stamp that is to tell them apart; `count` is the number of stamps so shared."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count:,} of the elements' ids {'is' if count == 1 else 'are'} given to several elements")
        self.count = count


class ModelRefused(EngineError):
    """A model directory is missing, incomplete, altered or made for another version."""
