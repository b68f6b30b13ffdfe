import ipaddress
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app import fetch as module
from app.fetch import Fetched, FetchFailed, Limits, fetch, is_public
from tests import web

HERE = Limits(max_bytes=50_000, seconds=5, allow_private=True)


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, web.Asked]]:
    with web.serving() as served:
        yield served


def failure(url: str, limits: Limits = HERE) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetch(url, limits)
    return str(caught.value)


def test_a_page_comes_with_its_address_and_encoding(site: tuple[str, web.Asked]) -> None:
    base, asked = site
    assert fetch(f"{base}/page?a=b#c", HERE) == Fetched(f"{base}/page?a=b", "text/html", "utf-8", web.PAGE.encode())
    path, headers = asked[-1]
    assert path == "/page?a=b"
    assert headers["host"] == base.removeprefix("http://")
    assert headers["user-agent"].startswith("begone/")
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("path", "media_type", "charset"),
    [("/cyrillic", "text/html", "windows-1251"), ("/bare", "text/html", None), ("/lines", "text/plain", None)],
)
def test_the_servers_word_on_the_page_is_kept(
    site: tuple[str, web.Asked], path: str, media_type: str, charset: str | None
) -> None:
    got = fetch(site[0] + path, HERE)
    assert (got.media_type, got.charset) == (media_type, charset)


def test_redirects_are_followed_and_the_last_address_counts(site: tuple[str, web.Asked]) -> None:
    assert fetch(f"{site[0]}/hop", HERE).url == f"{site[0]}/page"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/around", "more than 5 redirects"),
        ("/file", "only http and https addresses can be fetched, not file ones"),
        ("/gone", "the server answered 404 Not Found"),
        ("/pdf", "it is application/pdf, not a page"),
        ("/broken", "is not known"),
        ("/cut", "cannot be fetched"),
        ("/nonsense", "cannot be fetched"),
        ("/zipped", "it has more than 50,000 bytes"),
    ],
)
def test_what_is_no_page_is_refused_in_words(site: tuple[str, web.Asked], path: str, said: str) -> None:
    assert said in failure(site[0] + path)


def test_a_server_that_drips_is_left(site: tuple[str, web.Asked]) -> None:
    started = time.monotonic()
    assert "within 0.3 seconds; --timeout" in failure(f"{site[0]}/slow", Limits(seconds=0.3, allow_private=True))
    assert time.monotonic() - started < 20  # it drips for longer


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"])  # noqa: S104
def test_this_machine_is_not_asked_unless_it_may_be(site: tuple[str, web.Asked], host: str) -> None:
    base, asked = site
    before = len(asked)
    said = failure(f"http://{host}:{base.rpartition(':')[2]}/page", Limits())
    assert "is a private address; --allow-private" in said
    assert len(asked) == before


class Names:
    """Stands for the resolver: each name's addresses, one list a question."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: list[list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        real = socket.getaddrinfo

        def resolve(host: str, port: Any, *rest: Any, **more: Any) -> list[Any]:
            self.asked.append(host)
            queue = self.answers.get(host.partition(".")[0])
            if queue is None:
                return list(real(host, port, *rest, **more))
            addresses = queue.pop(0) if len(queue) > 1 else queue[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_redirect_to_a_private_address_is_refused(
    site: tuple[str, web.Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop counts as public here, so that only the second is private."""
    Names(monkeypatch, rebound=[["10.0.0.1"]])
    monkeypatch.setattr(module, "is_public", lambda address: str(address) == "127.0.0.1")
    assert failure(f"{site[0]}/elsewhere", Limits()) == (
        "rebound.test is a private address; --allow-private fetches it all the same"
    )


def test_a_name_is_asked_once_and_the_address_looked_at_is_the_one_connected_to(
    site: tuple[str, web.Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second answer would be another address: that of a name that is bound anew."""
    base, asked = site
    port = base.rpartition(":")[2]
    names = Names(monkeypatch, rebound=[["127.0.0.1"], ["192.0.2.1"]])
    got = fetch(f"http://user:secret@rebound.test:{port}/page", HERE)
    assert [name for name in names.asked if name == "rebound.test"] == ["rebound.test"]
    assert asked[-1][1]["host"] == f"rebound.test:{port}"
    assert "authorization" not in asked[-1][1]
    assert got.body == web.PAGE.encode()


def test_of_several_addresses_a_public_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, mixed=[["10.0.0.1", "127.0.0.1"]])
    assert "is a private address" in failure("http://mixed.test/", Limits())


def test_a_host_that_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert failure("http://nowhere.test/") == "the host nowhere.test is not known; check the address"


@pytest.mark.parametrize("url", ["http://", "https:///x", "http://[::", "http://a b/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    assert failure(url)


def test_a_port_where_nobody_answers_is_said() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        assert "cannot be fetched" in failure(f"http://127.0.0.1:{held.getsockname()[1]}/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
    ],
)
def test_what_is_public(address: str, *, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public
