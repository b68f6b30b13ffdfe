"""The answers of the contract as pydantic models.

Answers are written straight from the engine's dataclasses; these models are the OpenAPI document's, and a test
holds real answers against them.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.extension import (
    FixesAnswer,
    Hide,
    Kind,
    Label,
    OverrideAnswer,
    PageKind,
    Probability,
    Quote,
)


class ModelName(BaseModel):
    """The model that answered."""

    name: str
    version: str


class Evidence(BaseModel):
    """One reason for a verdict."""

    source: Literal["block", "json-ld", "meta"]
    index: int | None = Field(description="The block, where it is one.")
    says: str | None = Field(description="What the markup says, where that adds to the blocks.")


class GateFacts(BaseModel):
    """What stops the reader of this page as it was posted."""

    kind: Literal["none", "subscription", "registration", "adblock", "consent"] = Field(
        description="`consent` is a choice between paying and being followed."
    )
    score: Probability = Field(description="How sure this kind is.")
    evidence: list[Evidence] = Field(
        description="The visible blocks that the verdict rests on, at most 50, and what the markup adds. "
        "Never the markup alone, never anything hidden."
    )


class PageFacts(BaseModel):
    """What is said of the page as a whole."""

    kind: PageKind = Field(
        description="What the page is: `appeal_page` is one that is opened to give or to subscribe, `consent_wall` one "
        "that stands in an article's place. Text without structure is `other`; "
        "of a fragment's page it is what the request's `context` says."
    )
    kind_score: Probability = Field(description="How sure the kind is.")
    gate: GateFacts
    gated: bool = Field(description="Whether something stops the reader: `gate.kind` is not `none`.")
    truncated: Literal["yes", "no", "unknown"] = Field(
        description="Whether the text breaks off. `unknown` where there is no text that could, as on a listing."
    )
    declared_free: bool | None = Field(
        description="What JSON-LD's `isAccessibleForFree` or `article:content_tier` says; null where they say nothing. "
        "It may be false although the posted page is complete."
    )
    sponsored: bool = Field(description="Whether a visible note at the headline says that somebody paid for the page.")
    language: str | None = Field(description="As the caller or the page says (BCP 47).")
    title: str | None = Field(description="The headline, where it is shown; else the title that the head gives.")
    byline: str | None = Field(description="Who wrote it, as the page says.")
    published: str | None = Field(description="When, in ISO 8601 as the page says it.")
    lead_image: str | None = Field(description="Address of the picture that stands for the page.")
    warnings: list[str] = Field(
        description="What a caller should know: `no_text`: nothing to label; `no_article`: nothing that one came for; "
        "`read_without_scripts`: only those who run no scripts see a text, and blocks and selectors are theirs; "
        "`override_without_effect`: an override that did nothing."
    )
    hidden_text_chars: int | None = Field(
        None,
        description="With `include`: characters of text in templates, in what is for readers without scripts and in "
        "JSON-LD. They have no blocks; where they are many, the page holds more than it shows.",
    )


class Counts(BaseModel):
    """How many blocks got each label."""

    content: int
    appeal: int
    advert: int
    navigation: int


class Scores(BaseModel):
    """The calibrated probability of every label; they add up to 1."""

    content: Probability
    appeal: Probability
    advert: Probability
    navigation: Probability


class Reason(BaseModel):
    """Something that spoke for a block's label, or against it."""

    reason: str = Field(
        description="In words: which word, which name on which element, which of its surroundings, which rule."
    )
    weight: float = Field(
        description="By how much the label's log odds would fall without it; negative where it spoke against the "
        "label. What a rule says outright weighs 20."
    )


class BlockAnswer(BaseModel):
    """The smallest thing that a label can stick to."""

    index: int = Field(description="0, 1, … in document order.")
    label: Label
    kind: Kind | None
    score: Probability = Field(description="Calibrated probability of the label.")
    selector: str | None = Field(
        description="CSS path of the block's element in the DOM that a browser builds; null for text."
    )
    part: int | None = Field(description="0, 1, … where one element holds several blocks, else null.")
    id: str | None = Field(description="The element's value of the request's `id_attribute`.")
    tag: str | None = Field(description="The element's name; null for text.")
    text: str
    hidden: bool = Field(description="Whether the page hides the element, by its own markup or the caller's hint.")
    scores: Scores | None = Field(None, description="With `include`: the probability of every label.")
    reasons: list[Reason] | None = Field(
        None,
        description="With `include`: what decided, weightiest first; for 100 blocks, appeals and adverts first.",
    )
    anchor: Quote | None = Field(None, description='With `include: ["anchors"]`; null for a block without text.')


class TimingsMs(BaseModel):
    """Milliseconds in each stage of labelling."""

    parse: float
    features: float
    predict: float


class LabelAnswer(BaseModel):
    """Every block of the page with its label."""

    model: ModelName
    language: str | None
    page: PageFacts
    counts: Counts
    blocks: list[BlockAnswer]
    text: str | None = Field(
        None, description="With `include`: the content alone, a paragraph a block; tables with tabs between cells."
    )
    markdown: str | None = Field(None, description="With `include`: the content alone as CommonMark with tables.")
    html: str | None = Field(
        None, description="With `include`: the content alone as HTML, sanitised: no scripts, styles, frames or forms."
    )
    hide: Hide
    fixes: FixesAnswer
    overrides: list[OverrideAnswer] | None = Field(None, description="What each of the request's overrides did.")
    timings_ms: TimingsMs


class ModelAnswer(BaseModel):
    """The model served: what it can say and how well it says it."""

    name: str
    version: str
    labels: dict[str, list[str]] = Field(description="The labels and the kinds within each.")
    manifest: dict[str, Any] = Field(description="What the model was made of: checksum, feature schema, versions.")
    metrics: dict[str, Any] = Field(description="The figures measured in training.")


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """The model labelled the canary page as it should."""

    status: Literal["ready"]
    model: ModelName


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="The field's name; empty for the body as a whole.")
    message: str


class Problem(BaseModel):
    """RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable name of the kind of problem; a path that explains it.")
    title: str
    status: int
    detail: str
    limit: int | None = Field(None, description="The bound that was exceeded (413, page-too-complex).")
    bound: str | None = Field(None, description="Which bound (page-too-complex).")
    deadline_seconds: float | None = Field(None, description="The deadline (504).")
    errors: list[FieldError] | None = Field(None, description="The fields that are wrong (invalid-request).")
