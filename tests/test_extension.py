"""What an extension or a reader app asks beyond labels, posted over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from app.labeller import Labeller
from app.main import create_app
from app.samples import REQUESTS
from app.schemas import LabelAnswer
from app.service import load
from app.settings import Settings
from app.wishes import Context, Override, Thresholds, Wishes
from tests.envelope import application, client

pytestmark = pytest.mark.anyio

STORY = (
    "The old mill at the weir ground its last flour in 1961, and the wheel has stood still since then, although the "
    "water went on running under it every day."
)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>The mill</title></head>
<body class="home modal-open" style="overflow: hidden" data-bl-id="0">
<main data-bl-id="1"><h1 data-bl-id="2">The mill</h1><p data-bl-id="3">{STORY}</p>
<p data-bl-id="4">{STORY.replace("mill", "forge")}</p></main>
<div class="support-box" data-bl-id="5" data-bl-pos="fixed"><p data-bl-id="6">Please donate to our paper today.</p>
</div>
<div class="modal-backdrop" data-bl-id="7"></div></body></html>"""


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load(Settings(model_dir=None))


@pytest.fixture
async def http(labeller: Labeller) -> AsyncIterator[httpx.AsyncClient]:
    async with client(create_app(Settings(), labeller)) as http:
        yield http


async def asked(http: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answered = await http.post("/v1/label", json=request)
    assert answered.status_code == 200, answered.text
    LabelAnswer.model_validate_json(answered.content, strict=True)
    answer: dict[str, Any] = answered.json()
    return answer


async def refused(http: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answered = await http.post("/v1/label", json=request)
    assert answered.status_code == 422
    problem: dict[str, Any] = answered.json()
    return problem


ALL_APPEAL = [{"selector": ".support-box", "label": "appeal", "kind": "donation"}]


async def test_what_may_be_hidden_and_mended_comes_by_selector_and_id(http: httpx.AsyncClient) -> None:
    story = [{"selector": "main", "label": "content"}]
    answer = await asked(http, html=PAGE, id_attribute="data-bl-id", overrides=story + ALL_APPEAL)
    body = "html > body:nth-child(2)"
    assert answer["hide"] == {
        "appeal": [{"selector": f"{body} > div:nth-child(2)", "id": "5", "blocks": [3]}],
        "advert": [],
        "navigation": [],
    }
    assert answer["fixes"] == {
        "scroll_lock": [{"selector": body, "id": "0", "classes": ["modal-open"], "styles": ["overflow"]}],
        "backdrop": [{"selector": f"{body} > div:nth-child(3)", "id": "7"}],
    }
    assert [block["id"] for block in answer["blocks"]] == ["2", "3", "4", "6"]


async def test_stamps_and_hints_change_no_label(http: httpx.AsyncClient) -> None:
    plain = PAGE
    for number in range(8):
        plain = plain.replace(f' data-bl-id="{number}"', "")
    plain = plain.replace(' data-bl-pos="fixed"', "")
    stamped = await asked(http, html=PAGE, id_attribute="data-bl-id")
    bare = await asked(http, html=plain)
    assert [block | {"id": None} for block in stamped["blocks"]] == bare["blocks"]


async def test_ids_that_elements_share_are_refused(http: httpx.AsyncClient) -> None:
    problem = await refused(http, html=PAGE.replace('"6"', '"3"'), id_attribute="data-bl-id")
    assert problem["type"] == "/problems/duplicate-id"
    assert problem["count"] == 1


async def test_the_callers_word_on_what_is_shown_comes_back(http: httpx.AsyncClient) -> None:
    answer = await asked(http, html=PAGE.replace('data-bl-pos="fixed"', 'data-bl-vis="0"'))
    assert [block["hidden"] for block in answer["blocks"]] == [False, False, False, True]


BLOCKED = """<div class="box"{hint}><h2>You use an ad blocker</h2><p>Please turn your ad blocker off to go on
reading.</p><button>I have turned it off</button></div>"""


@pytest.mark.parametrize(
    ("hint", "style", "gate"),
    [
        ("", "", "none"),
        ("fixed", "", "adblock"),
        ("static", "position: fixed", "none"),
        ("", "position: fixed", "adblock"),
    ],
)
async def test_the_callers_word_on_what_lies_over_the_page_is_heard(
    http: httpx.AsyncClient, hint: str, style: str, gate: str
) -> None:
    said = (f' data-bl-pos="{hint}"' if hint else "") + (f' style="{style}"' if style else "")
    html = PAGE.replace("</main>", f"<p>{STORY}</p>" * 3 + "</main>" + BLOCKED.format(hint=said))
    page = (await asked(http, html=html))["page"]
    assert (page["gate"]["kind"], page["gated"]) == (gate, gate != "none")


async def test_anchors_come_when_asked_for(http: httpx.AsyncClient) -> None:
    answer = await asked(http, html=PAGE, include=["anchors"])
    plain = await asked(http, html=PAGE)
    assert answer["blocks"][3].pop("anchor") == {
        "exact": "Please donate to our paper today.",
        "prefix": f"{STORY[-31:]} ",
        "suffix": "",
    }
    for block in answer["blocks"][:3]:
        assert block.pop("anchor")["exact"] == block["text"]
    assert answer["blocks"] == plain["blocks"]
    text = await asked(http, text="One line.\nAnother.", include=["anchors", "hide", "fixes"])
    assert [block["anchor"]["suffix"] for block in text["blocks"]] == [" Another.", ""]
    assert (await asked(http, html="", include=["anchors"]))["blocks"] == []


async def test_overrides_win_and_each_is_reported(http: httpx.AsyncClient) -> None:
    answer = await asked(
        http,
        html=PAGE,
        overrides=[
            {"selector": "main", "label": "navigation"},
            {"selector": "main > p:nth-child(2)", "label": "content", "kind": "comment"},
            {"selector": ".gone", "label": "advert"},
            {"selector": "p:has(a)", "label": "advert"},
            {"selector": "[data-bl-id='6']", "label": "advert"},
        ],
    )
    said = [(block["label"], block["kind"]) for block in answer["blocks"]]
    assert said == [("navigation", None), ("content", "comment"), ("navigation", None), ("advert", None)]
    assert answer["counts"] == {"content": 1, "appeal": 0, "advert": 1, "navigation": 2}
    assert answer["overrides"] == [
        {"index": 0, "elements": 1, "blocks": 3, "problem": None},
        {"index": 1, "elements": 1, "blocks": 1, "problem": None},
        {"index": 2, "elements": 0, "blocks": 0, "problem": "no_element"},
        {"index": 3, "elements": 0, "blocks": 0, "problem": "invalid_selector"},
        {"index": 4, "elements": 1, "blocks": 1, "problem": None},
    ]
    assert answer["page"]["warnings"] == ["override_without_effect"]
    assert [len(found) for found in answer["hide"].values()] == [0, 1, 2]


async def test_overrides_that_all_count_warn_of_nothing(http: httpx.AsyncClient) -> None:
    answer = await asked(http, html=PAGE, overrides=ALL_APPEAL)
    assert answer["page"]["warnings"] == []
    assert (await asked(http, html="", overrides=ALL_APPEAL))["overrides"][0]["problem"] == "no_element"
    assert "overrides" not in await asked(http, html=PAGE)


async def test_a_selector_of_the_answer_is_one_for_the_request(http: httpx.AsyncClient) -> None:
    answer = await asked(http, html=PAGE)
    overrides = [{"selector": block["selector"], "label": "advert"} for block in answer["blocks"]]
    again = await asked(http, html=PAGE, overrides=overrides)
    assert {block["label"] for block in again["blocks"]} == {"advert"}
    assert [report["blocks"] for report in again["overrides"]] == [1, 1, 1, 1]


async def test_thresholds_turn_labels_to_content(http: httpx.AsyncClient) -> None:
    everything = {"appeal": 1, "advert": 1, "navigation": 1}
    for request in ({"html": PAGE}, {"text": STORY + "\nSubscribe now!"}):
        answer = await asked(http, **request, thresholds=everything)
        assert all(block["label"] == "content" or block["score"] == 1 for block in answer["blocks"])
        assert {block["label"] for block in (await asked(http, **request, thresholds={"content": 0}))["blocks"]} == {
            "content"
        }
        careful = await asked(http, **request, thresholds="careful")
        assert careful["blocks"] == (await asked(http, **request))["blocks"]
        strict = await asked(http, **request, thresholds={"preset": "strict"})
        for ours, theirs in zip(strict["blocks"], careful["blocks"], strict=True):
            assert ours["label"] != "content" or theirs["label"] == "content"


async def test_a_fragment_is_labelled_from_its_one_element_on(http: httpx.AsyncClient) -> None:
    wall = '<div data-n="1"><h2>The mill</h2><p data-n="2">Please donate.</p></div>'
    answer = await asked(
        http,
        html=wall,
        fragment=True,
        id_attribute="data-n",
        context={"title": "The mill", "language": "de", "kind": "article"},
        overrides=[{"selector": ":scope", "label": "appeal"}, {"selector": ":scope > p", "label": "advert"}],
    )
    assert answer["language"] == "de"
    assert (answer["page"]["warnings"], answer["page"]["kind"]) == ([], "article")
    assert [(block["selector"], block["tag"], block["id"]) for block in answer["blocks"]] == [
        (":scope > h2:nth-child(1)", "h2", None),
        (":scope > p:nth-child(2)", "p", "2"),
    ]
    assert answer["hide"] == {
        "appeal": [{"selector": ":scope > h2:nth-child(1)", "id": None, "blocks": [0]}],
        "advert": [{"selector": ":scope > p:nth-child(2)", "id": "2", "blocks": [1]}],
        "navigation": [],
    }


async def test_a_fragment_of_inline_content_is_a_block_of_its_root(http: httpx.AsyncClient) -> None:
    override = [{"selector": ":scope", "label": "appeal"}]
    answer = await asked(http, html="<span data-n=7>Please <b>donate</b>.</span>", fragment=True, overrides=override)
    (block,) = answer["blocks"]
    assert (block["selector"], block["tag"], block["text"]) == (":scope", "span", "Please donate.")
    assert answer["hide"]["appeal"] == [{"selector": ":scope", "id": None, "blocks": [0]}]


async def test_what_is_no_fragment_is_refused(http: httpx.AsyncClient) -> None:
    problem = await refused(http, html="<p>a</p><p>b</p>", fragment=True)
    assert problem["type"] == "/problems/not-one-element"
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"html": "x", "include": ["everything"]}, "include.0"),
        ({"html": "x", "thresholds": "lax"}, "thresholds.preset"),
        ({"html": "x", "thresholds": {"appeal": 1.5}}, "thresholds.appeal"),
        ({"html": "x", "thresholds": {"spam": 0.5}}, "thresholds.spam"),
        ({"html": "x", "overrides": [{"selector": "p", "label": "spam"}]}, "overrides.0.label"),
        ({"html": "x", "overrides": [{"selector": "", "label": "advert"}]}, "overrides.0.selector"),
        ({"html": "x", "overrides": [{"selector": "p", "label": "advert", "kind": "donation"}]}, "overrides.0"),
        ({"html": "x", "overrides": [{"selector": "p", "label": "appeal", "kind": "main"}]}, "overrides.0"),
        ({"html": "x", "overrides": [{"selector": "p", "label": "advert"}] * 101}, "overrides"),
        ({"html": "x", "context": {}}, ""),
        ({"html": "x", "fragment": True, "context": {"kind": "blog"}}, "context.kind"),
        ({"text": "x", "fragment": True}, ""),
        ({"text": "x", "overrides": [{"selector": "p", "label": "advert"}]}, ""),
    ],
)
async def test_wishes_of_another_form_are_refused(request_: dict[str, Any], field: str) -> None:
    async with client(application()) as http:
        problem = await refused(http, **request_)
    assert problem["type"] == "/problems/invalid-request"
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_wishes_reach_the_engine() -> None:
    app = application()
    async with client(app) as http:
        await asked(
            http,
            html="<p>x",
            fragment=True,
            context={"title": "T", "language": "en"},
            thresholds={"preset": "strict", "appeal": 0.25},
            overrides=[{"selector": "p", "label": "appeal", "kind": "other"}],
        )
        assert app.state.service.labeller.wishes == Wishes(
            Thresholds(strict=True, appeal=0.25), (Override("p", "appeal", "other"),), Context("T", "en")
        )
        await asked(http, text="x", thresholds="strict")
        assert app.state.service.labeller.wishes == Wishes(Thresholds(strict=True))


async def test_the_examples_of_wishes_are_true(http: httpx.AsyncClient) -> None:
    answer = await asked(http, **orjson.loads(orjson.dumps(REQUESTS["application/json"]["careful"]["value"])))
    assert [report["problem"] for report in answer["overrides"]] == [None, "no_element"]
    assert all(block["anchor"] for block in answer["blocks"])
    fragment = await asked(http, **REQUESTS["application/json"]["fragment"]["value"])
    assert [(block["selector"], block["id"]) for block in fragment["blocks"]] == [(":scope > p:nth-child(1)", "3")]
