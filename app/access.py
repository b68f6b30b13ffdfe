"""Who asks, and how often: looked at before a route is chosen, the body is read or a place is taken."""

import ipaddress
from typing import Final

from pydantic import SecretStr
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import feedbin, problems
from app.keys import Key, Keys
from app.observe import Record
from app.problems import Refusal, TooManyRequests, Unauthorized
from app.rates import Rate, Rates, Standing

OPEN: Final = frozenset(("/healthz", "/readyz", "/health_check", "/docs", "/openapi.json", "/problems"))
"""The paths that never want a key; every other one does, so that a new route is closed until it is listed here."""

OPEN_BELOW: Final = ("/docs/", "/problems/")

_MISSING: Final = "Send an API key as Authorization: Bearer KEY, or as X-API-Key: KEY."
_UNKNOWN: Final = "The API key is not known; it may have been replaced by another."
_CHALLENGE: Final = 'Bearer realm="begone"'


class Access:
    """Lets a request through if its caller may ask and has not asked too often; else answers 401 or 429.

    Without `keys` everybody may ask. Every post counts, whatever its path: the routes' patterns match more paths than
    their own. What feed readers have signed (`feedbin`) wants no key, and counts for the user who signed.
    """

    def __init__(self, app: ASGIApp, keys: Keys | None, rate: Rate | None, secrets: SecretStr | None) -> None:
        self.app = app
        self.keys = keys
        self.rate = rate
        self.secrets = secrets
        self.rates = Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it; tell callers with a rate what they have left."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        record: Record = scope["begone.record"]
        try:
            key = self._key(scope)
            record.key = key.name if key else None
            standing = self._count(scope, key)
        except Refusal as error:
            record.refusal = problems.kind_of(error).slug
            await problems.response(error)(scope, receive, send)
            return
        if standing is None:
            await self.app(scope, receive, send)
            return

        async def send_standing(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(message.get("headers", ()))}
                MutableHeaders(scope=message).update(standing.headers())
            await send(message)

        await self.app(scope, receive, send_standing)

    def _key(self, scope: Scope) -> Key | None:
        """Return the caller's key; None where none is asked for. Raises Unauthorized."""
        path: str = scope["path"]
        if self.keys is None or path in OPEN or path.startswith(OPEN_BELOW) or self._signs(path):
            return None
        given = _given(Headers(scope=scope))
        if given is None:
            raise Unauthorized(_MISSING, {"WWW-Authenticate": _CHALLENGE})
        key = self.keys.find(given.encode("latin-1"))
        if key is None:
            raise Unauthorized(_UNKNOWN, {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'})
        return key

    def _count(self, scope: Scope, key: Key | None) -> Standing | None:
        """Count a post; return where its caller stands, None where no rate holds. Raises TooManyRequests."""
        rate = key.rate if key and key.rate else self.rate
        if rate is None or scope["method"] != "POST":
            return None
        standing = self.rates.spend(self._caller(scope, key), rate)
        if standing.wait_seconds:
            raise TooManyRequests(rate.requests, rate.seconds, standing.wait_seconds, standing.headers())
        return standing

    def _caller(self, scope: Scope, key: Key | None) -> str:
        if key is not None:
            return f"key {key.name}"
        path: str = scope["path"]
        if self.secrets is not None and self._signs(path):
            # Only who has signed counts as the user: others, who know the name alone, could use up what is the user's.
            user = feedbin.signer(self.secrets, path, scope["query_string"])
            if user is not None:
                return f"user {user}"
        return f"address {address(scope)}"

    def _signs(self, path: str) -> bool:
        return self.secrets is not None and path.startswith(feedbin.PATH)


def address(scope: Scope) -> str:
    """Return the address that a caller counts by: of IPv6 the network, since whoever has one has 2^64 of them."""
    try:
        found = ipaddress.ip_address(scope["client"][0])
    except (KeyError, TypeError, ValueError):
        return "unknown"  # a socket of the system, or what a proxy calls so
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64))


def _given(headers: Headers) -> str | None:
    """Return the key that was sent. X-API-Key goes first: Authorization may be meant for a proxy in front."""
    if (given := headers.get("x-api-key")) is not None:
        return given.strip()
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
