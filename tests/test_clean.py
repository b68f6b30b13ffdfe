import pytest

from app import clean, dom
from app.blocks import Block, split
from app.skeleton import skeleton

BASE = "https://paper.test/2024/story.html"


def cleaned(html: str, base: str | None = None, without: str = "") -> str:
    """Return the HTML of all blocks but those whose text has `without` in it."""
    page = split(dom.parse(html))

    def kept(block: Block) -> bool:
        return not without or without not in block.text

    return clean.html(skeleton(page, [block for block in page.blocks if kept(block)]), base)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div class=x>One <span>two</span></div>", "<p>One two</p>"),
        ("<p>One<br>line<br><br>Two<br></p>", "<p>One<br>line</p><p>Two</p>"),
        ("<p>a <b>b </b><b>c</b> in<i>ter</i>nal</p>", "<p>a <b>b c</b> in<i>ter</i>nal</p>"),
        ("<b><p>a</p><p>b</p></b>", "<p><b>a</b></p><p><b>b</b></p>"),
        ("<ul><li>a<li><p>b</p><li><p>c</p><p>d</p></ul>", "<ul><li>a</li><li>b</li><li><p>c</p><p>d</p></li></ul>"),
        ("<ol start=3 reversed><li>a</ol>", '<ol start="3" reversed=""><li>a</li></ol>'),
        ("<ol start=x><li>a</ol>", "<ol><li>a</li></ol>"),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
        ("<pre><code>a\n\n  b</code></pre>", "<pre><code>a\n\n  b</code></pre>"),
        ("<pre class='lang-py'>x &lt; 1</pre>", '<pre><code class="language-py">x &lt; 1</code></pre>'),
        ("<pre><div>a</div><div>  b</div></pre>", "<pre>a\n  b</pre>"),
        ("<pre>a<br>b</pre>", "<pre>a\nb</pre>"),
        ("<p>H<sub>2</sub>O <tt>x</tt> <strike>y</strike>", "<p>H<sub>2</sub>O <code>x</code> <s>y</s></p>"),
        ("<figure><img src=a.png alt='A &quot;b&quot;'><figcaption>C</figcaption></figure>",
         '<figure><img src="a.png" alt="A &quot;b&quot;"><figcaption>C</figcaption></figure>'),
        ("<p>a<input value=x><canvas></canvas>b", "<p>ab</p>"),
        ("<p><input value=x></p>", ""),
        ("<p>1 &lt; 2 &amp;amp; &lt;script&gt;", "<p>1 &lt; 2 &amp;amp; &lt;script&gt;</p>"),
    ],
)  # fmt: skip
def test_structure_stays(html: str, expected: str) -> None:
    assert cleaned(html) == expected


def test_a_table_keeps_its_columns_when_a_cell_is_left_out() -> None:
    table = (
        "<table><caption>Fares</caption><thead><tr><th>Year<th>Price<th>Shop</thead>"
        "<tr><td>1911<td>$10<td>advert<tr><td colspan=2 rowspan=99>late<td>advert</table>"
    )
    assert cleaned(table, without="advert") == (
        "<table><caption>Fares</caption><thead><tr><th>Year</th><th>Price</th><th>Shop</th></tr></thead>"
        '<tbody><tr><td>1911</td><td>$10</td><td></td></tr><tr><td colspan="2">late</td><td></td></tr></tbody></table>'
    )


def test_what_stands_between_rows_parts_the_table() -> None:
    html = "<table><tr><th>a<th>b<tr><td><p>c</p><p>d</p><td>e</table>"
    assert cleaned(html) == (
        "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td><p>c</p><p>d</p></td><td>e</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<p onclick=x style='color:red' class=y id=z data-q=1>text</p>",
        "<p>te<script>alert(1)</script>xt</p>",
        "<p>te<style>p{}</style>xt</p>",
        "<p>te<!-- <img src=x onerror=alert(1)> -->xt</p>",
        "<form action=/x><button formaction=javascript:x>text</button></form>",
        "<p><a href='javascript:alert(1)'>text</a></p>",
        "<p><a href='&#106;ava&#9;script:alert(1)'>text</a></p>",
        "<p><a href='data:text/html,x'>text</a></p>",
        "<p>text<img src='javascript:x' onerror=alert(1)></p>",
        "<p>text<img src='data:image/svg+xml,x'></p>",
        "<svg onload=alert(1)><text>text</text></svg>",
        "<math><mtext>text</mtext></math>",
        "<p><template><p>secret</p></template>text</p>",
    ],
)
def test_nothing_that_runs_or_styles_is_left(html: str) -> None:
    assert cleaned(html) == "<p>text</p>"


LINKS = [
    ("../map?a=1&b=2#c", "https://paper.test/map?a=1&amp;b=2#c"),
    ("//cdn.test/x y", "https://cdn.test/x%20y"),
    ("#note", "https://paper.test/2024/story.html#note"),
    ("https://other.test/", "https://other.test/"),
    ("mailto:desk@paper.test", "mailto:desk@paper.test"),
]


@pytest.mark.parametrize(("given", "expected"), LINKS)
def test_links_are_absolute_where_the_address_is_known(given: str, expected: str) -> None:
    page = f'<p><a href="{given}">x</a>'
    assert cleaned(page, BASE) == f'<p><a href="{expected}" rel="noopener noreferrer">x</a></p>'


@pytest.mark.parametrize(
    "base", [None, "", "not an address", "ftp://x.test/", "http://", "https://x.test:99999/", "http://[x"]
)
def test_links_stay_as_they_are_where_it_is_not(base: str | None) -> None:
    assert cleaned("<p><a href=a/b>x</a>", base) == '<p><a href="a/b" rel="noopener noreferrer">x</a></p>'


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ("src=a.png", "a.png"),
        ("src=data:image/gif;base64,R0 data-src=b.png", "b.png"),
        ("data-srcset='c.png 1x, d.png 2x'", "c.png"),
        ("src='' data-original=e.png", "e.png"),
    ],
)
def test_a_picture_that_loads_late_has_its_own_source(attributes: str, source: str) -> None:
    assert (
        cleaned(f"<p><picture><source srcset=z.webp><img {attributes}></picture>")
        == f'<p><img src="{source}" alt=""></p>'
    )


def test_what_is_embedded_becomes_a_link() -> None:
    html = '<iframe src="//video.test/1"></iframe><video src="/v.mp4"></video><iframe srcdoc="<p>x"></iframe>'
    assert cleaned(html, BASE) == (
        '<p><a href="https://video.test/1" rel="noopener noreferrer">https://video.test/1</a></p>'
        '<p><a href="https://paper.test/v.mp4" rel="noopener noreferrer">/v.mp4</a></p>'
    )


def test_a_link_around_boxes_stands_in_each_of_them() -> None:
    html = "<a href=/c><h3>Title</h3><p>Text</p></a>"
    link = '<a href="/c" rel="noopener noreferrer">'
    assert cleaned(html) == f"<h3>{link}Title</a></h3><p>{link}Text</a></p>"
