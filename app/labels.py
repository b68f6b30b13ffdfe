"""The labels that a block can carry, and the kinds within them."""

from typing import Final

LABELS: Final = ("content", "appeal", "advert", "navigation")

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "content": ("main", "comment"),
    "appeal": ("donation", "subscription", "registration", "newsletter", "adblock", "other"),
    "advert": (),
    "navigation": (),
}

CLASSES: Final[tuple[tuple[str, str | None], ...]] = tuple(
    (label, kind) for label in LABELS for kind in KINDS[label] or (None,)
)
"""What the model tells apart: every kind of every label. In the order of its probability columns."""

SPANS: Final[tuple[tuple[int, int], ...]] = ((0, 2), (2, 8), (8, 9), (9, 10))
"""Per label, the range of its classes: a label's probability is the sum over its kinds."""
