"""Worked examples for the OpenAPI document: every content type, every answer, every error.

The tests post each request to a real service and hold its answer against what is shown here.
"""

from collections import defaultdict
from typing import Any, Final, get_args

from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app import problems
from app.errors import DuplicateStamp, NotOneElement, PageTooComplex
from app.problems import MEDIA_TYPE, Kind
from app.requests import Include, LabelRequest
from app.samples import PAGE, REQUESTS
from app.schemas import Problem

LABEL: Final = """Post a page or a text; every block comes back with its label.

```sh
URL=http://127.0.0.1:8000/v1/label
# JSON
curl $URL -H 'Content-Type: application/json' -d '{"html": "<p>Hello</p>"}'
# a page's bytes as they are
curl $URL -H 'Content-Type: text/html' --data-binary @page.html
# in an encoding that is known
curl $URL -H 'Content-Type: text/html; charset=shift_jis' --data-binary @page.html
# text that was extracted before, a block a line
curl $URL -H 'Content-Type: text/plain' --data-binary @page.txt
# any of them gzipped
gzip -c page.html | curl $URL -H 'Content-Type: text/html' -H 'Content-Encoding: gzip' --data-binary @-
# with the content alone as Markdown, and all four probabilities of each block
curl "$URL?include=markdown,scores" -H 'Content-Type: text/html' --data-binary @page.html
```

A page's bytes are decoded as a browser does it: byte order mark, charset of the header, `<meta>`, then detection.
Nothing is fetched and nothing is kept. An empty page is no error: no blocks, and the warning `no_text`.

`page` says what the page is as a whole. Its `gate` rests on visible blocks, which `evidence` names, never on what the
markup declares alone: that is `declared_free`, and may be false for a reader who has paid.
"""

_ERRORS: Final[tuple[Exception, ...]] = (
    problems.BrokenGzip("The gzip stream ends too early."),
    problems.Unauthorized("Send an API key as Authorization: Bearer KEY, or as X-API-Key: KEY."),
    HTTPException(404),
    HTTPException(405),
    problems.BodyTooSlow("The body did not arrive within 10 seconds."),
    problems.BodyTooLarge(5_000_000),
    problems.UnsupportedMediaType("The content types taken are application/json, text/html, text/plain."),
    problems.UnsupportedEncoding("The only content encoding taken is gzip, once."),
    problems.MalformedJson("Invalid JSON: EOF while parsing a string at line 1 column 9."),
    problems.InvalidRequest(
        "body: Give exactly one of html and text.",
        errors=[{"field": "", "message": "Give exactly one of html and text."}],
    ),
    problems.InvalidRequest(
        "html: Input should be a valid string.",
        errors=[{"field": "html", "message": "Input should be a valid string."}],
    ),
    PageTooComplex("max_elements", 200_000),
    DuplicateStamp(2),
    NotOneElement(),
    problems.TooManyRequests(600, 60, 1),
    problems.Saturated("All 4 places are taken; try again shortly."),
    problems.NotReady("The model is being loaded."),
    problems.DeadlineExceeded(10),
    RuntimeError(),
)


_HEADERS: Final[dict[int, dict[str, str]]] = {
    401: {"WWW-Authenticate": 'Bearer realm="begone"'},
    429: {"Retry-After": "1", "RateLimit-Policy": '"requests";q=600;w=60', "RateLimit": '"requests";r=0;t=60'},
}
"""The headers of a problem's response by its status, with examples."""


def _paragraph(start: str) -> str:
    """Return the text of the example page's paragraph that starts so."""
    return " ".join(PAGE[PAGE.index(start) :].partition("</p>")[0].split())


def problem_documents() -> dict[str, list[dict[str, Any]]]:
    """Return examples of every kind of problem, by slug."""
    found = defaultdict(list)
    for error in _ERRORS:
        found[problems.kind_of(error).slug].append(problems.document(error))
    return dict(found)


def request_body() -> dict[str, Any]:
    """Return the OpenAPI request body of `/v1/label`."""
    schemas: dict[str, Any] = {
        "application/json": _schema(LabelRequest),
        "text/html": {"type": "string", "description": "The page's bytes, in any encoding of the web."},
        "text/plain": {"type": "string", "description": "Text; every line that is not blank is a block."},
    }
    content = {name: {"schema": schema, "examples": REQUESTS[name]} for name, schema in schemas.items()}
    return {"required": True, "content": content}


def label_parameters() -> list[dict[str, Any]]:
    """Return the OpenAPI query parameters of `/v1/label`."""
    names = {"type": "array", "items": {"type": "string", "enum": list(get_args(Include))}}
    described = "What the answer is to hold besides, as the JSON field `include` says it: names with commas between."
    return [
        {"name": "include", "in": "query", "description": described, "style": "form", "explode": False, "schema": names}
    ]


def _schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _problem_responses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI responses for the problems named, and for the one that may always happen."""
    documents = problem_documents()
    by_status: dict[int, list[Kind]] = defaultdict(list)
    for kind in problems.KINDS:
        if kind.slug in slugs or kind is problems.INTERNAL:
            by_status[kind.status].append(kind)
    responses: dict[int | str, dict[str, Any]] = {}
    for status, kinds in by_status.items():
        examples = {
            kind.slug + (f"-{number}" if number else ""): {"summary": kind.title, "value": document}
            for kind in kinds
            for number, document in enumerate(documents[kind.slug])
        }
        responses[status] = {
            "description": "; ".join(kind.title for kind in kinds),
            "content": {MEDIA_TYPE: {"schema": _schema(Problem), "examples": examples}},
        }
        if status in _HEADERS:
            responses[status]["headers"] = {
                name: {"schema": {"type": "string"}, "example": example} for name, example in _HEADERS[status].items()
            }
    return responses


def _answer(description: str, example: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {"application/json": {"example": example}}}}


def label_responses() -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of `/v1/label`."""
    refused = [kind.slug for kind in problems.TABLE.values()]
    return _answer("Every block with its label", ANSWER) | _problem_responses(*refused)


def metrics_responses() -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of `/metrics`."""
    example = 'begone_requests_total{method="POST",route="/v1/label",status="200"} 12.0'
    described = {"description": "Requests, refusals, stages, labels", "content": {"text/plain": {"example": example}}}
    return {200: described, **_problem_responses("unauthorized")}


def model_responses() -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of `/v1/model`."""
    example = {
        "name": "begone",
        "version": "1.0.0",
        "labels": {"content": ["main", "comment"], "appeal": ["donation", "…"], "advert": [], "navigation": []},
        "manifest": {"sha256": "…"},
        "metrics": {"macro_f1": "…"},
    }
    return _answer("The model served", example) | _problem_responses("unauthorized", "not-ready")


def health_responses() -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of `/healthz`."""
    return _answer("The process is alive", {"status": "ok"}) | _problem_responses("not-ready")


def ready_responses() -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of `/readyz`."""
    example = {"status": "ready", "model": {"name": "begone", "version": "1.0.0"}}
    return _answer("Pages can be labelled", example) | _problem_responses("not-ready", "deadline-exceeded")


_BODY: Final = "html > body:nth-child(2)"
_ARTICLE: Final = f"{_BODY} > article:nth-child(2)"
_BLOCKS: Final = (
    ("navigation", None, 0.99, f"{_BODY} > nav:nth-child(1)", "nav", "Home Travel Weather"),
    ("content", "main", 0.98, f"{_ARTICLE} > h1:nth-child(1)", "h1", "Night trains return to the coast"),
    ("content", "main", 0.98, f"{_ARTICLE} > p:nth-child(2)", "p", _paragraph("After eleven years")),
    (
        "appeal",
        "donation",
        0.97,
        f"{_ARTICLE} > aside:nth-child(3) > p:nth-child(1)",
        "p",
        _paragraph("Please support our journalism"),
    ),
    ("content", "main", 0.97, f"{_ARTICLE} > p:nth-child(4)", "p", _paragraph("The railway expects")),
    ("navigation", None, 0.99, f"{_BODY} > footer:nth-child(3)", "footer", "Imprint Privacy"),
)
ANSWER: Final[dict[str, Any]] = {
    "model": {"name": "begone", "version": "1.0.0"},
    "language": "en",
    "page": {
        "kind": "article",
        "kind_score": 0.93,
        "gate": {"kind": "none", "score": 0.99, "evidence": []},
        "gated": False,
        "truncated": "no",
        "declared_free": None,
        "sponsored": False,
        "language": "en",
        "title": "Night trains return to the coast",
        "byline": None,
        "published": None,
        "lead_image": None,
        "warnings": [],
    },
    "counts": {"content": 3, "appeal": 1, "advert": 0, "navigation": 2},
    "blocks": [
        {
            "index": index,
            "label": label,
            "kind": kind,
            "score": score,
            "selector": selector,
            "part": None,
            "id": None,
            "tag": tag,
            "text": text,
            "hidden": False,
        }
        for index, (label, kind, score, selector, tag, text) in enumerate(_BLOCKS)
    ],
    "hide": {
        "appeal": [{"selector": f"{_ARTICLE} > aside:nth-child(3)", "id": None, "blocks": [3]}],
        "advert": [],
        "navigation": [
            {"selector": f"{_BODY} > nav:nth-child(1)", "id": None, "blocks": [0]},
            {"selector": f"{_BODY} > footer:nth-child(3)", "id": None, "blocks": [5]},
        ],
    },
    "fixes": {"scroll_lock": [], "backdrop": []},
    "timings_ms": {"parse": 0.2, "features": 1.2, "predict": 1.9},
}
"""The answer to `PAGE`; a test holds all but scores, times and version."""
