import re

import pytest

from app import dom, markdown
from app.blocks import split
from app.reader import Reader
from app.skeleton import skeleton
from tests import pages, reading

PAGES = {page.name: page for page in pages.load()}


def marked(html: str, base: str | None = None) -> str:
    page = split(dom.parse(html))
    return markdown.markdown(skeleton(page, page.blocks), base)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A</h1><h4>B</h4>", "# A\n\n#### B"),
        ("<p>a <b>b</b> <em>c</em> <code>d</code> <del>e</del>", "a **b** *c* `d` ~~e~~"),
        ("<p><a href='/a b'>x</a>", "[x](https://x.test/a%20b)"),
        ("<img src=i.png alt='a]b'>", "![a\\]b](https://x.test/i.png)"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "- a\n- b\n  * c"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre><code class=language-py>if x:\n    y *= 2</code></pre>", "```py\nif x:\n    y *= 2\n```"),
        ("<pre>a <a href=/q>b</a></pre>", "```\na b\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<table><tr><th>a<th>b|c<tr><td>1.0<td></table>", "| a | b\\|c |\n| --- | --- |\n| 1.0 |  |"),
        ("<table><tr><th>a<th>b<tr><td>x<br>y<td><ul><li>p<li>q</ul></table>",
         "| a | b |\n| --- | --- |\n| x<br>y | p<br>q |"),
        ("<p>a<br>b", "a  \nb"),
        ("<dl><dt>t<dd>d</dl>", "t\n\nd"),
        ("<p>Look!<a href=/a>a link</a> No!", "Look\\![a link](https://x.test/a) No!"),
    ],
)  # fmt: skip
def test_structure_becomes_markup(html: str, expected: str) -> None:
    assert marked(html, "https://x.test/") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 * 3, a_b_c and _d_", "2 \\* 3, a_b_c and \\_d\\_"),
        ("[x](javascript:alert)", "\\[x\\](javascript:alert)"),
        ("&lt;script>alert(1)&lt;/script> 3 &lt; 4", "\\<script>alert(1)\\</script> 3 < 4"),
        ("`tick` ~~gone~~ ~1", "\\`tick\\` \\~\\~gone\\~\\~ ~1"),
        ("AT&amp;T &amp;lt; &amp;#60;", "AT&T \\&lt; \\&#60;"),
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("1990. no list", "1990\\. no list"),
        ("> no quote", "\\> no quote"),
        ("4.5 of 5 (good) - half", "4.5 of 5 (good) - half"),
        ("C:\\dir \ufdd0", "C:\\dir \ufffd"),
    ],
)
def test_a_text_stays_a_text(text: str, expected: str) -> None:
    assert marked(f"<p>{text}</p>") == expected


def test_code_is_told_as_it_is() -> None:
    assert marked("<p><code>a*b_ &lt;i></code> <kbd>*</kbd>") == "`a*b_ <i>` `*`"


def told(name: str) -> str:
    return Reader(reading.as_expected(PAGES[name]), "https://x.test/").markdown()


def test_a_reviews_table_keeps_every_cell() -> None:
    page = PAGES["s16_en_affiliate_review"]
    cells = [" ".join(node.text().split()) for node in dom.parse(page.html).css("table td, table th")]
    rows = [line for line in told(page.name).splitlines() if line.startswith("|")]
    found = [cell.strip() for row in rows if "---" not in row for cell in row.strip("|").split("|")]
    assert found == cells
    assert len(cells) > 20


def test_a_wikis_references_and_tables_survive() -> None:
    text = told("s19_en_wiki")
    assert text.count("\n| --- |") == 2
    assert re.search(r"^1\. .*\n2\. ", text, re.MULTILINE)
    assert "](https://x.test/" in text
    assert "edit" not in re.findall(r"\[(\w+)\]\(", text)


def test_code_keeps_its_lines() -> None:
    page = PAGES["s20a_en_docs_page"]
    for node in dom.parse(page.html).css("pre"):
        assert f"```\n{node.text().strip()}\n```" in told(page.name)


def test_a_plain_old_pages_ledger_is_a_table_and_its_layout_is_none() -> None:
    assert "| --- | --- | --- |" in told("s23a_en_plain_old")
    rows = [line for line in told("s23b_zh_table_old").splitlines() if line.startswith("|")]
    assert "| --- | --- |" in rows
    assert max(map(len, rows)) < 20


def test_control_characters_are_left_out_and_make_no_page_binary() -> None:
    assert marked(f"<p>book{chr(16) * 100}s</p><img src=i.png alt='a{chr(1) * 50}'>") == "books\n\n![a](i.png)"
