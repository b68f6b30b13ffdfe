from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app import blocks, context, decision, dom
from app.boxes import settle
from app.concepts import CONCEPTS
from app.context import Surroundings
from app.model import Floats, Opinion, Rule, choose
from app.wishes import Thresholds

RULE = Rule((-0.25, 0.5, 0.5, 0.0), guard=0.3)


@cache
def surroundings(count: int, html: str = "") -> Surroundings:
    """Where the blocks of a page stand; of `count` paragraphs, each in a box of its own, without one."""
    page = blocks.split(dom.parse(html or "".join(f"<div><p>{at}</p></div>" for at in range(count))))
    assert len(page.blocks) == count
    return context.surroundings(page, np.zeros((count, len(CONCEPTS)), dtype=np.float32))


def decide(labels: Floats, rule: Rule, thresholds: Thresholds, html: str = "") -> NDArray[np.int64]:
    """Return what is decided where the model's own rule has chosen and stragglers are settled."""
    around = surroundings(len(labels), html)
    opinion = Opinion(labels, labels, carefully(labels, rule, around))
    if thresholds.strict:
        opinion = replace(opinion, chosen=decision.strictly(opinion, rule, around))
    return decision.held(opinion, thresholds)


def carefully(labels: Floats, rule: Rule, around: Surroundings) -> NDArray[np.int64]:
    return settle(choose(labels, rule), labels, around)


def rows(*values: tuple[float, float, float, float]) -> Floats:
    return np.array(values, dtype=np.float32)


SURE = (0.02, 0.95, 0.02, 0.01)
LIKELY = (0.2, 0.6, 0.1, 0.1)
GUARDED = (0.35, 0.6, 0.03, 0.02)
STORY = (0.9, 0.05, 0.03, 0.02)
WEAK = (0.45, 0.1, 0.05, 0.4)
ADVERT = (0.1, 0.1, 0.5, 0.3)
ALL = rows(SURE, LIKELY, GUARDED, STORY, WEAK, ADVERT)


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        (Thresholds(), [1, 1, 0, 0, 3, 2]),
        (Thresholds(appeal=0.8), [1, 0, 0, 0, 3, 2]),
        (Thresholds(appeal=0.99, advert=0.6, navigation=0.5), [0, 0, 0, 0, 0, 0]),
        (Thresholds(advert=0.5), [1, 1, 0, 0, 3, 2]),
        (Thresholds(content=0.2), [1, 0, 0, 0, 0, 2]),
        (Thresholds(content=0), [0, 0, 0, 0, 0, 0]),
        (Thresholds(strict=True), [1, 1, 1, 0, 3, 2]),
        (Thresholds(strict=True, appeal=0.7), [1, 0, 0, 0, 3, 2]),
        (Thresholds(strict=True, content=0.4), [1, 1, 1, 0, 0, 2]),
    ],
)
def test_content_wins_below_a_threshold_and_from_its_own_on(thresholds: Thresholds, expected: list[int]) -> None:
    assert decide(ALL, RULE, thresholds).tolist() == expected


def test_strict_gives_the_likeliest_other_label_where_content_is_not_likelier_than_not() -> None:
    doubted = rows((0.49, 0.1, 0.1, 0.31), (0.49, 0.2, 0.21, 0.1), (0.51, 0.4, 0.05, 0.04))
    plain = Rule()
    assert decide(doubted, plain, Thresholds()).tolist() == [0, 0, 0]
    assert decide(doubted, plain, Thresholds(strict=True)).tolist() == [3, 2, 0]


BOX = "<p>story</p><div><p>one</p><p>two</p><p>three</p><p>four</p></div><p>story</p>"
TEXT = (0.97, 0.01, 0.01, 0.01)
STRAGGLER = rows(TEXT, SURE, SURE, (0.45, 0.3, 0.05, 0.2), SURE, TEXT)


@pytest.mark.parametrize(
    ("thresholds", "label"),
    [
        (Thresholds(), 1),
        (Thresholds(appeal=0.25), 1),
        (Thresholds(appeal=0.35), 0),
        (Thresholds(content=0.7), 1),
        (Thresholds(content=0.4), 0),
        (Thresholds(navigation=0.5), 1),
        (Thresholds(strict=True), 1),
        (Thresholds(strict=True, appeal=0.35), 0),
    ],
)
def test_a_straggler_stays_with_its_box_unless_a_threshold_says_otherwise(thresholds: Thresholds, label: int) -> None:
    assert decide(STRAGGLER, RULE, thresholds, BOX).tolist() == [0, 1, 1, label, 1, 0]


PROBABILITY = st.floats(0, 1, width=32)
TABLES = st.lists(st.tuples(*[st.floats(0.001, 1)] * 4), min_size=1, max_size=8).map(
    lambda values: np.array([np.array(row) / sum(row) for row in values], dtype=np.float32)
)
RULES = st.builds(Rule, st.tuples(*[st.floats(-1, 1)] * 4), st.floats(0, 1))


def asked(data: st.DataObject) -> dict[str, Any]:
    names = ("content", "appeal", "advert", "navigation")
    return {name: data.draw(st.none() | PROBABILITY) for name in names}


def turned(before: NDArray[np.int64], after: NDArray[np.int64]) -> None:
    """Blocks are turned to content, and none in any other way."""
    changed = before != after
    assert (after[changed] == 0).all()


@settings(max_examples=300, deadline=None)
@given(table=TABLES, rule=RULES, strict=st.booleans(), data=st.data())
def test_more_care_turns_blocks_to_content_only(table: Floats, rule: Rule, strict: bool, data: st.DataObject) -> None:
    some = asked(data)
    name = data.draw(st.sampled_from(sorted(some)))
    given_level = some[name]
    level = data.draw(PROBABILITY)
    if name == "content":
        more = level if given_level is None else min(level, given_level)
    else:
        more = level if given_level is None else max(level, given_level)
    before = decide(table, rule, Thresholds(strict, **some))
    turned(before, decide(table, rule, Thresholds(strict, **(some | {name: more}))))
    turned(decide(table, rule, Thresholds(strict)), before)


@settings(max_examples=300, deadline=None)
@given(table=TABLES, rule=RULES, data=st.data())
def test_what_is_content_strictly_is_content_carefully(table: Floats, rule: Rule, data: st.DataObject) -> None:
    careful, strict = decide(table, rule, Thresholds()), decide(table, rule, Thresholds(strict=True))
    assert (careful == carefully(table, rule, surroundings(len(table)))).all()
    assert (careful[strict == 0] == 0).all()
    assert (table[strict == 0, 0] >= 0.5).all()
    some = asked(data)
    labels = decide(table, rule, Thresholds(**some))
    for number, name in enumerate(("content", "appeal", "advert", "navigation")):
        least = some[name]
        if number and least is not None:
            assert (table[labels == number, number] >= np.float32(least)).all()
