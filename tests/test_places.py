from app import blocks, dom
from app.places import Places

HTML = "<main><section></section><section><p>a</p><o:p><p>b</p></o:p></section></main>"


def test_every_element_has_its_path_in_whatever_order_they_are_asked_for() -> None:
    page = blocks.split(dom.parse(HTML))
    elements = range(len(page.tags))
    main = "html > body:nth-child(2) > main:nth-child(1)"
    paths = [Places(page).selector(element) for element in elements]
    assert paths[2:] == [
        main,
        f"{main} > section:nth-child(1)",
        f"{main} > section:nth-child(2)",
        f"{main} > section:nth-child(2) > p:nth-child(1)",
        f"{main} > section:nth-child(2) > *:nth-child(2)",
        f"{main} > section:nth-child(2) > *:nth-child(2) > p:nth-child(1)",
    ]
    places = Places(page)
    assert [places.selector(element) for element in reversed(elements)] == paths[::-1]


def test_paths_may_start_at_another_root() -> None:
    page = blocks.split(dom.parse(HTML))
    places = Places(page, root=page.tags.index("main"))
    assert places.selector(page.tags.index("main")) == ":scope"
    assert places.selector(1) == "html > body:nth-child(2)"
    assert places.selector(page.tags.index("p")) == ":scope > section:nth-child(2) > p:nth-child(1)"


def test_an_element_without_a_stamp_has_none() -> None:
    places = Places(blocks.split(dom.parse(HTML)), {2: "a7"})
    assert [places.stamp(element) for element in (1, 2)] == [None, "a7"]
