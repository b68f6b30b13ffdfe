import numpy as np
import pytest

from app import walls
from app.walls import COLUMNS, Box
from tests.judged import LINE, PARAGRAPH, labelled, lines

WALL = (
    "<div><h2>Keep reading</h2><p>Subscribe for $1 a month.</p><button>Subscribe</button><a href=/in>Log in</a></div>"
)


def said(box: Box) -> dict[str, float]:
    return dict(zip(COLUMNS, box.row, strict=True))


def test_a_box_of_pleas_is_found_and_described() -> None:
    (box,) = walls.find(labelled(f"<main>{PARAGRAPH * 2}{WALL}</main>", "CC SSS"))
    assert (box.blocks, box.kind, box.text_after) == ([2, 3, 4], "subscription", 0)
    row = said(box)
    assert (row["says_wall"], row["says_log_in"], row["says_price"], row["asks_at_end"], row["near"]) == (1, 1, 1, 1, 1)
    assert row["subscription"] == pytest.approx(0.91)
    assert row["share_after"] == 0
    assert row["text_before"] == pytest.approx(np.log1p(586))
    assert row["together"] == pytest.approx(2 / 3)


def test_text_behind_a_box_is_counted() -> None:
    (box,) = walls.find(labelled(PARAGRAPH + WALL + PARAGRAPH * 3, "C SSS CCC"))
    assert box.text_after == 879
    assert said(box)["share_after"] == pytest.approx(0.75)
    assert said(box)["asks_at_end"] == 0


def test_hidden_blocks_are_no_evidence() -> None:
    assert walls.find(labelled(f"{PARAGRAPH}<div hidden>{WALL}</div>", "C SSS")) == []


def test_words_in_the_text_are_no_evidence_but_right_below_it_they_are() -> None:
    assert (
        walls.find(labelled(f"<p>Readers must subscribe to continue reading. {LINE * 5}</p>" + PARAGRAPH, "CC")) == []
    )
    (box,) = walls.find(labelled(PARAGRAPH + "<p>Continue reading with an account</p>" + "<nav>Home</nav>", "C C N"))
    assert box.blocks == [1]


def test_a_box_goes_on_over_a_few_other_blocks_but_not_over_text() -> None:
    gap = "<p>Home</p>" * 3
    (box,) = walls.find(labelled(PARAGRAPH + WALL + gap + WALL, "C SSS NNN SSS"))
    assert box.blocks == list(range(1, 10))
    assert len(walls.find(labelled(PARAGRAPH + WALL + PARAGRAPH + WALL, "C SSS C SSS"))) == 2
    assert len(walls.find(labelled(PARAGRAPH + WALL + gap * 2 + WALL, "C SSS NNNNNN SSS"))) == 2


def test_pleas_of_other_kinds_next_to_a_box_belong_to_it() -> None:
    (box,) = walls.find(labelled(PARAGRAPH + "<p>Subscribe</p><p>Newsletter</p><p>Home</p>", "C S L N"))
    assert box.blocks == [1, 2]


@pytest.mark.parametrize(
    ("text", "codes", "kind"),
    [
        ("Subscribe", "S", "subscription"),
        ("Register for nothing", "S", "registration"),
        ("Register", "R", "registration"),
        ("Subscribe for $1", "R", "subscription"),
        ("Register or subscribe", "R", "registration"),
        ("Switch it off", "B", "adblock"),
    ],
)
def test_words_and_labels_tell_what_is_asked_for(text: str, codes: str, kind: str) -> None:
    (box,) = walls.find(labelled(f"{PARAGRAPH}<p>{text}</p>", "C" + codes, sure=0.6))
    assert box.kind == kind


@pytest.mark.parametrize(
    ("html", "column"),
    [
        ("<header><p>Subscribe</p></header>", "furniture"),
        ("<aside><p>Subscribe</p></aside>", "aside"),
        ("<div aria-modal=true><p>Subscribe</p></div>", "modal"),
        ("<form><p>Subscribe <input type=email></p></form>", "fields"),
        ("<p>Subscribe: 3 articles left</p>", "says_spent"),
    ],
)
def test_a_row_says_where_a_box_stands(html: str, column: str) -> None:
    (box,) = walls.find(labelled(PARAGRAPH + html, "C S"))
    (plain,) = walls.find(labelled(PARAGRAPH + "<p>Subscribe</p>", "C S"))
    assert said(box)[column] > said(plain)[column] == 0


def test_a_text_that_breaks_off_before_a_box_is_noted() -> None:
    for end, column in (("…", "ellipsis"), ("and then", "open_end")):
        (box,) = walls.find(labelled(f"<p>{LINE * 3}{end}</p><p>Subscribe</p>", "C S"))
        assert said(box)[column] == 1


def test_lines_without_structure_have_boxes_too() -> None:
    (box,) = walls.find(lines([LINE * 2, "Subscribe to continue reading"], "CS"))
    assert box.blocks == [1]
    assert said(box)["asks_at_end"] == 1


def test_boxes_are_bounded() -> None:
    html = (PARAGRAPH + "<p>Subscribe</p>") * 300
    assert len(walls.find(labelled(html, "CS" * 300))) == 200
