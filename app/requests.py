"""The JSON request of `POST /v1/label`, read and checked, and the query's word on what the answer is to hold."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from app.extension import MAX_OVERRIDES, Context, Language, Override, Thresholds
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
    language: Language | None = Field(
        None, description="The page's language if the caller knows it (BCP 47); the answer then says this one."
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
