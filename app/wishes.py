"""What a caller may ask of a page's labels beyond the labels themselves."""

from dataclasses import dataclass, field

from app.decision import Thresholds
from app.fragments import Context
from app.overrides import Override


@dataclass(frozen=True, slots=True)
class Wishes:
    """When to give which label, which labels are given already, and that the page is a fragment of another."""

    thresholds: Thresholds = field(default=Thresholds())
    overrides: tuple[Override, ...] = ()
    fragment: Context | None = None
