import inspect
import re
from http import HTTPStatus

import orjson
import pytest
from starlette.exceptions import HTTPException

from app import errors, problems
from app.errors import EngineError, PageTooComplex
from app.examples import problem_documents
from app.problems import HTTP, KINDS, TABLE, Refusal, document, kind_of, response
from tests.envelope import application, client


def leaves(root: type[Exception]) -> set[type[Exception]]:
    return {cls for sub in root.__subclasses__() for cls in (leaves(sub) or {sub})}


def test_every_error_of_envelope_and_engine_has_a_row() -> None:
    assert (leaves(Refusal) | leaves(EngineError)) == set(TABLE) - {Exception}


def test_the_docstring_draws_the_whole_tree() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)|^(\w+) ", problems.__doc__ or "", re.MULTILINE))
    classes = {cls.__name__ for cls in leaves(Refusal) | leaves(EngineError)} | {"Refusal", "EngineError"}
    assert {name for pair in drawn for name in pair if name} >= classes


def test_every_engine_error_is_documented_there_too() -> None:
    for name, cls in inspect.getmembers(errors, inspect.isclass):
        if issubclass(cls, Exception):
            assert name in (problems.__doc__ or "")


def test_types_are_unique_and_are_the_promised_ones() -> None:
    # Callers hold on to these names: one may be added, none may go or change its status.
    assert {kind.slug: kind.status for kind in KINDS} == {
        "broken-gzip": 400,
        "unauthorized": 401,
        "not-found": 404,
        "method-not-allowed": 405,
        "body-too-slow": 408,
        "body-too-large": 413,
        "unsupported-encoding": 415,
        "unsupported-media-type": 415,
        "invalid-request": 422,
        "malformed-json": 422,
        "page-too-complex": 422,
        "duplicate-id": 422,
        "not-one-element": 422,
        "too-many-requests": 429,
        "internal-error": 500,
        "not-ready": 503,
        "saturated": 503,
        "deadline-exceeded": 504,
    }
    assert len({kind.slug for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_kind_says_what_to_do_and_has_an_example(kind: problems.Kind) -> None:
    assert kind.help.endswith(".")
    assert not kind.title.endswith(".")
    for example in problem_documents()[kind.slug]:
        assert example["type"] == f"/problems/{kind.slug}"
        assert example["status"] == kind.status
        assert example["title"] == kind.title
        assert example["detail"]


def test_the_nearest_ancestor_counts() -> None:
    class WorseGzip(problems.BrokenGzip):
        pass

    assert kind_of(WorseGzip("")) is TABLE[problems.BrokenGzip]
    assert kind_of(KeyError()) is problems.INTERNAL


def test_an_unforeseen_errors_words_are_not_told() -> None:
    assert b"Aunt Petunia" not in orjson.dumps(document(ValueError("Aunt Petunia's page")))
    assert b"Aunt Petunia" not in orjson.dumps(document(EngineError("Aunt Petunia's page")))


def test_a_bound_of_the_engine_is_named_with_its_value() -> None:
    told = document(PageTooComplex("max_depth", 2000))
    assert (told["status"], told["bound"], told["limit"]) == (422, "max_depth", 2000)
    assert told["detail"] == "The page exceeds the limit of 2,000 for depth."


def test_the_limit_is_stated() -> None:
    told = document(problems.BodyTooLarge(5_000_000))
    assert told["limit"] == 5_000_000
    assert "5,000,000 bytes" in told["detail"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_only_what_passes_by_itself_says_when_to_come_back(kind: problems.Kind) -> None:
    for cls, row in TABLE.items():
        if row is kind and issubclass(cls, Refusal):
            if cls is problems.TooManyRequests:
                error: Refusal = problems.TooManyRequests(600, 60, 7)
            elif cls in (problems.BodyTooLarge, problems.DeadlineExceeded):
                error = cls(1)
            else:
                error = cls("")
            assert ("retry-after" in response(error).headers) == (kind.status in (429, 503))


def test_the_frameworks_refusals_keep_their_headers() -> None:
    answered = response(HTTPException(405, headers={"Allow": "POST"}))
    assert answered.status_code == 405
    assert answered.headers["allow"] == "POST"
    assert answered.headers["content-type"] == "application/problem+json"


def test_the_frameworks_refusals_are_under_their_own_status() -> None:
    for status, kind in HTTP.items():
        assert kind.status == HTTPStatus(status)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
async def test_every_type_is_the_address_of_its_explanation(kind: problems.Kind) -> None:
    async with client(application()) as http:
        page = await http.get(kind.type)
        index = await http.get("/problems")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{kind.title}</h1>" in page.text
    assert f'href="{kind.type}"' in index.text


@pytest.mark.anyio
async def test_an_unknown_type_is_no_page() -> None:
    async with client(application()) as http:
        answered = await http.get("/problems/boredom")
    assert answered.status_code == 404
    assert answered.json()["type"] == "/problems/not-found"
