"""Which pages of other origins may read answers: none, unless a setting names them. Credentials are never allowed."""

import re
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ANY_EXTENSION: Final = "moz-extension://*"
"""Firefox gives an extension another origin on each machine, so that an exact one cannot be named."""

LABELLING: Final = frozenset(("/v1/label", "/parse-html"))
"""The paths at which `ANY_EXTENSION` holds."""

_EXTENSION: Final = r"moz-extension://[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# As browsers write them: no path, no default port, host and scheme of the web in small letters.
_WEB: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_OTHER: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*://[A-Za-z0-9.-]+")
_DEFAULT_PORT: Final = re.compile(r"http://.*:80|https://.*:443")

_OPTIONS: Final[dict[str, Any]] = {
    "allow_methods": ("GET", "POST"),
    "allow_headers": ("Authorization", "X-API-Key", "Content-Type", "Content-Encoding", "X-Request-ID"),
    "expose_headers": ("X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate"),
    # begone often runs on the reader's own machine, and Chromium asks before a page of the web may reach it.
    "allow_private_network": True,
}


def read(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the exact origins that `text` lists, with spaces between, and whether it lists `ANY_EXTENSION`.

    Raises ValueError for what no browser would send as an origin, which would silently never match.
    """
    given = text.split()
    exact = tuple(one for one in given if one != ANY_EXTENSION)
    for one in exact:
        if not (_WEB.fullmatch(one) or _OTHER.fullmatch(one)) or _DEFAULT_PORT.fullmatch(one):
            raise ValueError(
                f"must be origins as browsers send them (https://reader.example, no path, no default port) or "
                f"{ANY_EXTENSION}, with spaces between"
            )
    return exact, len(exact) < len(given)


class Cors:
    """Allows the origins listed to read answers, and answers the question beforehand (preflight) without a key."""

    def __init__(self, app: ASGIApp, origins: str) -> None:
        exact, any_extension = read(origins)
        self.everywhere = _Answers(app, allow_origins=exact, **_OPTIONS)
        pattern = _EXTENSION if any_extension else None
        self.labelling = _Answers(app, allow_origins=exact, allow_origin_regex=pattern, **_OPTIONS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on by the rules of its path."""
        by = self.labelling if scope.get("path") in LABELLING else self.everywhere
        await by(scope, receive, send)


class _Answers(CORSMiddleware):
    """Answers a preflight that is not allowed without any permission, where Starlette's makes it an error in words."""

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        headers = answer.headers if answer.status_code == 200 else {"vary": answer.headers["vary"]}
        kept = {name: value for name, value in headers.items() if not name.startswith("content-")}
        return Response(status_code=204, headers=kept)
