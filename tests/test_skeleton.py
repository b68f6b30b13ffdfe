import pytest

from app import dom
from app.blocks import split
from app.skeleton import Skeleton, skeleton


def made(html: str) -> Skeleton:
    page = split(dom.parse(html))
    return skeleton(page, page.blocks)


def boxes(html: str) -> list[str]:
    """Return the kept boxes around each run, and the tag of its paragraph."""
    found = made(html)
    return [
        " ".join([*(found.tags[box] for box in found.chain(found.box(run))), found.place(run.element).wrapper])
        for run in found.runs
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div><section>a</section></div>", ["p"]),
        ("<h2>a</h2><div><h3><span>b</span></h3></div>", ["h2", "h3"]),
        ("<ul><li>a<ol><li>b</ol></ul>", ["ul li p", "ul li ol li p"]),
        ("<menu><li>a</menu>", ["ul li p"]),
        ("<li>a</li>", ["p"]),
        ("<ul><div>a</div><li>b</ul>", ["p", "ul li p"]),
        ("<dl><dt>a<dd>b</dl>", ["dl dt p", "dl dd p"]),
        (
            "<figure><img src=a><figcaption>b</figure><figcaption>c</figcaption>",
            ["figure p", "figure figcaption p", "p"],
        ),
        ("<blockquote><p>a</p></blockquote><pre>b<div>c</div></pre>", ["blockquote p", "pre p", "pre p"]),
        ("<svg><foreignObject><td>a</td></foreignObject></svg>", ["p"]),
    ],
)
def test_boxes_that_mean_something_are_kept(html: str, expected: list[str]) -> None:
    assert boxes(html) == expected


def is_kept(table: str) -> bool:
    return any(tag == "table" for tag in made(table).tags.values())


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><th>Year<th>Fares<tr><td>1911<td>$10.70</table>",
        "<table><thead><tr><td>a<td>b</thead><tbody><tr><td>c<td>d</tbody></table>",
        "<table><tr><th>Height<td>31 m</table>",
    ],
)
def test_a_table_of_data_is_kept(table: str) -> None:
    assert is_kept(table)


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr><td>alone</table>",
        "<table><tr><td>menu<td>story</table>",
        "<table><tr><td>one<tr><td>below<tr><td>the other</table>",
        "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>",
        f"<table><tr><td>a<td>b<tr><td>c<td>{'long ' * 400}</table>",
        f"<table><tr><td>a<td>b<tr>{'<td>c' * 101}</table>",
        f"<table><tr><td>a<td>b<tr>{'<td colspan=10 rowspan=6>c' * 2}</table>",
        f"<table><tr><td>a<td>b<tr><td>c<td>{'<p>line</p>' * 9}</table>",
    ],
)
def test_a_table_for_layout_is_left_out(table: str) -> None:
    assert not is_kept(table)


def test_of_nested_tables_only_the_inner_one_is_data() -> None:
    inner = "<table id=inner><tr><th>a<th>b<tr><td>c<td>d</table>"
    found = made(f"<table><tr><td>x<td>y<tr><td>z<td>{inner}</table>")
    assert [found.page.attrs[box].get("id") for box, tag in found.tags.items() if tag == "table"] == ["inner"]
    assert boxes(f"<table><tr><td>x<td>y<tr><td>z<td>{inner}</table>")[0] == "p"


def test_a_cell_belongs_to_its_table() -> None:
    found = made("<table><caption>c</caption><tr><th>a<th>b<tr><td><ul><li>c</ul><td>d</table><p>e")
    tables = [found.table(found.box(run)) for run in found.runs]
    assert tables[:-1] == [tables[0]] * 5
    assert tables[-1] == -1


def test_every_inline_element_counts_once_and_a_link_comes_first() -> None:
    found = made("<p><b><b><a href=x><i><b>deep</b></i></a></b></b> <a>no link</a></p>")
    styles = [[tag for tag, _ in found.place(element).style] for element, _, text in found.page.items if text]
    assert styles == [["a", "b", "i"], [], []]
