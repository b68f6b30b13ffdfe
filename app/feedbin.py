"""`POST /parser/USER/SIGNATURE` as Feedbin's extract answers it, for Feedbin and NetNewsWire.

Switched on by `BEGONE_FEEDBIN_SECRETS`. The signature is HMAC-SHA1 of the page's address with the user's secret, in
hexadecimal digits; it is looked at before the body is read wherever the query holds the address. Nothing is fetched:
the page comes with the post.
"""

import base64
import binascii
import hmac
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, SecretStr
from starlette.datastructures import QueryParams

from app import dropin
from app.extract import Page
from app.problems import InvalidRequest
from app.service import Service

router = APIRouter()

PATH: Final = "/parser/"

_WANTED: Final = "Post a JSON object with the strings url and body, the page's HTML."
_UNSIGNED: Final = "Invalid signature."


class FeedbinRequest(BaseModel):
    """The posted object; what else is in it does not count."""

    url: str | None = None
    body: str


@router.post(
    "/parser/{user}/{signature}", summary="Feedbin's object for a posted page", tags=["drop-in"], response_model=None
)
async def parser(request: Request, user: str, signature: str) -> Response:
    """Answer with the page's content and what the page says of itself, to whom the signature shows to be a user."""
    service: Service = request.app.state.service
    secret = _secret(service.settings.feedbin_secrets, user)
    encoded = request.query_params.get("base64_url")
    address = _decoded(encoded) if encoded is not None else None
    if encoded is not None and (address is None or not signed(secret, address, signature)):
        error = InvalidRequest(_UNSIGNED)
        return dropin.refuse(request, error, 400, dropin.told(error))

    def read(body: bytes) -> Page:
        posted = dropin.read_json(FeedbinRequest, body, _WANTED)
        if address is not None:
            return Page(address, posted.body)
        if not posted.url or not signed(secret, posted.url, signature):
            raise InvalidRequest(_UNSIGNED)
        return Page(posted.url, posted.body)

    return await dropin.respond(request, read, refusals=400)


@router.get("/health_check", summary="Feedbin's word for /healthz", tags=["drop-in"], response_model=None)
async def health_check() -> Response:
    """Answer while the process is alive."""
    return Response("OK", media_type="text/plain")


def signed(secret: str | None, address: str, signature: str) -> bool:
    """Return whether `signature` is that of the address; it takes as long whether there is such a user or not."""
    expected = hmac.new((secret or "").encode(), address.encode("utf-8", "replace"), "sha1").hexdigest()
    same = hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace"))
    return same and secret is not None


def signer(secrets: SecretStr, path: str, query: bytes) -> str | None:
    """Return the user by whom the address in the query is signed, so that it is known before the body; else None."""
    user, _, signature = path.removeprefix(PATH).partition("/")
    encoded = QueryParams(query).get("base64_url")
    address = _decoded(encoded) if encoded is not None else None
    return user if address is not None and signed(_secret(secrets, user), address, signature) else None


def _secret(held: SecretStr | None, user: str) -> str | None:
    pairs = (pair.partition(":") for pair in held.get_secret_value().split()) if held is not None else ()
    return {name: secret for name, _, secret in pairs}.get(user)


def _decoded(encoded: str) -> str | None:
    padded = encoded + "=" * (-len(encoded) % 4)
    try:
        return base64.urlsafe_b64decode(padded.encode("ascii")).decode()
    except (binascii.Error, ValueError):
        return None
