"""The blocks of all gold pages: held against the gold units, Lexbor's tree, html5lib's tree and a browser's."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from app import blocks, dom
from app.places import Places
from tests import browser, gold, seen
from tests.gold import Findings, texts_below
from tests.seen import squeezed

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

LEAST_FALLEN = 0.995  # of the gold units with text: the bound
SECOND_TREES = 40
IN_BROWSER = 30


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as started:
        yield started


@pytest.fixture(scope="module")
def findings(corpus: Path, pool: ProcessPoolExecutor) -> list[Findings]:
    return list(pool.map(partial(gold.examine, corpus), gold.names(corpus), chunksize=20))


def test_gold_units_fall_into_exactly_one_block(findings: list[Findings]) -> None:
    units = sum(found.units for found in findings)
    assert len(findings) > 1000
    assert sum(found.fallen for found in findings) >= LEAST_FALLEN * units
    assert sum(found.matched for found in findings) >= LEAST_FALLEN * units


def test_every_text_is_in_one_block_and_every_selector_names_one_element(findings: list[Findings]) -> None:
    faults = [fault for found in findings for fault in found.faults]
    assert not faults, "\n".join(faults[:20])


def sample(corpus: Path, count: int, start: int) -> list[str]:
    names = gold.names(corpus)
    return names[start :: len(names) // count][:count]


def test_selectors_name_the_same_elements_in_html5libs_tree(corpus: Path, pool: ProcessPoolExecutor) -> None:
    compared = list(pool.map(partial(gold.compare, corpus), sample(corpus, SECOND_TREES, 0)))
    faults = [fault for found in compared for fault in found or ()]
    assert not faults, "\n".join(faults[:20])
    # The others differ by a `noscript` in the head: html5lib parses as if scripts were off.
    assert sum(found is not None for found in compared) >= 0.7 * SECOND_TREES


@pytest.fixture(scope="module")
def chrome(chromium: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browser.chrome(chromium, tmp_path_factory.mktemp("profile")) as started:
        yield started


LOOK = """
const [selectors, unrendered, foreign, replaced] = [arguments[0], ...arguments[1].map(names => new Set(names))];
function text(node, inside) {
  let all = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) all += child.data;
    if (child.nodeType !== Node.ELEMENT_NODE) continue;
    const tag = child.localName;
    if (unrendered.has(tag) || replaced.has(tag) || inside && foreign.has(tag)) continue;
    all += text(child, tag === "svg" || tag === "math" || inside && tag !== "foreignObject");
  }
  return all;
}
return selectors.map(selector => {
  const found = document.querySelectorAll(selector), first = found[0];
  if (!first) return [0, "", ""];
  const inside = first.closest("svg, math") !== null;
  return [found.length, first.localName, replaced.has(first.localName) ? "" : text(first, inside)];
});
"""


def look(chrome: Chrome, selectors: list[str]) -> list[list[Any]]:
    """Return, for each selector, how many elements it names, and the first one's name and visible text."""
    names = [sorted(seen.UNRENDERED), sorted(seen.UNRENDERED_FOREIGN), sorted(seen.REPLACED)]
    found: list[list[Any]] = chrome.execute_script(LOOK, selectors, names)
    return found


@pytest.mark.browser
def test_the_browser_parses_as_with_scripts_but_runs_none(chrome: Chrome) -> None:
    page = "<head><noscript><img></noscript><title>still</title><script>document.title = 'ran'</script><p onclick=x>"
    with browser.serve({"page": page}) as address:
        chrome.get(f"{address}page")
        assert chrome.title == "still"
        assert chrome.execute_script("return document.querySelector('noscript').firstChild.data") == "<img>"


@pytest.mark.browser
def test_selectors_name_the_same_elements_in_a_browser(corpus: Path, chrome: Chrome) -> None:
    pages = {name: gold.html(corpus, name) for name in sample(corpus, IN_BROWSER, 7)}
    faults = []
    with browser.serve(pages) as address:
        for name, html in pages.items():
            split = blocks.split(dom.parse(html))
            selectors = [Places(split).selector(block.element) for block in split.blocks]
            below = texts_below(split, selectors)
            tags = {
                selector: split.tags[block.element] for selector, block in zip(selectors, split.blocks, strict=True)
            }
            chrome.get(f"{address}{name}")
            assert chrome.current_url == f"{address}{name}"
            for selector, (count, tag, text) in zip(tags, look(chrome, list(tags)), strict=True):
                if (count, tag, squeezed(text)) != (1, tags[selector], below[selector]):
                    faults.append(f"{name}: {count} {tag} {text[:60]!r}, not {below[selector][:60]!r} at {selector}")
    assert not faults, "\n".join(faults[:20])
