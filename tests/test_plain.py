import pytest

from app import dom, plain
from app.blocks import split
from app.skeleton import skeleton


def told(html: str, without: str = "") -> str:
    page = split(dom.parse(html))
    return plain.text(skeleton(page, [block for block in page.blocks if not without or without not in block.text]))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A</h1><p>b <b>c</b></p><img src=x>", "A\n\nb c"),
        ("<p>a<br><br>b", "a\n\nb"),
        ("<pre>a\n   b\n</pre><p>c", "a\n   b\n\nc"),
        ("<pre><div>a</div><div>   b</div></pre>", "a\n   b"),
        ("<pre>x<br>  y</pre>", "x\n  y"),
        ("<table><caption>c</caption><tr><th>a<th>b<tr><td><p>d</p><p>e</p><td>f</table>", "c\n\na\tb\nd e\tf"),
        ("<table><tr><th>a<th>b<tr><td><ul><li>c<li>d</ul><td>f</table>x", "a\tb\nc d\tf\n\nx"),
        ("<table><tr><td>one<tr><td>two</table>", "one\n\ntwo"),
    ],
)
def test_a_paragraph_a_block(html: str, expected: str) -> None:
    assert told(html) == expected


def test_columns_stay_in_line_when_a_cell_is_left_out() -> None:
    assert told("<table><tr><th>a<th>b<th>c<tr><td>d<td>advert<td>f</table>", "advert") == "a\tb\tc\nd\t\tf"
