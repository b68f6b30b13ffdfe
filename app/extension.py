"""The contract's documents for callers that act on a live page: what an extension may ask, and what it gets back."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app import wishes
from app.labels import KINDS

Label = Literal["content", "appeal", "advert", "navigation"]
Kind = Literal["main", "comment", "donation", "subscription", "registration", "newsletter", "adblock", "other"]
PageKind = Literal[
    "article", "listing", "forum", "product", "documentation", "service", "appeal_page", "consent_wall", "other"
]
Probability = Annotated[float, Field(ge=0, le=1)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
MAX_OVERRIDES: Final = 100
MAX_SELECTOR: Final = 2_000

_ASKED: Final = ConfigDict(extra="forbid", frozen=True)


class Thresholds(BaseModel):
    """When to give which label: a preset, and probabilities by label. The preset's name alone will do."""

    model_config = _ASKED

    preset: Literal["careful", "strict"] = Field(
        "careful",
        description="`careful`: the model's own rule, by which content wins where in doubt. `strict`: a block is "
        "content only if that is more likely than all else together; else it gets the likeliest other label.",
    )
    content: Probability | None = Field(
        None, description="From this probability of content on, a block is content, whatever else is likely."
    )
    appeal: Probability | None = Field(None, description="Below this probability, an appeal becomes content.")
    advert: Probability | None = Field(None, description="Below this probability, an advert becomes content.")
    navigation: Probability | None = Field(None, description="Below this probability, navigation becomes content.")

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, given: Any) -> Any:
        return {"preset": given} if isinstance(given, str) else given

    def wish(self) -> wishes.Thresholds:
        """Return the engine's thresholds."""
        return wishes.Thresholds(self.preset == "strict", self.content, self.appeal, self.advert, self.navigation)


class Override(BaseModel):
    """A label of the caller's own for all blocks that stand in the elements of a selector."""

    model_config = _ASKED

    selector: str = Field(
        min_length=1,
        max_length=MAX_SELECTOR,
        description="CSS: types, `#id`, `.class`, `[attribute]`, combinators, lists, `:not()`, `:is()`, `:root`, "
        "`:scope`, `:first-child`, `:nth-child()`, `:first-of-type`, `:last-of-type`, `:nth-of-type()` and "
        "`:nth-last-of-type()`. Every `selector` of an answer is one.",
    )
    label: Label
    kind: Kind | None = Field(None, description="One of the label's kinds; left out, the likeliest.")

    @model_validator(mode="after")
    def _kind_of_label(self) -> Self:
        if self.kind is not None and self.kind not in KINDS[self.label]:
            raise ValueError(f"The kinds of {self.label} are: {', '.join(KINDS[self.label]) or 'none'}.")
        return self

    def wish(self) -> wishes.Override:
        """Return the engine's override."""
        return wishes.Override(self.selector, self.label, self.kind)


class Context(BaseModel):
    """What the caller knows of the page that a fragment was added to."""

    model_config = _ASKED

    title: str = Field("", max_length=1000, description="The page's title.")
    language: Language | None = Field(None, description="Its language (BCP 47).")
    kind: PageKind | None = Field(None, description="What kind of page it is; the answer's `page.kind` repeats it.")

    def wish(self) -> wishes.Context:
        """Return the engine's context."""
        return wishes.Context(self.title, self.language)


class HideAnswer(BaseModel):
    """An element that may be hidden with all that stands in it: not one block of content goes with it."""

    selector: str
    id: str | None = Field(description="The element's value of the request's `id_attribute`.")
    blocks: list[int] = Field(description="The indices of the blocks in it, all of the one label.")


class Hide(BaseModel):
    """By label, the greatest elements that hold blocks of that label only; `html` and `body` are never among them.

    A block that is in none of them shares its element with a block of another label and cannot be hidden by an element.
    """

    appeal: list[HideAnswer]
    advert: list[HideAnswer]
    navigation: list[HideAnswer]


class ScrollLockAnswer(BaseModel):
    """`html` or `body`, kept from scrolling by an overlay."""

    selector: str
    id: str | None
    classes: list[str] = Field(description="Classes to take off it.")
    styles: list[str] = Field(description="CSS properties to set to `initial`, as `!important`.")


class BackdropAnswer(BaseModel):
    """An empty element that veils the page: to be hidden."""

    selector: str
    id: str | None


class FixesAnswer(BaseModel):
    """What an overlay leaves behind, told by names, inline styles and hints: to be mended if something was hidden."""

    scroll_lock: list[ScrollLockAnswer]
    backdrop: list[BackdropAnswer]


class Quote(BaseModel):
    """A block's text and what stands around it on the page (W3C TextQuoteSelector), white space runs as one space."""

    exact: str
    prefix: str = Field(description="Up to 32 characters before.")
    suffix: str = Field(description="Up to 32 characters after.")


class OverrideAnswer(BaseModel):
    """What one of the request's overrides did."""

    index: int = Field(description="Its place in the request.")
    elements: int = Field(description="How many elements its selector matches.")
    blocks: int = Field(description="How many blocks stand in them; a later override may have given another label.")
    problem: Literal["invalid_selector", "too_costly", "no_element", "no_block"] | None = Field(
        description="Why it did nothing: its selector is none of those taken, would take too long, matches no element "
        "that a reader could see, or only such as hold no whole block."
    )


_PAGE: Final = """<h1>Night trains return</h1>
<p>The sleeper to the coast runs again, three nights a week, with four carriages and a small bar.</p>
<aside class="box">
<p>Please support our journalism: make a donation today. We depend on our readers' donations.</p></aside>"""
EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "careful": {
        "summary": "A page, with the caller's own word on when to give a label and on what an element is",
        "value": {
            "html": _PAGE,
            "include": ["anchors"],
            "thresholds": {"preset": "careful", "appeal": 0.6},
            "overrides": [
                {"selector": "aside.box", "label": "appeal", "kind": "donation"},
                {"selector": "#gone", "label": "advert"},
            ],
        },
    },
    "fragment": {
        "summary": "An element that was added to a page later",
        "value": {
            "html": '<div id="wall"><p data-bl-id="3">Please donate today to read on.</p></div>',
            "id_attribute": "data-bl-id",
            "fragment": True,
            "context": {"title": "Night trains return", "language": "en", "kind": "article"},
        },
    },
}
"""Requests for the OpenAPI document, by name."""
