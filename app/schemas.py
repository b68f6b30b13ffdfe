"""The contract's documents as pydantic models: the JSON request, which is read with them, and the answers.

Answers are written straight from the engine's dataclasses; their models here are the OpenAPI document's, and a test
holds real answers against them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from app.extension import (
    MAX_OVERRIDES,
    Context,
    FixesAnswer,
    Hide,
    Kind,
    Label,
    Override,
    OverrideAnswer,
    PageKind,
    Probability,
    Quote,
    Thresholds,
)
from app.problems import InvalidRequest, MalformedJson
from app.wishes import Wishes

_BOM: Final = b"\xef\xbb\xbf"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}(?:\.[A-Za-z0-9_-]{1,40}){0,3}\Z")

Include = Literal["anchors", "hide", "fixes", "scores", "reasons", "text", "markdown", "html", "hidden_text_chars"]
"""The larger parts of an answer, which are made where they are asked for."""


class LabelRequest(BaseModel):
    """A page or a text to label: exactly one of `html` and `text`."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="LabelRequest")

    html: str | None = Field(
        None, description="The page. A `<meta charset>` in it is ignored: a string has no encoding."
    )
    text: str | None = Field(None, description="Text already extracted; every line that is not blank is a block.")
    url: str | None = Field(
        None,
        max_length=8192,
        description="The page's address, if it may be told: it tells the site's own links from links elsewhere. "
        "It is never fetched, logged or kept.",
    )
    language: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        max_length=35,
        description="The page's language if the caller knows it (BCP 47); the answer then says this one.",
    )
    id_attribute: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_.:-]*$",
        max_length=64,
        description="An attribute with which the caller has stamped elements, such as `data-bl-id`; "
        "each `id` in the answer is then its element's value. The values must tell elements apart. Only with `html`.",
    )

    include: list[Include] = Field(
        [],
        max_length=50,
        description="What the answer is to hold besides: per block `anchors` (a text quote that finds it again where "
        "its selector no longer does), all four `scores`, the `reasons` for its label; "
        "the content alone, in order, as `text`, `markdown` or safe `html` (with absolute links where `url` is given); "
        "`hidden_text_chars` of templates and JSON-LD. Posts of text/html and text/plain give it as a query parameter, "
        "`?include=markdown,scores`. `hide` and `fixes` come always; naming them changes nothing.",
    )
    thresholds: Thresholds = Field(
        Thresholds(),
        description="When to give which label: a preset's name (`careful`, the default, or `strict`), or an object.",
    )
    overrides: list[Override] = Field(
        [],
        max_length=MAX_OVERRIDES,
        description="Labels of the caller's own, by selector. They win over the model's, the last over those before; "
        "the answer's `overrides` says what each did. Only with `html`.",
    )
    fragment: bool = Field(
        False,
        description="`html` is the `outerHTML` of one element that was added to a page later. Selectors in the answer "
        "start at it: `:scope` is the element itself, `:scope > p:nth-child(2)` its second child. Only with `html`.",
    )
    context: Context | None = Field(None, description="The page that the fragment was added to. Only with `fragment`.")

    @model_validator(mode="after")
    def _one_page(self) -> Self:
        if (self.html is None) == (self.text is None):
            raise ValueError("Give exactly one of html and text.")
        if self.text is not None and self.id_attribute is not None:
            raise ValueError("A text has no elements: id_attribute goes with html.")
        if self.text is not None and (self.overrides or self.fragment):
            raise ValueError("A text has no elements: overrides and fragment go with html.")
        if self.context is not None and not self.fragment:
            raise ValueError("A context goes with a fragment.")
        return self

    def wishes(self) -> Wishes:
        """Return what is asked of the engine beyond labels."""
        context = (self.context or Context()).wish() if self.fragment else None
        return Wishes(self.thresholds.wish(), tuple(each.wish() for each in self.overrides), context)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the request that `body` holds; raises MalformedJson and InvalidRequest, which quote none of it."""
        try:
            return cls.model_validate_json(body.removeprefix(_BOM))
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise MalformedJson(f"{found[0]['msg']}.")
        errors = [{"field": _field(one["loc"]), "message": _message(one)} for one in found[:20]]
        detail = "; ".join(f"{one['field'] or 'body'}: {one['message']}" for one in errors)
        raise InvalidRequest(detail, errors=errors)


def _field(location: tuple[int | str, ...]) -> str:
    """Return the field's name; one that the caller made up is only quoted if it looks like a name."""
    name = ".".join(str(part) for part in location)
    return name if not name or _PLAIN_NAME.match(name) else "(unknown)"


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        known = f" The fields are {', '.join(LabelRequest.model_fields)}." if len(error["loc"]) == 1 else ""
        return f"There is no such field.{known}"
    message = error["msg"].removeprefix("Value error, ")
    return message if message.endswith(".") else f"{message}."


_INCLUDE: Final = TypeAdapter(list[Include])


def read_include(values: Sequence[str]) -> tuple[Include, ...]:
    """Return what the query parameters `include` ask for, each with commas between names; raises InvalidRequest."""
    names = [name.strip() for value in values for name in value.split(",") if name.strip()]
    try:
        return tuple(_INCLUDE.validate_python(names[:50]))
    except ValidationError as error:
        message = _message(error.errors(include_url=False, include_input=False)[0])
    raise InvalidRequest(f"include: {message}", errors=[{"field": "include", "message": message}])


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

    reason: str = Field(description="In words: which word, which name on which element, which of its surroundings.")
    weight: float = Field(
        description="By how much the label's log odds would fall without it; negative where it spoke against the label."
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
