import json
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from app import blocks, dom, unscripted
from app.answers import HTML, JSON, Post, answer
from app.blocks import Page
from app.bounds import Bounds
from app.errors import PageTooComplex
from app.labeller import Labeller
from app.model import Model

SAID = "".join(f"<p>The bell rang for the {n}th time, and the town woke.</p>" for n in range(30))
STORY = f"<div class=ads>{SAID}</div>"
HEAD = "<!DOCTYPE html><html><head><title>Bells</title></head><body class=banner>"
FORUM = f"{HEAD}<div id=app></div><noscript>{STORY}</noscript>"


def read(html: str, bounds: Bounds = Bounds()) -> tuple[LexborHTMLParser, Page]:  # noqa: B008 (frozen)
    data = dom.encode(html)
    tree = dom.parse(data)
    return unscripted.instead(data, tree, blocks.split(tree), bounds)


def test_a_text_that_only_those_without_scripts_see_is_read() -> None:
    tree, page = read(FORUM)
    assert (len(page.blocks), page.scripting) == (30, False)
    assert len(tree.css("noscript > div > p")) == 30


@pytest.mark.parametrize(
    "html",
    [
        FORUM.replace("<div id=app></div>", STORY),  # shown anyway
        FORUM.replace(STORY, "<p>Please switch scripts on to see this site.</p>"),  # no text there either
        FORUM.replace("noscript", "template"),
        FORUM.replace("<noscript>", "<!-- <noscript>"),
        "<head><noscript><style>p{}</style></noscript></head><body><p>Short.</p>",
    ],
)
def test_any_other_page_is_read_as_a_browser_shows_it(html: str) -> None:
    _, page = read(html)
    assert page.scripting
    assert page.tags == blocks.split(dom.parse(html)).tags


def test_what_stands_there_is_held_against_the_bounds_too() -> None:
    bomb = "<noscript>" + "".join(f"<p><b id=x{n}><i id=y{n}>" for n in range(4_000)) + STORY
    assert read("<body>" + "<p>" * 2_000 + STORY)[1].scripting
    with pytest.raises(PageTooComplex):
        read(bomb)
    with pytest.raises(PageTooComplex):
        read(FORUM, Bounds(max_blocks=10))


def test_the_answer_says_so_and_its_selectors_are_those_of_a_browser_without_scripting(tiny_model: Path) -> None:
    document = json.loads(
        answer(
            Labeller(Model.load(tiny_model)), Post(HTML, None, FORUM.encode(), None, ("text", "hidden_text_chars"))
        ).body
    )
    assert document["page"]["warnings"][0] == "read_without_scripts"
    assert document["page"]["hidden_text_chars"] == 0
    tree = LexborHTMLParser(FORUM, scripting=False)
    for block in document["blocks"]:
        (found,) = tree.css(block["selector"])
        assert found.text().strip() == block["text"]


@pytest.mark.parametrize(
    "request_of",
    [
        {"html": f"<div><noscript>{STORY}</noscript></div>", "fragment": True},
        {"html": FORUM, "id_attribute": "data-bl-id"},
    ],
)
def test_what_a_caller_sees_in_a_browser_is_read_as_it_is(tiny_model: Path, request_of: dict[str, object]) -> None:
    body = json.dumps(request_of).encode()
    document = json.loads(answer(Labeller(Model.load(tiny_model)), Post(JSON, None, body)).body)
    assert not any(block["text"] for block in document["blocks"])
    assert "no_text" in document["page"]["warnings"]
    assert "read_without_scripts" not in document["page"]["warnings"]
