"""The content of a page as Markdown (CommonMark with GitHub's tables)."""

import re
from typing import Final

from html_to_markdown import ConversionOptions, convert

from app import clean
from app.skeleton import Skeleton

_OPTIONS: Final = ConversionOptions(
    autolinks=False,
    br_in_tables=True,
    compact_tables=True,
    expand_abbreviations=False,
    extract_metadata=False,
    highlight_style="none",
)
# What Markdown takes for markup within a line; the converter sees to the signs that lines begin with.
_SIGNS: Final = re.compile(r"[`*\[\]]|(?<!\w)_|_(?!\w)|~(?=~)|(?<=~)~|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)")
_MARK: Final = "\ufdd0"
"""Stands for our backslashes, since the converter keeps a text's own ones; no character of any text."""
_LOUD: Final = "\ufdd1"
"""Stands for an exclamation mark that a text ends with: a link right after it would be taken for an image."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Nothing that a reader sees; a page with many of them the converter takes for no text and refuses."""


def markdown(skeleton: Skeleton, base: str | None) -> str:
    """Return the runs of `skeleton` as Markdown; `base` as in `clean.html`."""
    html = _CONTROLS.sub("", clean.html(skeleton, base, _quoted))
    made = convert(html, _OPTIONS).content or ""
    made = made.replace(f"{_LOUD}[", f"{_MARK}![").replace(_LOUD, "!")
    return made.strip("\n").replace(_MARK, "\\")


def _quoted(text: str, is_code: bool) -> str:
    text = text.replace(_MARK, "\ufffd").replace(_LOUD, "\ufffd")
    if is_code:
        return text
    text = _SIGNS.sub(f"{_MARK}\\g<0>", text)
    return f"{text[:-1]}{_LOUD}" if text.endswith("!") else text
