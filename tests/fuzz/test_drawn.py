import gzip
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz.drawn import Application
from fuzz.requests import REQUESTS, Request
from tests.envelope import application

HTML = ("content-type", "text/html")


@pytest.fixture(scope="module")
def posted() -> Iterator[Application]:
    with Application(application()) as made:
        yield made


@given(REQUESTS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_requests_can_be_kept(request: Request) -> None:
    assert request.dumped().startswith(b"POST /")


def test_an_answer_is_one(posted: Application) -> None:
    outcome = posted(Request("/v1/label", "", (HTML,), (b"<p>", b"Hello")))
    assert (outcome.name, outcome.error, outcome.server_error) == ("200", None, False)


def test_a_refusal_is_named(posted: Application) -> None:
    packed = gzip.compress(b"<p>x")[:-1]
    outcome = posted(Request("/v1/label", "", (HTML, ("content-encoding", "gzip")), (packed,)))
    assert (outcome.name, outcome.error, outcome.server_error) == ("broken-gzip", None, False)


def test_a_mistake_is_a_server_error() -> None:
    def broken(_html: str) -> None:
        raise ZeroDivisionError

    with Application(application(broken)) as made:
        outcome = made(Request("/v1/label", "", (HTML,), (b"<p>x",)))
    assert outcome.server_error
