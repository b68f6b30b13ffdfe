import pytest

from app import addresses, dom

BASE = "https://paper.test/2024/story.html"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (" /a b ", "/a b"),
        ("HTTPS://x.test/", "HTTPS://x.test/"),
        ("mailto:a@x.test", "mailto:a@x.test"),
        ("tel:123", "tel:123"),
        ("#note", "#note"),
        ("a:b/c", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" \x01javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("", None),
        ("  ", None),
        (None, None),
        ("/" + "a" * 2_000, None),
    ],
)
def test_only_addresses_that_may_be_followed_are_kept(given: str | None, expected: str | None) -> None:
    assert addresses.followable(given) == expected


@pytest.mark.parametrize(
    ("head", "url", "expected"),
    [
        ("", BASE, BASE),
        ("", None, None),
        ("<base href=/other/>", BASE, "https://paper.test/other/"),
        ("<base href=' https://cdn.test/'>", None, "https://cdn.test/"),
        ("<base target=x>", BASE, BASE),
        ("<base href='http://[x'>", BASE, BASE),
    ],
)
def test_a_page_may_say_what_its_addresses_are_relative_to(head: str, url: str | None, expected: str | None) -> None:
    assert addresses.base_address(dom.parse(f"<head>{head}</head><p>x"), url) == expected


def test_text_without_a_tree_has_the_callers_address() -> None:
    assert addresses.base_address(None, BASE) == BASE
