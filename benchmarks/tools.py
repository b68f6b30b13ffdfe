"""The tools that are timed: each a name and a function of a page's HTML, as its own documentation shows it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import readability
import resiliparse.extract.html2text as resiliparse
import trafilatura
from bs4 import BeautifulSoup
from selectolax.lexbor import LexborHTMLParser

from app import __version__
from app.labeller import Labeller
from benchmarks.pages import Page
from benchmarks.stages import StageTimes

BEGONE: Final = "begone"
LEXBOR: Final = "Lexbor, bare parse"
RESILIPARSE: Final = "resiliparse, main content"
TRAFILATURA: Final = "trafilatura"
TRAFILATURA_FAST: Final = "trafilatura, fast"
READABILITY: Final = "readability-lxml"
BEAUTIFULSOUP: Final = "BeautifulSoup (lxml), parse"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool to time: `run` takes a page's HTML; `look`, outside the clock, may look at what it returned."""

    name: str
    version: str
    run: Callable[[str], Any]
    look: Callable[[Page, Any], object] | None = None


def tools(labeller: Labeller, stages: StageTimes) -> list[Tool]:
    """Return begone with `labeller`, whose stages' timings go to `stages`, and everything it is compared with."""
    # Some report every page they find hard; the writing would be timed too.
    for chatty in ("trafilatura", "readability", "htmldate", "justext"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    return [
        Tool(BEGONE, __version__, labeller.label_html, stages.look),
        Tool(LEXBOR, version("selectolax"), lambda html: LexborHTMLParser(html, scripting=True)),
        Tool(RESILIPARSE, version("resiliparse"), lambda html: resiliparse.extract_plain_text(html, main_content=True)),
        Tool(TRAFILATURA, version("trafilatura"), trafilatura.extract),
        Tool(TRAFILATURA_FAST, version("trafilatura"), lambda html: trafilatura.extract(html, fast=True)),
        Tool(READABILITY, version("readability-lxml"), lambda html: readability.Document(html).summary()),
        Tool(BEAUTIFULSOUP, version("beautifulsoup4"), lambda html: BeautifulSoup(html, "lxml")),
    ]
