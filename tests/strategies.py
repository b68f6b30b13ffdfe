"""Arbitrary pages for Hypothesis: well-formed trees, and tags strewn about as the worst pages have them."""

import html
from typing import Final

from hypothesis import strategies as st

BLOCKS: Final = (
    "div p section article main aside nav header footer h1 h2 ul li dl dt dd blockquote figure figcaption form fieldset"
    " legend pre table tbody tr td th caption address details summary dialog center hr o:p my-box desc line"
).split()
INLINES: Final = "a b i em span font small button label select option ins ruby rt br code mark u".split()
FOREIGN: Final = "svg math g text tspan desc linearGradient foreignObject mi mrow annotation path title".split()
SHOWN: Final = "img input iframe video audio object canvas picture textarea embed amp-ad".split()
UNSEEN: Final = "script style template noscript noframes noembed title rp datalist head".split()
OUTER: Final = "html body head frameset frame plaintext xmp".split()

NAMES: Final = (
    "ad", "ad-slot", "banner top", "newsletter-box", "donateBox", "story", "x", "comments", "leaderboardAd", "publi",
)  # fmt: skip
WORDS: Final = st.text(
    st.sampled_from("abcdefgh ÄßéдΩ中日あ가ไ\u00a0\u200b\t\n.,!?|&<>\"'-0123456789\x00\x0c😀\ufffd"), max_size=20
)
ATTRIBUTES: Final = st.dictionaries(
    st.sampled_from(
        ["class", "id", "href", "src", "style", "hidden", "type", "data-x", "lang", "width", "rel", "role"]
    ),
    st.one_of(
        st.sampled_from([*NAMES, "display:none", "hidden", "#", "/a/b?c=d", "http://x.test/", "mailto:a"]), WORDS
    ),
    max_size=3,
)


def _open(tag: str, attributes: dict[str, str]) -> str:
    return "".join([f"<{tag}", *(f' {name}="{html.escape(value)}"' for name, value in attributes.items()), ">"])


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tags = st.sampled_from([*BLOCKS, *INLINES, *FOREIGN, *SHOWN, *UNSEEN])
    return st.builds(
        lambda tag, attributes, inside: f"{_open(tag, attributes)}{''.join(inside)}</{tag}>",
        tags,
        ATTRIBUTES,
        st.lists(children, max_size=4),
    )


TREES: Final[st.SearchStrategy[str]] = st.lists(
    st.recursive(WORDS.map(html.escape), _element, max_leaves=12), max_size=6
).map("".join)
"""Trees whose tags are all closed; the parser may still rearrange them."""

_TAGS: Final = st.sampled_from([*BLOCKS, *INLINES, *FOREIGN, *SHOWN, *UNSEEN, *OUTER])
SOUPS: Final[st.SearchStrategy[str]] = st.lists(
    st.one_of(
        WORDS,
        st.builds(_open, _TAGS, ATTRIBUTES),
        _TAGS.map(lambda tag: f"</{tag}>"),
        st.sampled_from(
            ["<!--", "-->", "<!doctype html>", "<?php x ?>", "<![CDATA[", "&amp;", "&#0;", "&#xD800;", "</p"]
        ),
    ),
    max_size=25,
).map("".join)
"""Tags opened and closed in any order, with broken ones among them."""

PAGES: Final = st.one_of(TREES, SOUPS, st.text(max_size=60))
