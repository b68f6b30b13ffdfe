import json

import pytest

from app import dom, linked


def scripts(*documents: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in documents)


def found(html: str, *without: str) -> list[object]:
    return [each.get("n") for each in linked.objects(dom.parse(html), frozenset(without))]


def test_objects_come_outer_ones_first() -> None:
    html = scripts({"n": 1, "part": {"n": 3, "part": {"n": 5}}}, {"n": 2, "part": {"n": 4}})
    assert found(html) == [1, 2, 3, 4, 5]
    assert found(html, "part") == [1, 2]
    assert found("<script>{}</script><p>text") == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2", "nonsense", "[" * 100_000, '{"a":' * 5_000, "3", "null", '"text"', "\udc80"],
    ids=["empty", "open", "cut", "words", "deep list", "deep object", "number", "null", "text", "surrogate"],
)
def test_what_is_broken_is_passed_over(text: str) -> None:
    assert found(f'<script type="application/ld+json">{text}</script>' + scripts({"n": 1})) == [1]


def test_line_breaks_in_strings_and_comments_around_it_are_no_mistake() -> None:
    assert found('<script type="application/LD+JSON"><!-- {"n": "two\nlines"} --></script>') == ["two\nlines"]


def test_all_is_bounded() -> None:
    assert found(scripts({"text": "x" * linked.MAX_SCRIPT, "n": 1}, {"n": 2})) == [2]
    assert found(scripts(*[{"text": "x" * 250_000, "n": 1}] * 3)) == [1, 1]
    assert found(scripts(*[{"n": 1}] * 20, {"n": 2})) == [1] * 20
    assert len(found(scripts({"a": [{"n": 1}] * 10_000}))) < linked.MAX_NODES
