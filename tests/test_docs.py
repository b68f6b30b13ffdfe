import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.answers import MEDIA_TYPES
from app.examples import ANSWER
from app.problems import KINDS
from app.requests import LabelRequest
from app.samples import REQUESTS
from app.schemas import LabelAnswer, Problem
from tests.envelope import application, client, serving
from tests.posting import service


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return application().openapi()


def of_label(document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/v1/label"]["post"]
    return operation


def test_every_route_is_documented(document: dict[str, Any]) -> None:
    assert {(path, method) for path, item in document["paths"].items() for method in item} == {
        ("/v1/label", "post"),
        ("/v1/model", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    }
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]


def test_every_reference_is_defined(document: dict[str, Any]) -> None:
    names = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])
    assert '"$defs"' not in json.dumps(document)


def test_every_content_type_has_a_worked_example(document: dict[str, Any]) -> None:
    content = of_label(document)["requestBody"]["content"]
    assert set(content) == set(MEDIA_TYPES)
    assert all(described["examples"] for described in content.values())
    assert "gzip" in of_label(document)["description"]


def test_every_error_has_a_worked_example_where_it_occurs(document: dict[str, Any]) -> None:
    shown: dict[str, set[str]] = {}
    for path, item in document["paths"].items():
        for operation in item.values():
            for status, answer in operation["responses"].items():
                for example in answer["content"].get("application/problem+json", {}).get("examples", {}).values():
                    Problem.model_validate(example["value"], strict=True)
                    assert str(example["value"]["status"]) == status
                    shown.setdefault(path, set()).add(example["value"]["type"].removeprefix("/problems/"))
    everywhere = {"not-found", "method-not-allowed"}
    assert shown["/v1/label"] == {kind.slug for kind in KINDS} - everywhere
    assert shown["/readyz"] == {"not-ready", "deadline-exceeded", "internal-error"}
    assert shown["/healthz"] == {"not-ready", "internal-error"}
    assert shown["/v1/model"] == {"not-ready", "internal-error", "unauthorized"}
    assert shown["/metrics"] == {"internal-error", "unauthorized"}


def test_how_a_key_is_sent_is_documented_where_one_may_be_wanted(document: dict[str, Any]) -> None:
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"header": []}]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "header"}
    wanted = application(api_keys="reader:" + "0" * 64).openapi()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            open_ = path in ("/healthz", "/readyz")
            assert operation.get("security") == (None if open_ else [{}, *ways])
            assert wanted["paths"][path][method].get("security") == (None if open_ else ways)


def test_the_headers_of_refusals_are_documented(document: dict[str, Any]) -> None:
    answers = of_label(document)["responses"]
    assert set(answers["401"]["headers"]) == {"WWW-Authenticate"}
    assert set(answers["429"]["headers"]) == {"Retry-After", "RateLimit", "RateLimit-Policy"}


def test_the_answers_example_has_the_answers_form(document: dict[str, Any]) -> None:
    example = of_label(document)["responses"]["200"]["content"]["application/json"]["example"]
    LabelAnswer.model_validate(example, strict=True)


@pytest.mark.parametrize("name", list(REQUESTS["application/json"]))
def test_json_examples_fit_the_request(name: str) -> None:
    value = REQUESTS["application/json"][name]["value"]
    assert LabelRequest.read(json.dumps(value).encode()).model_dump(exclude_unset=True) == value


def without_figures(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "score"}


@pytest.mark.anyio
async def test_the_examples_are_true() -> None:
    async with service() as http:

        async def post(media_type: str, name: str) -> dict[str, Any]:
            value = REQUESTS[media_type][name]["value"]
            body = value if isinstance(value, str) else json.dumps(value)
            answered = await http.post("/v1/label", content=body, headers={"content-type": media_type})
            assert answered.status_code == 200
            answer: dict[str, Any] = answered.json()
            return answer

        expected = [without_figures(block) for block in ANSWER["blocks"]]
        for media_type in ("application/json", "text/html"):
            answer = await post(media_type, "page")
            assert [without_figures(block) for block in answer["blocks"]] == expected
            assert (answer["counts"], answer["language"]) == (ANSWER["counts"], ANSWER["language"])
            page, shown = answer["page"], ANSWER["page"]
            assert page["gate"]["kind"] == shown["gate"]["kind"]
            measured = {"kind_score", "gate"}
            assert {name: page[name] for name in page if name not in measured} == {
                name: shown[name] for name in shown if name not in measured
            }
        stamped = await post("application/json", "stamped")
        assert [block["id"] for block in stamped["blocks"]] == [None, None, None, "7", None, None]
        for media_type in ("application/json", "text/plain"):
            found = [(block["label"], block["kind"]) for block in (await post(media_type, "text"))["blocks"]]
            assert found == [("content", "main"), ("content", "main"), ("appeal", "donation")]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/start.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger/swagger-ui.css", "text/css; charset=utf-8"),
        ("/docs/swagger/favicon.png", "image/png"),
        ("/openapi.json", "application/json"),
    ],
)
async def test_the_documentation_comes_from_here(path: str, kind: str) -> None:
    async with client(application()) as http:
        answered = await http.get(path)
    assert answered.status_code == 200
    assert answered.headers["content-type"] == kind
    if path == "/docs":
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answered.text)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["nothing.js", "..%2F..%2F__init__.py", "%2e%2e/core.py"])
async def test_no_other_file_is_served(name: str) -> None:
    async with client(application()) as http:
        assert (await http.get(f"/docs/swagger/{name}")).status_code == 404


@pytest.mark.browser
def test_the_documentation_shows_in_a_browser(chromium: tuple[str, str], tmp_path: Path) -> None:
    switches = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    switches += " --disable-component-update --disable-sync --virtual-time-budget=20000 --dump-dom"
    with serving(application()) as port:
        shown = subprocess.run(
            [
                chromium[0],
                *switches.split(),
                f"--user-data-dir={tmp_path}",
                f"http://127.0.0.1:{port}/docs#/label/label_v1_label_post",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
    assert "Label every block of a page" in shown
    assert "Try it out" in shown
    assert "Night trains return" in shown
    assert "Resolver error" not in shown
