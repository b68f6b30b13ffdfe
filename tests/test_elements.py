import pytest
from hypothesis import given, settings

from app import dom
from app.bounds import Bounds
from app.elements import Elements, walk
from app.errors import PageTooComplex
from app.places import Places
from tests import seen, strategies


def elements(html: str) -> Elements:
    return walk(dom.parse(html), Bounds())


def selectors(html: str) -> dict[str, str]:
    """The selector of each element, by its id."""
    page = elements(html)
    places = Places(page)
    return {
        name: places.selector(index) for index, attributes in enumerate(page.attrs) if (name := attributes.get("id"))
    }


def test_elements_are_listed_in_document_order_with_parent_depth_and_place_among_siblings() -> None:
    page = elements("<div>a<!-- c --><p>b</p>c<ul><li>d</li><li>e</li></ul></div>")
    assert page.tags == ["html", "body", "div", "p", "ul", "li", "li"]
    assert page.parents == [-1, 0, 1, 2, 2, 4, 4]
    assert page.depths == [0, 1, 2, 3, 3, 4, 4]
    assert page.positions == [1, 2, 1, 1, 2, 1, 2]


def test_what_a_reader_never_sees_is_left_out_but_counts_as_a_sibling() -> None:
    found = selectors(
        "<script id=s></script><p id=p></p><template><p id=t></p></template><noscript id=n></noscript><p id=q>"
    )
    # The script stands in the head: nothing has opened the body yet.
    assert found == {"p": "html > body:nth-child(2) > p:nth-child(1)", "q": "html > body:nth-child(2) > p:nth-child(4)"}


def test_a_selector_is_the_path_of_child_steps_from_html() -> None:
    html = "<main><section></section><section><p>a</p><p id=x>b</p></section></main>"
    assert selectors(html)["x"] == (
        "html > body:nth-child(2) > main:nth-child(1) > section:nth-child(2) > p:nth-child(2)"
    )


@pytest.mark.parametrize(
    ("html", "steps"),
    [
        ("<o:p><b id=x></b></o:p>", "*:nth-child(1) > b:nth-child(1)"),
        (
            "<svg><foreignObject><p id=x></p></foreignObject></svg>",
            "svg:nth-child(1) > *:nth-child(1) > p:nth-child(1)",
        ),
        ("<svg><textPath id=x></textPath></svg>", "svg:nth-child(1) > *:nth-child(1)"),
        ("<p1.2><b id=x></b></p1.2>", "*:nth-child(1) > b:nth-child(1)"),
        ("<my-box><b id=x></b></my-box>", "my-box:nth-child(1) > b:nth-child(1)"),
        ("<my_box><b id=x></b></my_box>", "*:nth-child(1) > b:nth-child(1)"),
        ("<é><b id=x></b></é>", "b:nth-child(1)"),  # no tag at all
        ("<x🙂><b id=x></b></x🙂>", "*:nth-child(1) > b:nth-child(1)"),
    ],
)
def test_names_that_are_no_type_selectors_are_left_open(html: str, steps: str) -> None:
    assert selectors(html)["x"] == f"html > body:nth-child(2) > {steps}"
    assert [node.attributes.get("id") for node in dom.parse(html).css(selectors(html)["x"])] == ["x"]


def test_the_root_and_the_body_have_selectors_too() -> None:
    page = elements("text")
    assert [Places(page).selector(0), Places(page).selector(1)] == ["html", "html > body:nth-child(2)"]


def test_a_frameset_takes_the_bodys_place() -> None:
    page = elements("<frameset><frame src=a></frameset>")
    assert page.tags == ["html", "frameset", "frame"]


def test_attributes_are_kept_and_the_roots_are_the_first() -> None:
    page = elements("<html lang=en><p class='a b' hidden DATA-X=1>")
    assert page.attrs == [{"lang": "en"}, {}, {"class": "a b", "hidden": None, "data-x": "1"}]


def test_containers_are_block_level_elements_and_inline_ones_around_them() -> None:
    page = elements("<p><b>x</b></p><i><u><div></div></u></i><unknown></unknown>")
    assert dict(zip(page.tags, page.containers, strict=True)) == {
        "html": True, "body": True, "p": True, "b": False, "i": True, "u": True, "div": True, "unknown": True,
    }  # fmt: skip


def test_items_are_texts_media_and_line_breaks_in_order() -> None:
    page = elements("a<img><b>c<br></b><iframe>no</iframe>")
    assert [(page.tags[element], text) for element, _, text in page.items] == [
        ("body", "a"),
        ("img", None),
        ("b", "c"),
        ("br", None),
        ("iframe", None),
    ]


def test_an_element_is_hidden_with_the_one_around_it() -> None:
    page = elements("<div hidden><p><b>x</b></p></div><p>y")
    assert dict(zip(page.tags, page.hidden, strict=True))["b"]
    assert not page.hidden[-1]


def test_nested_drawings_within_pages_within_drawings() -> None:
    html = "<svg><desc><p>1</p></desc><foreignObject><line>2</line><svg><line>3</line></svg></foreignObject></svg>"
    assert [text for _, _, text in elements(html).items] == ["2"]


def test_an_endless_row_of_undrawn_names_far_down_takes_no_time() -> None:
    page = elements("<div>" * 1_500 + "<desc>x</desc>" * 20_000)
    assert len(page.items) == 20_000


def test_the_exception_names_the_bound() -> None:
    with pytest.raises(PageTooComplex, match="limit of 2,000 for depth") as caught:
        elements("<div>" * 3_000)
    assert (caught.value.what, caught.value.limit) == ("max_depth", 2_000)


@settings(max_examples=200, deadline=None)
@given(strategies.PAGES)
def test_every_selector_names_its_element_and_no_two_the_same(html: str) -> None:
    tree = dom.parse(html)
    page = walk(tree, Bounds())
    seen.without_instructions(tree)
    names = [Places(page).selector(element) for element in range(len(page.tags))]
    assert len(set(names)) == len(names)
    for element, name in enumerate(names):
        (node,) = tree.css(name)
        assert node.tag == page.tags[element]
        assert node.attributes == page.attrs[element]
