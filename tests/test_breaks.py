import pytest

from app import breaks
from app.metadata import Metadata
from tests.judged import LINE, PARAGRAPH, labelled, lines


@pytest.mark.parametrize(
    ("end", "open_end"),
    [
        ("nobody had ever asked f…", True),
        ("nobody had ever asked ...", True),
        ("nobody had ever asked […]", True),
        ("“nobody had ever asked”…", True),
        ("nobody had ever asked.", False),
        ("nobody had ever asked. …", False),
        ("nobody … had ever asked", False),
    ],
)
def test_a_text_may_end_in_an_ellipsis(end: str, open_end: bool) -> None:
    seen = labelled(f"{PARAGRAPH}<p>{LINE}{end}</p><p>Photo: Ann…</p><nav>More…</nav>", "CC C N")
    assert breaks.ends_open(seen) == open_end
    assert breaks.breaks_off(seen, Metadata()) == open_end


def test_what_is_no_paragraph_ends_no_text() -> None:
    assert not breaks.ends_open(labelled("<p>More of it…</p>", "C"))
    assert not breaks.ends_open(labelled("<nav>More…</nav>", "N"))
    assert not breaks.ends_open(labelled(f"{PARAGRAPH}<p hidden>{LINE}and…</p>", "CC"))


@pytest.mark.parametrize(
    ("words", "short"),
    [(None, False), (100, False), (200, True), (160, False), (10_000, True)],
)
def test_a_text_may_be_shorter_than_it_is_said_to_be(words: int | None, short: bool) -> None:
    seen = labelled(f"{PARAGRAPH}<p>{LINE}</p><nav>{LINE * 20}</nav>", "CC N")
    assert 80 <= sum(len(text.split()) for text in seen.texts[:2]) < 100
    assert breaks.breaks_off(seen, Metadata(words=words)) == short


def test_what_is_hidden_is_a_part_of_the_text_and_comments_are_not() -> None:
    hidden = labelled(f"{PARAGRAPH}<div hidden>{PARAGRAPH * 5}</div>", "C CCCCC")
    assert not breaks.breaks_off(hidden, Metadata(words=400))
    commented = labelled(f"{PARAGRAPH}<div>{PARAGRAPH * 5}</div>", "C KKKKK")
    assert breaks.breaks_off(commented, Metadata(words=400))


def test_words_are_not_counted_where_they_have_no_spaces_between_them() -> None:
    assert not breaks.breaks_off(
        lines(["昨日の朝、駅の窓口で切符を買う人の列が道路まで続いた。" * 5], "C"), Metadata(words=400)
    )


PAGERS = [
    "<div>1 <a href=/2>2</a> of 2 <a href=/2>Next Page</a></div>",
    "<ul><li>1<li><a href=/2>2</a><li><a href=/2>Nächste Seite</a></ul>",
    "<p>第1页 <a href=/2>下一页</a></p>",
]


@pytest.mark.parametrize("pager", PAGERS)
def test_a_pager_below_a_text_leads_on(pager: str) -> None:
    count = 3 if "<li>" in pager else 1
    seen = labelled(PARAGRAPH * 3 + pager + "<footer>Imprint</footer>", "CCC" + "N" * count + "N")
    assert breaks.goes_on(seen)


@pytest.mark.parametrize(
    ("html", "codes"),
    [
        (PARAGRAPH * 3 + "<p><a href=/x>Next page</a></p>", "CCC N"),  # no numbers: another article's, or a chapter's
        (PARAGRAPH * 3 + "<p>12.10.2024</p><p>Next page</p>", "CCC NN"),
        (PARAGRAPH * 3 + "<p>1 2 Previous page</p>", "CCC N"),
        (PARAGRAPH * 3 + "<nav>News</nav>" * 25 + PAGERS[0], "CCC" + "N" * 26),
        (f"<p>{LINE} the next page 2</p>" + PARAGRAPH, "CC"),
        (PAGERS[0], "N"),
    ],
    ids=["no numbers", "a date", "backwards", "far below", "in the text", "no text"],
)
def test_what_only_looks_like_one_does_not(html: str, codes: str) -> None:
    assert not breaks.goes_on(labelled(html, codes))
