"""A corpus of forty pages on ten invented sites, in the form that the shared one has; all of it made by chance.

Each page has a menu, a story, adverts, three pleas, two comments and a footer. On a site's second page the plea to
subscribe is a wall; a site's pages are of four kinds, as its titles say. What tells them apart is as on real
pages, only plainer: words, names of classes, the boxes around them. Selectors are noted while the page is written.
"""

import gzip
import hashlib
import json
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from threadpoolctl import threadpool_limits

SITES: Final = 10
PAGES: Final = 4  # of each site
APPEALS: Final = ("donation", "subscription", "registration", "newsletter", "adblock", "other")

_SYLLABLES: Final = "ba de fi go lu ma ne pi ro su ta ve wi zo kra stu blen dorf".split()
_MENU: Final = "home news sport culture weather archive imprint privacy contact search".split()
_ADVERT: Final = "sale offer discount buy mattress insurance voucher shipping".split()
_PLEAS: Final = {
    "donation": "please give donate support gift thanks monthly",
    "subscription": "subscribe trial unlimited access euros cancel plan",
    "registration": "register free account continue reading login create",
    "newsletter": "newsletter inbox weekly email letter morning sign",
    "adblock": "blocker disable whitelist adblock switch off",
    "other": "app install follow notifications survey petition",
}
_NAMES: Final = {
    "menu": ("nav", "menu", "main-nav", "site-menu"),
    "story": ("article", "story-body", "entry", "post-text"),
    "advert": ("ad-slot", "banner", "advert", "sponsor-box"),
    "plea": ("promo", "cta", "support-box", "join-us"),
    "comment": ("comment", "reply", "discussion", "reader-voice"),
    "footer": ("footer", "site-footer", "bottom", "colophon"),
}


@dataclass
class _Element:
    tag: str
    selector: str
    attributes: str = ""
    parts: list["_Element | str"] = field(default_factory=list)
    elements: int = 0

    def add(self, tag: str, text: str = "", attributes: str = "") -> "_Element":
        self.elements += 1
        child = _Element(tag, f"{self.selector} > {tag}:nth-child({self.elements})", attributes)
        if text:
            child.parts.append(text)
        self.parts.append(child)
        return child

    def html(self) -> str:
        inside = "".join(part if isinstance(part, str) else part.html() for part in self.parts)
        return f"<{self.tag}{self.attributes and ' ' + self.attributes}>{inside}</{self.tag}>"


@dataclass
class _Page:
    chance: random.Random
    names: dict[str, str]
    body: _Element = field(default_factory=lambda: _Element("body", "html > body:nth-child(2)"))
    units: list[dict[str, Any]] = field(default_factory=list)

    def words(self, count: int, among: list[str] | None = None) -> str:
        """Invented words, with some `among` strewn in."""
        made = ["".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(1, 3))) for _ in range(count)]
        for word in among or ():
            made.insert(self.chance.randrange(len(made) + 1), word)
        return " ".join(made).capitalize()

    def box(self, name: str, tag: str = "div") -> _Element:
        return self.body.add(tag, attributes=f'class="{self.names[name]}"')

    def unit(self, element: _Element, label: str, kind: str | None = None) -> None:
        text = " ".join(" ".join(part for part in element.parts if isinstance(part, str)).split())
        unit = {"path": element.selector, "part": None, "label": label, "kind": kind, "text": text[:80]}
        self.units.append(unit if text else {**unit, "media": element.tag})


@contextmanager
def fitting() -> Iterator[None]:
    """Let estimators be fitted on fewer blocks than a batch is to have, and on one thread, as `make train` does."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.filterwarnings("ignore", message="Got `batch_size`")
        yield


def write(root: Path, seed: int = 0) -> Path:
    """Write the corpus into `root` and return it."""
    for part in ("gold", "pool", "labels"):
        (root / part).mkdir(parents=True)
    index = []
    for site in range(SITES):
        chance = random.Random(f"{seed} site {site}")
        host = "".join(chance.choices(_SYLLABLES, k=3)) + ".test"
        names = {name: chance.choice(choices) for name, choices in _NAMES.items()}
        for number in range(PAGES):
            title, html, units = _page(random.Random(f"{seed} page {site} {number}"), names, host, number)
            page = hashlib.sha256(f"{seed} {site} {number}".encode()).hexdigest()[:12]
            (root / "gold" / f"{page}.html.gz").write_bytes(gzip.compress(html.encode(), mtime=0))
            labels = {"page": page, "how": "full" if number % 2 else "review", "units": units}
            (root / "labels" / f"{page}.json").write_text(json.dumps(labels))
            index.append({
                "id": page, "url": f"https://www.{host}/{number}", "site": host, "lang": ("en", "de-DE")[site % 2],
                "title": title, "page_type": (None, "article")[number // 2], "gold": True,
            })  # fmt: skip
    html = f"<html><head></head><body><nav>menu</nav><p>{'unlabelled text ' * 5}</p></body></html>"
    (root / "pool" / "feedfacecafe.html.gz").write_bytes(gzip.compress(html.encode(), mtime=0))
    index.append(
        {"id": "feedfacecafe", "url": None, "site": "pool.test", "lang": None, "page_type": None, "gold": False}
    )
    _whole(root, index)
    (root / "index.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in index))
    chance = random.Random(f"{seed} pleas")
    pleas = [
        {"text": " ".join(chance.choices(words.split(), k=5)), "kind": kind, "lang": "en"}
        for kind, words in _PLEAS.items()
        for _ in range(5)
    ]
    (root / "appeal_texts.jsonl").write_text("".join(json.dumps(plea) + "\n" for plea in pleas))
    return root


KINDS: Final = ("article", "product", "collection", "forum")
"""The page types of a site's pages, by their numbers."""


def _whole(root: Path, index: list[dict[str, Any]]) -> None:
    """Write what is known of the pages as a whole."""
    gold = [entry["id"] for entry in index if entry["gold"]]
    gates = [
        {"page": page, "gate": "subscription" if number % PAGES else "none", "truncated": "yes", "declared": "no"}
        for number, page in enumerate(gold)
        if number % PAGES < 2
    ]
    (root / "gates.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in gates))
    types: list[dict[str, Any]] = [
        {"id": page, "page_type": KINDS[number % PAGES], "main_content": _main_content(root, page), "without": ["Home"]}
        for number, page in enumerate(gold)
    ]
    types.append({"id": "feedfacecafe", "page_type": "article", "main_content": None})
    (root / "reference").mkdir()
    text = "".join(json.dumps(entry) + "\n" for entry in types)
    (root / "reference" / "wcxb.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def _main_content(root: Path, page: str) -> str:
    """Return the text of a page's main content, as far as its labels tell it."""
    units = json.loads((root / "labels" / f"{page}.json").read_bytes())["units"]
    return "\n".join(unit["text"] for unit in units if unit["kind"] == "main")


def _page(
    chance: random.Random, names: dict[str, str], host: str, number: int
) -> tuple[str, str, list[dict[str, Any]]]:
    page = _Page(chance, names)
    menu = page.box("menu", "nav").add("ul")
    for word in chance.sample(_MENU, 5):
        item = menu.add("li", word.capitalize())
        page.unit(item, "navigation")
    slot = page.box("advert")
    page.unit(slot.add("p", page.words(1, ["advertisement"])), "advert")
    page.unit(slot.add("iframe"), "advert")
    main = page.body.add("main")
    story = main.add("article", attributes=f'class="{names["story"]}"')
    title = f"{page.words(4)} {KINDS[number]}"
    page.unit(story.add("h1", title), "content", "main")
    for _ in range(chance.randint(2, 4)):
        page.unit(story.add("p", page.words(25) + "."), "content", "main")
    for kind in (APPEALS[number], APPEALS[(number + 3) % 6], *APPEALS[4 + number % 2 :][:1]):
        box = page.box("plea", "aside")
        words = _PLEAS[kind].split()
        page.unit(box.add("h3", page.words(1, words[:3])), "appeal", kind)
        page.unit(box.add("p", page.words(4, words) + "!"), "appeal", kind)
    page.unit(page.box("advert").add("p", page.words(3, chance.sample(_ADVERT, 4))), "advert")
    section = page.body.add("section")
    for _ in range(2):
        comment = section.add("div", attributes=f'class="{names["comment"]}"')
        page.unit(comment.add("p", page.words(8, ["agree", "wrote"])), "content", "comment")
    page.unit(page.box("footer", "footer").add("p", page.words(2, ["copyright", "imprint"])), "navigation")
    head = f'<head><title>{title} | {host}</title><link rel="canonical" href="https://{host}/{number}"></head>'
    return title, f'<!DOCTYPE html><html lang="en">{head}{page.body.html()}</html>', page.units
