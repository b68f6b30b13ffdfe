"""What may be hidden of the gold pages, by the model served: held against a browser that hides it."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from app import dom
from app.labeller import Labeller, Result
from app.service import load
from app.settings import Settings
from tests import browser, gold, seen
from tests.seen import squeezed

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

IN_BROWSER = 30
SEEN_BEFORE = 0.8  # of the content blocks with text: without style sheets, the browser shows nearly all


@cache
def labeller() -> Labeller:
    """The model served, once a process."""
    return load(Settings(model_dir=None))


@pytest.fixture(scope="module")
def chrome(chromium: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser.chrome(chromium, tmp_path_factory.mktemp("profile")) as started:
        yield started


def sample(corpus: Path, count: int, start: int) -> list[str]:
    names = gold.names(corpus)
    return names[start :: len(names) // count][:count]


def selectors(result: Result) -> list[str]:
    return [each.selector for found in result.removal.hide.values() for each in found]


def faults(html: str, result: Result) -> Iterator[str]:
    gone: set[int] = set()
    for label, found in result.removal.hide.items():
        for each in found:
            labels = {result.blocks[index].label for index in each.blocks}
            if labels != {label} or gone & set(each.blocks):
                yield f"{each.selector} holds {labels}, not only {label}"
            gone |= set(each.blocks)
    tree = seen.without_instructions(dom.parse(html))
    nodes = []
    for selector in selectors(result):
        matches = tree.css(selector)
        if len(matches) != 1:
            yield f"{len(matches)} elements at {selector}"
        nodes += matches
    for node in nodes:
        node.decompose()
    left = "".join(squeezed(block.text) for block in result.blocks if block.index not in gone)
    if seen.with_lexbor(tree).text != left:
        yield "hiding takes away more or less than the blocks named"


def examine(corpus: Path, name: str) -> tuple[int, list[str]]:
    """Return how many elements of a gold page may be hidden, and what is wrong with that."""
    html = gold.html(corpus, name)
    result = labeller().label_html(html)
    return len(selectors(result)), [f"{name}: {fault}" for fault in faults(html, result)]


def test_hiding_takes_no_content_and_every_selector_names_one_element(corpus: Path) -> None:
    names = gold.names(corpus)
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(partial(examine, corpus), names, chunksize=20))
    wrong = [fault for _, page_faults in found for fault in page_faults]
    assert not wrong, "\n".join(wrong[:20])
    assert sum(count for count, _ in found) > 10 * len(names)


SHOW = """
const [selectors, hide] = arguments;
const squeezed = text => text.replace(/\\s+/gu, "").toLocaleLowerCase();
const elements = selectors.map(selector => document.querySelectorAll(selector));
const shown = () => elements.map(([element]) => element && element.getClientRects().length
  ? squeezed(element.innerText ?? element.textContent) : "");
const before = shown();
const counts = hide.map(selector => document.querySelectorAll(selector)).map(found => {
  found.forEach(element => element.setAttribute("data-bl-hide", ""));
  return found.length;
});
const sheet = new CSSStyleSheet();
sheet.replaceSync("[data-bl-hide] { display: none !important }");
document.adoptedStyleSheets = [sheet];
const left = document.querySelectorAll("[data-bl-hide]");
const gone = [...left].every(element => element.getClientRects().length === 0);
return [counts, gone, before, shown()];
"""


@pytest.mark.browser
def test_what_is_hidden_in_a_browser_leaves_every_content_block_visible(corpus: Path, chrome: Chrome) -> None:
    # The mark is no character of the page where bytes are read, as the browser does here.
    pages = {name: gold.html(corpus, name).removeprefix("\ufeff") for name in sample(corpus, IN_BROWSER, 11)}
    found = []
    looked = visible = hidden = 0
    with browser.serve(pages) as address:
        for name, html in pages.items():
            result = labeller().label_html(html)
            content = [block for block in result.blocks if block.label == "content" and block.text]
            chrome.get(f"{address}{name}")
            places = [block.selector for block in content]
            answer: list[Any] = chrome.execute_script(SHOW, places, selectors(result))
            counts, gone, before, after = answer
            hidden += len(counts)
            if set(counts) - {1} or not gone:
                found.append(f"{name}: {counts} elements, all gone: {gone}")
            for block, was, now in zip(content, before, after, strict=True):
                text = "".join(block.text.lower().split())
                looked += 1
                if text in was:
                    visible += 1
                    if text not in now:
                        found.append(f"{name}: {block.text[:60]!r} is gone at {block.selector}")
    assert not found, "\n".join(found[:20])
    assert visible > SEEN_BEFORE * looked
    assert hidden > 5 * IN_BROWSER
