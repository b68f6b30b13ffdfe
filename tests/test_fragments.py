import pytest

from app import blocks, dom, fragments
from app.errors import NotOneElement
from app.wishes import Context


def split(fragment: str, context: Context = Context()) -> tuple[blocks.Page, int]:  # noqa: B008 (frozen)
    html, root = fragments.document(fragment, context)
    page = blocks.split(dom.parse(html))
    fragments.check(page, root)
    return page, root


@pytest.mark.parametrize(
    ("fragment", "tag"),
    [
        ("<div><p>a</p></div>", "div"),
        (" \n<!-- x --> <SECTION>a</SECTION>\n ", "section"),
        ("<span>a</span>", "span"),
        ("<img src=x>", "img"),
        ("<tr><td>a</td></tr>", "tr"),
        ("<td>a</td>", "td"),
        ("<tbody><tr><td>a</td></tr></tbody>", "tbody"),
        ("<option>a</option>", "option"),
        ("<li>a</li>", "li"),
        ("<table><tr><td>a</td></tr></table>", "table"),
        ("<script>x</script><div>a</div>", "div"),
    ],
)
def test_the_root_is_the_fragments_one_element(fragment: str, tag: str) -> None:
    page, root = split(fragment)
    assert page.tags[root] == tag
    assert len(page.blocks) == 1


def test_the_context_is_the_pages() -> None:
    page, _ = split("<p>a</p>", Context('Bells & "whistles" </title>', "de"))
    assert page.head.title == 'Bells & "whistles" </title>'
    assert page.head.language == "de"


@pytest.mark.parametrize(
    "fragment",
    [
        "", "  ", "text", "<p>a</p><p>b</p>", "<p>a</p>b", "a<p>b</p>", "<br><p>a", "<body><p>a</p><p>b</p></body>",
        "<td>a</td><td>b</td>", "<tr><td>a</td></tr>b", "<script>x</script>", "<!-- x -->", "<html></html>",
        "<tr></tr><p>a",
    ],
)  # fmt: skip
def test_all_else_is_no_fragment(fragment: str) -> None:
    with pytest.raises(NotOneElement):
        split(fragment)
