"""Posts that Hypothesis draws: pages and documents of the contract, well-formed or not, packed and cut in any way."""

import gzip
from dataclasses import dataclass
from typing import Any, Final, get_args

import orjson
from hypothesis import strategies as st

from app.requests import Include
from tests import strategies

_CHARSETS: Final = ("utf-8", "utf-16", "windows-1252", "shift_jis", "gb18030", "koi8-r", "utf-7", "nonsense")
_SELECTORS: Final = st.one_of(
    st.sampled_from(
        ["p", "*", "div > p", "p:nth-child(2n + 1)", ":not(a, .b)", "[class~=ad]", ":scope > *", "a ~ b + c"]
    ),
    st.text(st.sampled_from("abp*.#[]=~^$|:()>+, 2n\\\"'-"), max_size=12),
)
_SCRAP: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A post: where to, with which headers, in which pieces."""

    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    parts: tuple[bytes, ...]

    def dumped(self) -> bytes:
        """Return the request as bytes to be kept."""
        lines = [f"POST {self.path}?{self.query}", *(": ".join(header) for header in self.headers), "", ""]
        return "\r\n".join(lines).encode("utf-8", "replace") + b"".join(self.parts)


def _known(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what the contract wants, now and then something else."""
    return st.one_of(strategy, strategy, strategy, _SCRAP)


_DOCUMENTS: Final = st.fixed_dictionaries(
    {"html": _known(strategies.PAGES)},
    optional={
        "url": _known(st.sampled_from(["https://begone.test/a", "http://[", "data:x", "//x", ""]) | strategies.WORDS),
        "language": _known(st.sampled_from(["en", "pt-BR", "zz", "x"])),
        "include": _known(st.lists(st.sampled_from(get_args(Include)), max_size=3)),
        "id_attribute": _known(st.sampled_from(["id", "data-x", "class", "DATA-X"])),
        "thresholds": _known(
            st.sampled_from(["careful", "strict"]) | st.fixed_dictionaries({}, optional={"content": st.floats(0, 1)})
        ),
        "overrides": _known(
            st.lists(
                st.fixed_dictionaries({"selector": _SELECTORS, "label": st.sampled_from(["advert", "x"])}), max_size=3
            )
        ),
        "fragment": _known(st.booleans()),
        "context": _known(st.just({"title": "Title", "language": "en"})),
        "text": strategies.WORDS,
        "surplus": _SCRAP,
    },
)


@st.composite
def _requests(draw: st.DrawFn) -> Request:
    kind = draw(st.sampled_from(["html", "html", "html", "json", "json", "text", "drop-in", "bytes"]))
    charset = draw(st.sampled_from(_CHARSETS))
    path, query = "/v1/label", draw(st.sampled_from(["", "", "", "include=markdown,scores", "include=html&include=x"]))
    named = draw(st.booleans())
    media_type = {"text": "text/plain", "json": "application/json", "drop-in": "application/json"}.get(
        kind, "text/html"
    )
    if kind == "json":
        body = orjson.dumps(_in_utf8(draw(_DOCUMENTS)), option=orjson.OPT_NON_STR_KEYS)
    elif kind == "drop-in":
        path, body = (
            "/parse-html",
            orjson.dumps(_in_utf8({"url": "https://begone.test/a", "html": draw(strategies.PAGES)})),
        )
    elif kind == "bytes":
        body = draw(st.binary(max_size=200))
    else:
        body = _encoded(draw(strategies.PAGES), charset)
    headers = [("content-type", f"{media_type}; charset={charset}" if named else media_type)]
    if draw(st.integers(0, 7)) == 0:
        body = gzip.compress(body, 1)
        if draw(st.booleans()):
            at = draw(st.integers(0, len(body) - 1))
            body = body[:at] + draw(st.binary(max_size=4)) + body[at + 1 :]
        headers.append(("content-encoding", "gzip"))
    if draw(st.booleans()):
        headers.append(("accept-encoding", "gzip"))
    cut = draw(st.integers(0, len(body)))
    return Request(path, query, tuple(headers), (body[:cut], body[cut:]))


REQUESTS: Final = _requests()


def _encoded(page: str, charset: str) -> bytes:
    try:
        return page.encode(charset, "xmlcharrefreplace")
    except (LookupError, UnicodeEncodeError):
        return page.encode("utf-8", "replace")


def _in_utf8(value: Any) -> Any:
    """Return a document that may be written down: integers within JSON's usual range, no lone surrogates."""
    if isinstance(value, dict):
        return {_in_utf8(name): _in_utf8(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_in_utf8(inner) for inner in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return value % 2**63 if isinstance(value, int) and not isinstance(value, bool) else value
