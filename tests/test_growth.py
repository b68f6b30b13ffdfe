"""Time grows no faster than the page: twice as much of anything takes about twice as long.

Two looks at each way in which a page can grow: the calls that Python makes, which are the same on every machine, and
the processor's time, which also holds the libraries and patterns to it and is bounded generously. A page of some 4,500
tags is also followed tag by tag before it is parsed (`scan`): both pages of a kind have more than that, or both fewer.
"""

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

import pytest

from app.answers import HTML, Post, answer
from app.labeller import Labeller
from app.service import load
from app.settings import Settings
from tests.hostile import STORY

pytestmark = pytest.mark.slow

MOST: Final = 3.2  # times as long, of twice as much
MOST_CALLS: Final = 2.4
EVERYTHING: Final = ("anchors", "scores", "text", "markdown", "html", "hidden_text_chars", "reasons")

GROWING: Final[dict[str, tuple[int, Callable[[int], str]]]] = {
    "paragraphs": (700, lambda n: f"<p class=a>{STORY}</p>" * n),
    "words": (150_000, lambda n: f"<p class=a>{'word ' * n}</p>"),
    "one word": (3_000_000, lambda n: f"<p class=a>{'a' * n}</p>"),
    "no space": (300_000, lambda n: f"<p class=a>{'a@a.b-c/' * n}</p>"),
    "white space": (3_000_000, lambda n: f"<p class=a>a{' ' * n}b</p>"),
    "figures": (150_000, lambda n: f"<p class=a>{'1,204.5 ' * n}</p>"),
    "entities": (150_000, lambda n: f"<p class=a>{'&amp;&#x41;' * n}</p>"),
    "line breaks": (5_000, lambda n: f"<p class=a>{'a<br>' * n}</p>"),
    "unclosed paragraphs": (1_500, lambda n: "<p>word" * n),
    "cards": (
        300,
        lambda n: f"<main>{'<article><h3><a href=/x>Sponsored by us</a></h3><p>Teaser</article>' * n}</main>",
    ),
    "dialogs": (500, lambda n: "<div role=dialog><p>We and our partners use cookies, with your consent.</div>" * n),
    "edit links": (500, lambda n: "<div>[<a href='?action=edit'>edit</a>]</div>" * n),
    "passages": (400, lambda n: f"<div class=a><p>{STORY}</p><img src=a.png><p>{STORY[:90]}</p></div>" * n),
    "passages with pictures": (
        400,
        lambda n: "".join(f"<div class=a><p>{STORY[:90]}</p><img src=a.png><p>{at}</p></div>" for at in range(n)),
    ),
    "passages with headings": (
        300,
        lambda n: "".join(
            f"<h2 class=a>{half}</h2><div>{''.join(f'<p>{STORY[:90]} {at}</p>' for at in range(n))}</div>"
            for half in "ab"
        ),
    ),
    "links": (700, lambda n: "<li class=b><a href='/a/b?c=d'>Read more</a>" * n),
    "rows": (500, lambda n: f"<table class=t>{'<tr><td>1<td>2<td>3' * n}</table>"),
    "inline": (2_500, lambda n: f"<p class=a>{'<b>a</b> <i>b</i> ' * n}</p>"),
    "names within": (2_500, lambda n: "<p class=a>" + "".join(f"<i class=name{at % 500}>y</i>" for at in range(n))),
    "depth": (900, lambda n: f"{'<div class=d>' * n}<p>{STORY}"),
    "boxes": (800, lambda n: f"<div class=box><h3>Title</h3><p>{STORY[:50]}</p></div>" * n),
    "class names": (40_000, lambda n: f"<p class='{' '.join(f'c{at}' for at in range(n))}'>{STORY}"),
    "one class name": (200_000, lambda n: f"<p class='{'c ' * n}'>{STORY}"),
    "attributes' length": (400_000, lambda n: f"<p title='{'a ' * n}' style='{'a:b;' * n}'>{STORY}"),
    "comments": (100_000, lambda n: f"<p class=a>{STORY}</p>{'<!-- a -->' * n}"),
    "scripts": (400_000, lambda n: f"<script>{'if (a < b) ' * n}</script><p class=a>{STORY}"),
    "foreign elements": (5_000, lambda n: f"<svg>{'<g><path/></g>' * n}</svg><p class=a>{STORY}"),
    "templates": (5_000, lambda n: f"<template>{'<p>a</p>' * n}</template><p class=a>{STORY}"),
    "a text without scripts": (700, lambda n: f"<noscript>{f'<p class=a>{STORY}</p>' * n}</noscript>"),
    "texts without scripts": (2_000, lambda n: "<noscript><p class=a>a word or two</p></noscript>" * n),
    "declarations": (8_000, lambda n: f"<head>{'<meta property=og:title content=a>' * n}</head><p class=a>{STORY}"),
    "forms": (700, lambda n: "<form class=f><label>Mail <input type=email></label><button>Go</button></form>" * n),
}
"""What a page may have much of: how much takes a good while, and such a page."""


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load(Settings())


def post(page: str, include: tuple[str, ...] = ()) -> Post:
    return Post(HTML, "utf-8", f"<html><body>{page}".encode(), None, include)


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_page(labeller: Labeller, name: str) -> None:
    size, make = GROWING[name]
    once, twice = post(make(size)), post(make(2 * size))

    def spent(given: Post) -> float:
        began = time.thread_time()
        answer(labeller, given)
        return time.thread_time() - began

    spent(post(make(size // 10)))
    least = least_twice = float("inf")
    for _ in range(8):  # other processes only make it longer: the shortest counts, and is looked for further if need be
        least, least_twice = min(least, spent(once)), min(least_twice, spent(twice))
        if least_twice < MOST * least:
            break
    assert least_twice < MOST * least, f"{1000 * least:.0f} and {1000 * least_twice:.0f} ms"


@pytest.mark.parametrize("name", GROWING)
def test_calls_grow_with_the_page(labeller: Labeller, name: str) -> None:
    size, make = GROWING[name]

    def calls(given: Post) -> int:
        count = 0

        def note(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(note)
        try:
            answer(labeller, given)
        finally:
            sys.setprofile(before)
        return count

    sizes = max(1, size // 20), max(2, size // 10)
    fixed = calls(post("<p>x"))
    first, second = (calls(post(make(n), EVERYTHING)) - fixed for n in sizes)
    assert second < MOST_CALLS * first + 1_000, f"{first:,} and {second:,} calls"
