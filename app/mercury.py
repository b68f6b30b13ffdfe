"""`POST /parse-html` as Mercury Parser's API servers answer it, for feed readers that already post to one.

Switched on by `BEGONE_MERCURY`. An error has status 200 there; only where the service is full or not ready it has not.
"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from app import dropin
from app.extract import Page
from app.problems import InvalidRequest

router = APIRouter()

_NO_URL: Final = "No URL was provided"
_WANTED: Final = "Post a JSON object with the strings url and html."


class MercuryRequest(BaseModel):
    """The posted object; what else is in it does not count."""

    url: str | None = None
    html: str | None = None


def _read(body: bytes) -> Page:
    request = dropin.read_json(MercuryRequest, body, _WANTED)
    if not request.url:
        raise InvalidRequest(_NO_URL)
    if request.html is None:
        raise InvalidRequest(_WANTED)
    return Page(request.url, request.html)


def _shape(error: Exception) -> dict[str, Any]:
    if isinstance(error, InvalidRequest) and error.detail == _NO_URL:  # the one error of another shape
        return {"message": _NO_URL}
    return dropin.told(error)


@router.post("/parse-html", summary="Mercury's object for a posted page", tags=["drop-in"], response_model=None)
async def parse_html(request: Request) -> Response:
    """Answer with the page's content and what the page says of itself."""
    return await dropin.respond(request, _read, refusals=200, shape=_shape)
