from app.labelled import Paragraphs
from tests.judged import LINE, PARAGRAPH, labelled, lines


def test_the_main_content_is_what_is_seen_and_no_comment() -> None:
    html = f"<h1>Bell</h1>{PARAGRAPH}<p hidden>More</p><p>I agree</p><p>Give!</p><nav>Home</nav>"
    assert labelled(html, "CCCKDN").main() == [0, 1]


def test_paragraphs_are_long_surely_content_and_no_teasers() -> None:
    html = f"<h1>Bell</h1>{PARAGRAPH}<p>Short.</p><p><a href=/x>{LINE}</a></p>{PARAGRAPH}"
    text = Paragraphs(labelled(html, "CCCCC"))
    assert text.paragraphs == [1, 4]
    assert [text.before(at) for at in range(5)] == [0, 0, 293, 293, 293]
    assert text.sums[-1] == 586
    assert [text.last(at) for at in (0, 1, 2, 5)] == [-1, -1, 1, 4]
    assert [text.last_main(at) for at in (0, 1, 5)] == [-1, 0, 4]
    assert text.between(0, 2)
    assert not text.between(1, 4)
    assert Paragraphs(labelled(html, "CCCCC", sure=0.7)).paragraphs == []


def test_short_lines_around_the_end_of_the_text_are_its_tail() -> None:
    html = PARAGRAPH * 4 + "<p>a</p><p hidden>b</p><p></p><p>c</p>" + f"<p>{LINE * 6}</p>" + "<p>d</p>" * 60
    text = Paragraphs(labelled(html, "CCCC NNN" + "N" + "N" * 60))
    assert text.tail[:6] == [0, 1, 2, 3, 4, 6]
    assert len(text.tail) == 20
    assert 7 not in text.tail  # a paragraph of something else


def test_a_text_may_end_before_its_last_paragraph() -> None:
    html = PARAGRAPH * 4 + "<p>wall</p>" + "<nav>menu</nav>" * 12 + PARAGRAPH
    assert 4 in Paragraphs(labelled(html, "CCCC S" + "N" * 12 + "C")).tail


def test_without_paragraphs_there_is_no_end() -> None:
    text = Paragraphs(lines(["Home", "Give!"], "ND"))
    assert (text.paragraphs, text.tail, text.sums) == ([], [], [0])
    assert text.last(2) == -1
