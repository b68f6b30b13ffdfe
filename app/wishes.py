"""What a caller may ask of a page's labels beyond the labels themselves; imports nothing, so that it is there early."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The caller's word on when a label is to be given; None leaves it to the model.

    Below its threshold, `appeal`, `advert` and `navigation` become content; from its own on, content is content
    whatever else is likely. `strict` turns doubt round: no head start for content, and what is not more likely than
    not content gets the likeliest other label, where no rule says what it is.
    """

    strict: bool = False
    content: float | None = None
    appeal: float | None = None
    advert: float | None = None
    navigation: float | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A label, perhaps with its kind, for every block in the elements that a CSS selector matches."""

    selector: str
    label: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller says of the page that a fragment stands on."""

    title: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """When to give which label, which labels are given already, and that the page is a fragment of another."""

    thresholds: Thresholds = field(default=Thresholds())
    overrides: tuple[Override, ...] = ()
    fragment: Context | None = None
