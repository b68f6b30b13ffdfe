import numpy as np
import pytest

from app import rules, wording
from app.labels import CLASSES, LABELS, SPANS
from tests import judged
from tests.judged import labelled

EDIT = '<div><h2>History</h2><div>[<a href="/w/index.php?action=edit&section=1">edit</a>]</div></div>'


def settled(html: str, codes: str) -> str:
    return judged.settled(lambda seen, page: rules.settle(seen.labels, seen.classes, page, seen.positions), html, codes)


def test_a_wikis_link_to_edit_a_section_is_navigation() -> None:
    assert settled(f"{EDIT}<p>It was built.</p>", "CC C") == "CNC"
    two = EDIT.replace("</a>]", "</a> | <a href='?veaction=edit&amp;action=edit'>edit source</a>]")
    assert settled(two, "CC") == "CN"


@pytest.mark.parametrize(
    "html",
    [
        EDIT.replace("action=edit", "action=history"),
        EDIT.replace("[<a", "[History <a"),
        EDIT.replace("[<", "<").replace(">]", ">"),
        '<h2>[History] <a href="?action=edit">edit</a></h2><p>x</p>',
        "<p>x</p><p>[1]</p>",
    ],
)
def test_what_holds_more_than_that_link_is_not(html: str) -> None:
    assert settled(html, "CC") == "CC"


def test_rules_say_which_of_them_a_label_comes_from() -> None:
    seen = labelled(f"{EDIT}<p>It was built.</p>", "CN C")
    assert seen.page is not None
    assert rules.said(seen.labels, seen.classes, seen.page, seen.positions) == {1: wording.EDIT}


def test_a_label_that_a_threshold_has_turned_comes_from_no_rule() -> None:
    seen = labelled(f"{EDIT}<p>It was built.</p>", "CC C")
    assert seen.page is not None
    assert rules.said(seen.labels, seen.classes, seen.page, seen.positions) == {}


def test_the_blocks_of_a_box_that_is_one_plea_are_of_one_kind() -> None:
    seen = labelled("<p>a</p><p>b</p><p>c</p><p>d</p>", "CCCN")
    subscription, adblock = CLASSES.index(("appeal", "subscription")), CLASSES.index(("appeal", "adblock"))
    seen.classes[:] = 0.05
    seen.classes[1, subscription], seen.classes[2, adblock], seen.classes[3, adblock] = 0.55, 0.15, 0.55
    before = seen.classes.copy()
    found = rules.of_one_kind(seen.classes, [[1, 2]])
    assert found[2].argmax() == subscription
    appeals = slice(*SPANS[LABELS.index("appeal")])
    np.testing.assert_allclose(found[:, appeals].sum(axis=1), before[:, appeals].sum(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(found[[0, 3]], before[[0, 3]])
    np.testing.assert_array_equal(seen.classes, before)
    assert rules.of_one_kind(seen.classes, []) is seen.classes
