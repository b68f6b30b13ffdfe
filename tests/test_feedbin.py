import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from app.settings import Settings
from tests.envelope import application, client

URL = "https://paper.test/a?b=ü"
PAGE = {"url": URL, "body": "<p>The river rose in the night.</p>"}
SECRETS = "ann:s3cret bob:other:half"
REFUSED = {"error": True, "messages": "Invalid signature."}

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(feedbin_secrets=SECRETS)) as http:
        yield http


def signature(secret: str, url: str = URL) -> str:
    return hmac.new(secret.encode(), url.encode(), hashlib.sha1).hexdigest()


def encoded(url: str = URL) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode()


async def post(http: httpx.AsyncClient, path: str, body: Any = PAGE) -> httpx.Response:
    return await http.post(f"/parser/{path}", json=body)


@pytest.mark.parametrize("user", ["ann:s3cret", "bob:other:half"])
@pytest.mark.parametrize("padding", [True, False])
async def test_a_signed_page_is_answered(http: httpx.AsyncClient, user: str, *, padding: bool) -> None:
    name, _, secret = user.partition(":")
    query = encoded() if padding else encoded().rstrip("=")
    answered = await post(http, f"{name}/{signature(secret).upper()}?base64_url={query}")
    assert answered.status_code == 200
    assert answered.json()["url"] == URL
    assert answered.json()["content"] == "<div><p>The river rose in the night.</p></div>"


async def test_the_address_may_stand_in_the_body_alone(http: httpx.AsyncClient) -> None:
    assert (await post(http, f"ann/{signature('s3cret')}")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"ann/{signature('wrong')}?base64_url={encoded()}",
        f"ann/{signature('s3cret', 'https://other.test/')}?base64_url={encoded()}",
        f"eve/{signature('')}?base64_url={encoded()}",
        f"ann/{signature('s3cret')}?base64_url=%C3%BC",
        f"ann/{signature('s3cret')}?base64_url=gA==",
        f"ann/ü?base64_url={encoded()}",
        f"ann/{signature('wrong')}",
        f"eve/{signature('')}",
    ],
)
async def test_what_is_not_signed_is_refused(http: httpx.AsyncClient, path: str) -> None:
    answered = await post(http, path)
    assert (answered.status_code, answered.json()) == (400, REFUSED)
    assert URL not in answered.text


async def test_an_address_without_a_signature_is_refused_without_the_address_in_the_body_too(
    http: httpx.AsyncClient,
) -> None:
    answered = await post(http, f"ann/{signature('s3cret')}", {"body": "<p>x"})
    assert (answered.status_code, answered.json()) == (400, REFUSED)


async def test_a_page_that_is_missing_is_told_in_their_shape(http: httpx.AsyncClient) -> None:
    answered = await post(http, f"ann/{signature('s3cret')}?base64_url={encoded()}", {"url": URL})
    assert answered.status_code == 400
    assert answered.json()["messages"].startswith("Post a JSON object with the strings url and body")


async def test_nothing_is_fetched(http: httpx.AsyncClient) -> None:
    answered = await http.get(f"/parser/ann/{signature('s3cret')}?base64_url={encoded()}")
    assert answered.status_code == 405


async def test_the_process_says_that_it_is_alive(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health_check")).text == "OK"


@pytest.mark.parametrize("given", ["ann", "ann:", ":secret", "ann:one bob"])
def test_secrets_that_are_no_pairs_are_refused_unquoted(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(feedbin_secrets=given)
    assert "must be pairs name:secret" in str(caught.value)
    assert "secret'" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(Settings(feedbin_secrets=SECRETS))
