"""The labels that a block can carry, and the kinds within them (rule book: docs in README, "Labels")."""

from typing import Final

LABELS: Final = ("content", "appeal", "advert", "navigation")
"""In the order of the model's probability columns."""

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "content": ("main", "comment"),
    "appeal": ("donation", "subscription", "registration", "newsletter", "adblock", "other"),
    "advert": (),
    "navigation": (),
}

CONTENT, APPEAL, ADVERT, NAVIGATION = range(4)
