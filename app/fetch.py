"""Fetching a page for the command line: only public addresses, within bounds of time, size and redirects.

Each hop's host is resolved here, its addresses are looked at, and the connection goes to an address that was looked at:
a name that means another address a moment later (DNS rebinding) gains nothing. Proxies of the environment are not used.
The service fetches nothing; it does not import this.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Final

import httpx

from app import __version__
from app.answers import content_type

REDIRECTS: Final = 5
_HEADERS: Final = {
    "user-agent": f"begone/{__version__} (command line)",
    "accept": "text/html,application/xhtml+xml,text/plain;q=0.8",
    "accept-encoding": "gzip, deflate",
}
_HTML: Final = frozenset({"text/html", "application/xhtml+xml", ""})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchFailed(Exception):
    """A page could not be fetched; says why, and what to do where something can be done."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost, and whether private addresses may be asked."""

    max_bytes: int = 5_000_000
    seconds: float = 20.0
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page's bytes, the address that they came from, what the server says that they are."""

    url: str
    media_type: str
    charset: str | None
    body: bytes


def fetch(url: str, limits: Limits) -> Fetched:
    """Return the page at `url`. Raises FetchFailed."""
    return asyncio.run(_within(url, limits))


async def _within(url: str, limits: Limits) -> Fetched:
    try:
        async with (
            asyncio.timeout(limits.seconds),
            httpx.AsyncClient(timeout=limits.seconds, trust_env=False) as client,
        ):
            return await _follow(client, httpx.URL(url), limits)
    except TimeoutError:
        raise FetchFailed(f"no whole answer within {limits.seconds:g} seconds; --timeout sets another time") from None
    except httpx.TimeoutException:
        raise FetchFailed(f"no answer within {limits.seconds:g} seconds; --timeout sets another time") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise FetchFailed(f"cannot be fetched: {str(error) or type(error).__name__}") from None


async def _follow(client: httpx.AsyncClient, url: httpx.URL, limits: Limits) -> Fetched:
    for _ in range(REDIRECTS + 1):
        request = await _request(client, url, limits)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code in _MOVED and "location" in response.headers:
                url = url.join(response.headers["location"])
                continue
            if response.status_code != 200:
                raise FetchFailed(f"the server answered {response.status_code} {response.reason_phrase}".rstrip())
            return await _read(response, url, limits)
        finally:
            await response.aclose()
    raise FetchFailed(f"more than {REDIRECTS} redirects")


async def _request(client: httpx.AsyncClient, url: httpx.URL, limits: Limits) -> httpx.Request:
    """Return the request for a hop, to an address of its host that was looked at."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchFailed(f"only http and https addresses can be fetched, not {url.scheme or 'such'} ones")
    address = await _resolve(url, limits)
    headers = _HEADERS | {"host": url.netloc.decode("ascii").rpartition("@")[2]}
    # The certificate is held against the host's name, though the connection goes to a number.
    extensions = {"sni_hostname": url.raw_host.decode("ascii")} if url.scheme == "https" else {}
    to = url.copy_with(host=str(address), userinfo=b"", fragment=None)
    return client.build_request("GET", to, headers=headers, extensions=extensions)


async def _resolve(url: httpx.URL, limits: Limits) -> Address:
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.raw_host.decode("ascii")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise FetchFailed(f"the host {host} is not known; check the address") from None
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    for address in addresses:
        if limits.allow_private or is_public(address):
            return address
    raise FetchFailed(f"{host} is a private address; --allow-private fetches it all the same")


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet, also within an address of another kind."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


async def _read(response: httpx.Response, url: httpx.URL, limits: Limits) -> Fetched:
    media_type, charset = content_type(response.headers.get("content-type", ""))
    if media_type not in _HTML and media_type != "text/plain":
        raise FetchFailed(f"it is {media_type}, not a page; only HTML and plain text can be labelled")
    parts, held = [], 0
    async for part in response.aiter_bytes():
        held += len(part)
        if held > limits.max_bytes:
            raise FetchFailed(f"it has more than {limits.max_bytes:,} bytes; BEGONE_MAX_BODY_BYTES sets the limit")
        parts.append(part)
    shown = "text/html" if media_type in _HTML else media_type
    return Fetched(str(url.copy_with(fragment=None)), shown, charset, b"".join(parts))
