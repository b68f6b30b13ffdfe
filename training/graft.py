"""Our own boxes (`boxes`) grafted onto labelled pages: elements and blocks as a template would have made them.

The corpus has few quiet pleas, few languages, and of each site one template. A grafted box stands among real blocks;
what it is called and built of varies by chance, so that neither names nor tags tell that something was grafted.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

import numpy as np

from app.blocks import Block, Page
from app.elements import INLINE
from app.labels import CLASSES
from training.boxes import Box
from training.corpus import CLASS_OF, THINNED, Example

_HOW: Final = f"{THINNED}and mixed"
_MAIN: Final = CLASS_OF["content", "main"]

_SHARES: Final = {"appeal": 0.45, "advert": 0.2, "navigation": 0.15, "content": 0.2}
_MOST: Final = 3  # boxes a page
_WHOLE: Final = 0.2  # of the boxes are such as only the whole tells
_DRAWN: Final = 6  # texts of which the one is taken that is most nearly as long as what it replaces
_BARE: Final = 0.3  # of the boxes of one text stand among their neighbours, without an element around them
_TOLD: Final = 0.35  # of the boxes are called what they are, some others by a name that says nothing
_NEUTRAL: Final = 0.35
_HASHED: Final = 0.1

_WRAPPERS: Final = ("div", "div", "div", "section", "aside")
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "donation": ("donate", "support-us", "donation-box", "tip-jar", "contribute"),
    "subscription": ("subscribe", "paywall", "offer", "membership", "plans"),
    "registration": ("register", "regwall", "login-required", "join"),
    "newsletter": ("newsletter", "signup", "mailing-list", "email-form"),
    "adblock": ("adblock", "adblock-notice"),
    "other": ("app-banner", "notifications", "follow-us", "survey"),
    "advert": ("ad", "promo", "sponsored", "advertisement", "partner", "affiliate"),
    "navigation": ("related", "share", "breadcrumb", "meta", "tags", "footer-links"),
    "content": ("article-body", "text", "entry-content", "story", "paragraph"),
}
_PLAIN_NAMES: Final = ("box", "widget", "block", "inner", "card", "strip", "note", "callout", "module", "panel", "row")
_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "donation": ("https://www.paypal.com/donate?id=x", "/donate", "/support", "https://ko-fi.com/x"),
    "subscription": ("/subscribe", "/offers?source=article", "/abo", "/membership/join"),
    "registration": ("/register", "/login?next=/", "/account/new"),
    "newsletter": ("/newsletter", "/newsletters/signup", "#"),
    "adblock": ("#", "/help/adblock"),
    "other": ("https://apps.apple.com/app/x", "https://www.facebook.com/x", "/survey", "#"),
    "advert": ("https://shop.example/p?utm_source=x&utm_campaign=y", "https://ad.example/click?id=1", "/shop", "/jobs"),
    "navigation": ("/", "/news/today", "/tag/x", "/search", "#", "/about", "/login"),
    "content": ("/news/story", "https://example.org/report", "#"),
}


def grafted(example: Example, boxes: Sequence[Box], chance: random.Random) -> Example:
    """Return the page with a few of `boxes` between its blocks; the page given stays as it is."""
    page = example.page
    page = replace(
        page,
        tags=[*page.tags],
        parents=[*page.parents],
        positions=[*page.positions],
        depths=[*page.depths],
        attrs=[*page.attrs],
        hidden=[*page.hidden],
        containers=[*page.containers],
        controls=[*page.controls],
        blocks=[*page.blocks],
    )
    classes: list[int] = example.classes.tolist()
    for _ in range(chance.randint(1, _MOST)):
        box = _choose(boxes, chance)
        among = [at for at, number in enumerate(classes) if number == _MAIN]
        label, _ = CLASSES[box.number]
        if among and (label == "content" or chance.random() < 0.5):
            before = chance.choice(among)
        elif label == "content":
            continue
        else:
            before = chance.randrange(len(classes))
        after = chance.random() < 0.8
        made = _build(page, page.blocks[before].element, box, chance)
        at = before + after
        page.blocks[at:at] = made
        classes[at:at] = [box.number] * len(made)
    return replace(example, how=_HOW, page=page, classes=np.array(classes, dtype=np.int64))


def retold(example: Example, boxes: Sequence[Box], chance: random.Random) -> Example:
    """Return the page with every text replaced by one of `boxes`, of its class and about as long where there is one.

    The structure stays a real page's; the words are of the boxes' language.
    """
    texts: dict[int, list[str]] = {}
    for box in boxes:
        if box.telling:
            texts.setdefault(box.number, []).extend(text for _, text in box.lines)
    blocks = []
    for block, number in zip(example.page.blocks, example.classes.tolist(), strict=True):
        choice = texts.get(number)
        if block.text and choice:
            drawn = chance.sample(choice, min(_DRAWN, len(choice)))
            text = min(drawn, key=lambda each: abs(len(each) - len(block.text)))
            block = replace(block, text=text, link_chars=block.link_chars * len(text) // len(block.text))
        blocks.append(block)
    first = next((block.text for block in blocks if example.page.tags[block.element] == "h1"), "")
    page = replace(example.page, blocks=blocks, head=replace(example.page.head, title=first))
    return replace(example, how=_HOW, page=page)


def _choose(boxes: Sequence[Box], chance: random.Random) -> Box:
    label = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    fit = [box for box in boxes if CLASSES[box.number][0] == label] or list(boxes)
    telling = chance.random() >= _WHOLE
    return chance.choice([box for box in fit if box.telling == telling] or fit)


def _build(page: Page, beside: int, box: Box, chance: random.Random) -> list[Block]:
    """Add a box's elements to a page, near the element `beside`; return its blocks."""
    label, kind = CLASSES[box.number]
    told = kind if label == "appeal" and kind else label
    above = max(page.parents[beside], 0)
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        above = max(page.parents[above], 0)
    several = len(box.lines) > 1
    if several or chance.random() >= _BARE:
        above = _element(page, above, chance.choice(_WRAPPERS if several else (*_WRAPPERS, "p")), told, chance)
        if chance.random() < 0.3:
            above = _element(page, above, "div", None, chance)
    heading = chance.choice(("h2", "h3", "h3", "h4", "p", "div"))
    paragraph = chance.choice(("p", "p", "p", "div"))
    form = any(part == "f" for part, _ in box.lines) and label != "content"
    blocks = []
    for part, lines in groupby(box.lines, key=lambda line: "b" if line[0] in "bf" else line[0]):
        texts = [line for _, line in lines]
        if part == "b":
            blocks.append(_controls(page, above, texts, form, told, chance))
            continue
        tag = {"h": heading, "p": paragraph, "s": chance.choice(("p", "small", "div", "figcaption")), "l": "li"}[part]
        parent = _element(page, above, chance.choice(("ul", "ul", "ol")), None, chance) if part == "l" else above
        linked = label in {"navigation", "advert"} and chance.random() < (0.8 if part == "l" else 0.4)
        for text in texts:
            element = _element(page, parent, tag if tag != "small" else "p", None, chance)
            block = Block(element, None, text)
            if linked:
                _link(page, block, text, told, chance)
            elif tag == "small":
                block.inner.append(_add(page, element, "small", {}))
            blocks.append(block)
    return blocks


def _controls(page: Page, above: int, texts: list[str], form: bool, told: str, chance: random.Random) -> Block:
    """Return a run of buttons, links and fields."""
    element = _element(page, above, "form" if form else chance.choice(("p", "div")), None, chance)
    if form:
        page.attrs[element] = {
            **page.attrs[element],
            "action": chance.choice(("#", "/signup", "https://mail.example/x")),
        }
    block = Block(element, None, " ".join(texts))
    if form:
        kind = chance.choice(("email", "email", "text"))
        block.inner.append(_add(page, element, "input", {"type": kind, "name": "EMAIL" if kind == "email" else "q"}))
    button = form or chance.random() < 0.4
    for text in texts:
        if button:
            block.inner.append(_add(page, element, "button", {"type": "submit"} if form else {}))
        else:
            _link(page, block, text, told, chance)
    return block


def _link(page: Page, block: Block, text: str, told: str, chance: random.Random) -> None:
    attributes: dict[str, str | None] = {"href": chance.choice(_PATHS[told if chance.random() < 0.6 else "content"])}
    if told == "advert" and chance.random() < 0.3:
        attributes["rel"] = "sponsored nofollow"
    if chance.random() < 0.3:
        attributes["class"] = chance.choice(("btn", "button", "link", "cta"))
    block.inner.append(_add(page, block.element, "a", attributes))
    block.link_chars += min(len(text), len(block.text) - block.link_chars)


def _element(page: Page, above: int, tag: str, told: str | None, chance: random.Random) -> int:
    """Add a container, called something if it may be."""
    drawn = chance.random()
    name = ""
    if told is not None:
        if drawn < _TOLD:
            name = chance.choice(_NAMES[told])
        elif drawn < _TOLD + _NEUTRAL:
            name = chance.choice(_PLAIN_NAMES)
        elif drawn < _TOLD + _NEUTRAL + _HASHED:
            name = f"css-{chance.randrange(36**5):x}"
    elif drawn < 0.15:
        name = chance.choice(_PLAIN_NAMES)
    return _add(page, above, tag, {"class": name} if name else {})


def _add(page: Page, above: int, tag: str, attributes: dict[str, str | None]) -> int:
    page.tags.append(tag)
    page.parents.append(above)
    page.positions.append(1)
    page.depths.append(page.depths[above] + 1)
    page.attrs.append(attributes)
    page.hidden.append(page.hidden[above])
    page.containers.append(tag not in INLINE)
    page.controls.append(0)
    return len(page.tags) - 1
