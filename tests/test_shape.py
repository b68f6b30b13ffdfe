import math

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from app import shape
from app.metadata import Metadata
from app.shape import COLUMNS
from tests.judged import LINE, PARAGRAPH, labelled


def numbers(html: str, codes: str, address: str | None = None) -> dict[str, float]:
    seen = labelled(html, codes)
    assert seen.page is not None
    return dict(zip(COLUMNS, shape.numbers(seen, seen.page, address), strict=True))


def words(html: str, codes: str, declared: Metadata = Metadata(), address: str | None = None) -> set[str]:  # noqa: B008
    seen = labelled(html, codes)
    assert seen.page is not None
    return shape.marked(shape.words(seen, seen.page, declared, address))


def test_an_article_is_long_paragraphs_in_a_row() -> None:
    found = numbers(f"<h1>The bell</h1>{PARAGRAPH * 4}<nav>Home</nav>", "C CCCC N")
    assert found["paragraphs"] == pytest.approx(math.log1p(4))
    assert found["run"] > math.log1p(1_000)
    assert found["main_p"] == pytest.approx(0.8)
    assert found["blocks_content"] == pytest.approx(5 / 6)
    assert found["most_alike"] == pytest.approx(0.8)
    assert found["sentences"] == pytest.approx(0.8)


def test_a_listing_is_many_linked_boxes_of_one_shape() -> None:
    card = "<div class=card><h2><a href=/x>The bell</a></h2><p>$5</p></div>"
    found = numbers(card * 6, "CC" * 6)
    assert (found["most_alike"], found["main_linked"] > 0.7, found["headings_linked"]) == (0.5, True, 1.0)
    assert found["prices"] == pytest.approx(math.log1p(6))
    assert found["paragraphs"] == 0


def test_comments_count_apart() -> None:
    found = numbers(f"{PARAGRAPH}<p>I agree</p>", "CK")
    assert found["comments"] == pytest.approx(math.log1p(1))
    assert found["main"] == pytest.approx(math.log1p(1))


def test_a_page_without_content_has_a_row_too() -> None:
    found = numbers("<nav>Home</nav>", "N")
    assert (found["main"], found["first_heading"], found["before"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("address", "path", "digits", "query"),
    [
        ("https://post.test/", 0, 0, 0),
        ("https://post.test/2024/the-bell", math.log1p(2), math.log1p(4), 0),
        ("https://post.test/t?id=3", math.log1p(1), 0, 1),
        ("https://[", 0, 0, 0),
    ],
)
def test_the_address_has_a_shape(address: str, path: float, digits: float, query: float) -> None:
    found = numbers(PARAGRAPH, "C", address)
    assert [found["path"], found["path_digits"], found["query"]] == pytest.approx([path, digits, query])


def test_an_unknown_address_has_none_and_counts_as_the_mean() -> None:
    row = list(numbers(PARAGRAPH, "C").values())
    assert all(math.isnan(each) for each in row[-4:])
    scaler = StandardScaler().fit(np.random.default_rng(0).normal(size=(9, len(row))))
    ready = shape.ready(scaler, np.array([row], dtype=np.float32))
    assert ready[0, -4:].tolist() == [0.0] * 4
    known = np.array([list(numbers(PARAGRAPH, "C", "https://post.test/a-b/1?c").values())], dtype=np.float32)
    assert shape.ready(scaler, known)[0, -4:].all()
    assert not shape.ready(scaler, known, plain=True)[0, -4:].any()


def test_words_say_where_they_were_found() -> None:
    declared = Metadata(types=("newsarticle",), og_type="article", generator="WordPress 6")
    html = (
        "<title>Bell returns</title><body class=single-post><main id=story><h1>Ringing</h1>"
        "<p class=entry>Reply</p></main><nav class=site-menu>Home</nav>"
    )
    found = words(html, "CCN", declared, "https://post.test/news/bell")
    assert found >= {
        "json:newsarticle", "og:article", "made:wordpress", "path:news", "path:bell", "title:bell", "title:returns",
        "head:ringing", "main:story", "main:entry", "text:reply",
        "text:home",
    }  # fmt: skip
    assert not {"main:menu", "name:menu"} & found


def test_words_are_bounded() -> None:
    html = "".join(f"<p class='{' '.join('abcdefghij'[int(d)] * 3 for d in str(n))}x{n}'>t{n}</p>" for n in range(6000))
    assert len(words(html, "N" * 6000)) <= 3_000
    assert len(words(f"<p class='{'a' * 5000}'>{LINE}</p>", "C")) < 20
