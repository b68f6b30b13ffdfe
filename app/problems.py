"""What can go wrong with a request, and how it is answered: RFC 9457 problem documents.

Refusal                        raised by the envelope; carries the sentence for `detail`
├── Unauthorized               no API key, or one that is not known
├── TooManyRequests            more posts than the caller's rate; carries when to come back
├── UnsupportedMediaType       a content type that is not taken
├── UnsupportedEncoding        a content encoding other than gzip
├── BodyTooLarge               more bytes than the limit, as sent or after inflating
├── BodyTooSlow                the body did not arrive in time
├── BrokenGzip                 a body that says gzip and is none
├── MalformedJson              a body that says JSON and is none
├── InvalidRequest             JSON of another form than the contract's; carries the fields
├── Saturated                  all places taken
├── NotReady                   no model to answer with
└── DeadlineExceeded           the page took longer than it may
EngineError (errors.py)        raised by the engine
├── PageTooComplex             the page exceeds a bound of the engine
├── NotOneElement              a fragment that is not one element
├── DuplicateStamp             two elements carry the same value of the caller's id_attribute
└── ModelRefused               the model directory may not be loaded

`TABLE` is the one place that turns these into statuses; `HTTP` holds the problems that the framework itself finds.
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import DuplicateStamp, EngineError, ModelRefused, NotOneElement, PageTooComplex

MEDIA_TYPE: Final = "application/problem+json"
BASE: Final = "/problems/"
RETRY_AFTER: Final = "1"  # seconds; a place is held for milliseconds, a model loaded in one or two seconds


class Refusal(Exception):
    """A request that is refused; `extra` holds further members of the problem, `headers` those of the response."""

    def __init__(self, detail: str, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.extra = extra


class Unauthorized(Refusal):
    """The caller has shown no API key, or none that is known."""


class TooManyRequests(Refusal):
    """The caller has used up its rate."""

    def __init__(self, limit: int, seconds: int, wait: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(
            f"More than {limit:,} posts in {seconds:,} seconds; come back in {wait:,} seconds.",
            {"Retry-After": str(wait), **(headers or {})},
            limit=limit,
            window_seconds=seconds,
            retry_after_seconds=wait,
        )


class UnsupportedMediaType(Refusal):
    """The content type is none of those taken."""


class UnsupportedEncoding(Refusal):
    """The content encoding is none of those taken."""


class BodyTooLarge(Refusal):
    """The body exceeds the limit, as sent or after inflating."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The body is larger than the limit of {limit:,} bytes (counted after inflating).", limit=limit
        )


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""


class BrokenGzip(Refusal):
    """The body says that it is gzipped and cannot be inflated."""


class MalformedJson(Refusal):
    """The body says that it is JSON and cannot be read as JSON."""


class InvalidRequest(Refusal):
    """The body is JSON of another form than the contract's; `errors` says which fields."""


class Saturated(Refusal):
    """All places are taken, or too much is arriving."""


class NotReady(Refusal):
    """The process has no model to answer with, or can no longer answer."""


class DeadlineExceeded(Refusal):
    """The page was not labelled in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The page was not labelled within {seconds:g} seconds.", deadline_seconds=seconds)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the last part of its `type`, its status, its title, and what a caller is told to do."""

    slug: str
    status: int
    title: str
    help: str

    @property
    def type(self) -> str:
        """The problem's `type`: a stable path that is also the address of its explanation."""
        return BASE + self.slug


INTERNAL: Final = Kind(
    "internal-error",
    500,
    "begone made a mistake",
    "Not your fault: a bug. The log holds the error under the request's id (response header X-Request-ID), "
    "without the page. Please report it with the id; the same page will likely fail again.",
)

_NOT_READY: Final = Kind(
    "not-ready",
    503,
    "No model is ready",
    "The process is starting, its model was refused when it was loaded, or too many of its threads are held by pages "
    "that do not end. Wait and ask again; GET /readyz says when it is ready, the log says why it is not.",
)

TABLE: Final[dict[type[Exception], Kind]] = {
    BrokenGzip: Kind(
        "broken-gzip",
        400,
        "The body is not valid gzip",
        "The header Content-Encoding says gzip, but the body cannot be inflated: it is cut short, damaged, followed by "
        "something else or was never compressed. Send it whole, or leave the header out.",
    ),
    Unauthorized: Kind(
        "unauthorized",
        401,
        "An API key is needed",
        "The operator of this service has made keys: ask for one. Send it with every request, as Authorization: Bearer "
        "KEY or as X-API-Key: KEY, and never in an address.",
    ),
    BodyTooSlow: Kind(
        "body-too-slow",
        408,
        "The body did not arrive in time",
        "A body that is still arriving holds memory that others want. Send it in one go, best gzipped. "
        "BEGONE_BODY_TIMEOUT_SECONDS sets the time, BEGONE_MIN_BODY_BYTES_PER_SECOND how slowly it may come.",
    ),
    BodyTooLarge: Kind(
        "body-too-large",
        413,
        "The body is too large",
        "The limit is in `limit`, in bytes, and holds before and after inflating; BEGONE_MAX_BODY_BYTES sets it. "
        "Scripts, styles and data: addresses get no label and may be left out.",
    ),
    UnsupportedMediaType: Kind(
        "unsupported-media-type",
        415,
        "The content type is not supported",
        "Post application/json, text/html or text/plain and say so in Content-Type.",
    ),
    UnsupportedEncoding: Kind(
        "unsupported-encoding",
        415,
        "The content encoding is not supported",
        "Post the body as it is, or gzipped once with Content-Encoding: gzip.",
    ),
    MalformedJson: Kind(
        "malformed-json",
        422,
        "The body is not JSON",
        "The body must be one JSON object in UTF-8, without lone surrogates; `detail` says where reading stopped. "
        "To post a page's bytes as they are, use Content-Type: text/html.",
    ),
    InvalidRequest: Kind(
        "invalid-request",
        422,
        "The request does not fit the contract",
        "`errors` names each field and what is wrong with it. Exactly one of `html` and `text` must be given; "
        "a field that does not exist is refused rather than ignored.",
    ),
    PageTooComplex: Kind(
        "page-too-complex",
        422,
        "The page is too complex",
        "The page has more elements, depth, blocks or work for the parser than a bound allows; `bound` names it and "
        "`limit` is its value. The setting of the same name sets it: BEGONE_MAX_DEPTH for max_depth, and so on.",
    ),
    DuplicateStamp: Kind(
        "duplicate-id",
        422,
        "Elements share an id",
        "`id_attribute` names an attribute whose value must tell elements apart, and several carry the same; `count` "
        "says how many values are shared. Number the elements anew for every page. Elements without the attribute, or "
        "with an empty value, are no trouble.",
    ),
    NotOneElement: Kind(
        "not-one-element",
        422,
        "The fragment is not one element",
        "With `fragment`, post the `outerHTML` of one element that was added to the page, neither `html` nor `body`. "
        "Where several were added, post each by itself, or the element around them. A whole page goes without it.",
    ),
    TooManyRequests: Kind(
        "too-many-requests",
        429,
        "Too many requests",
        "Your key, or without keys your address, may post `limit` times in `window_seconds`. Wait for as long as "
        "Retry-After says; the header RateLimit of every answer says what is left. BEGONE_RATE sets the rate, or the "
        "key's own entry.",
    ),
    Saturated: Kind(
        "saturated",
        503,
        "All places are taken",
        "The service answers as many pages at a time as it can. Wait for as long as Retry-After says, then send "
        "the request again; BEGONE_MAX_IN_FLIGHT, BEGONE_MAX_WAITING and BEGONE_WORKERS set the number of places, "
        "BEGONE_MAX_ARRIVING_BYTES how much may be arriving.",
    ),
    NotReady: _NOT_READY,
    ModelRefused: _NOT_READY,
    DeadlineExceeded: Kind(
        "deadline-exceeded",
        504,
        "The page took too long",
        "The page was not labelled within its deadline, because many pages were waiting or because of the page itself. "
        "Try it once more; BEGONE_DEADLINE_SECONDS sets the time.",
    ),
    Exception: INTERNAL,
}
"""Error to problem; an error's nearest ancestor counts."""

HTTP: Final[dict[int, Kind]] = {
    404: Kind("not-found", 404, "There is nothing here", "GET /docs lists the routes, where it is open."),
    405: Kind(
        "method-not-allowed", 405, "The method is not allowed", "The header Allow lists the methods of this route."
    ),
}
"""Status to problem, for what the framework refuses by itself."""

KINDS: Final[tuple[Kind, ...]] = tuple(
    sorted({*TABLE.values(), *HTTP.values()}, key=lambda kind: (kind.status, kind.slug))
)


def kind_of(error: Exception) -> Kind:
    """Return the problem that `error` is."""
    if isinstance(error, HTTPException):
        return HTTP.get(error.status_code, INTERNAL)
    return next(TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)


def document(error: Exception) -> dict[str, Any]:
    """Return the problem document for `error`. An unforeseen error's own words stay out: they may quote the page."""
    kind = kind_of(error)
    problem: dict[str, Any] = {"type": kind.type, "title": kind.title, "status": kind.status}
    if isinstance(error, Refusal):
        problem |= {"detail": error.detail, **error.extra}
    elif isinstance(error, PageTooComplex):
        problem |= {"detail": f"{str(error).capitalize()}.", "bound": error.what, "limit": error.limit}
    elif isinstance(error, DuplicateStamp | NotOneElement):
        problem["detail"] = f"{str(error).capitalize()}."
        problem |= {"count": error.count} if isinstance(error, DuplicateStamp) else {}
    else:
        problem["detail"] = kind.help
    return problem


def response(error: Exception) -> Response:
    """Return the response that answers `error`."""
    kind = kind_of(error)
    headers = dict(getattr(error, "headers", None) or {})
    if kind.status == 503:
        headers["Retry-After"] = RETRY_AFTER
    return Response(orjson.dumps(document(error)), status_code=kind.status, headers=headers, media_type=MEDIA_TYPE)


async def handle(request: Request, error: Exception) -> Response:
    """Answer an error that a route or the framework raised, and note it in the request's record."""
    request.scope["begone.record"].refusal = kind_of(error).slug
    return response(error)


HANDLERS: Final[dict[int | type[Exception], Any]] = {
    Refusal: handle,
    EngineError: handle,
    HTTPException: handle,
}
"""Exception handlers for the application; what is not listed is caught by `observe.Observer`."""
