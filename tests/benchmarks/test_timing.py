import gc

from benchmarks.pages import Page
from benchmarks.timing import measure
from benchmarks.tools import Tool

PAGES = [Page(name, f"<p>{name}", 4) for name in ("one", "two", "three", "four")]


def test_tools_take_turns_page_by_page_and_another_begins_each_round() -> None:
    calls: list[tuple[str, str]] = []

    def tool(name: str) -> Tool:
        return Tool(name, "1", lambda html: calls.append((name, html)))

    ticks: list[None] = []
    times = measure([tool("a"), tool("b")], PAGES[:2], 2, lambda: ticks.append(None))
    warm_up = 4
    assert [name for name, _ in calls[warm_up:]] == ["a", "b", "a", "b", "b", "a", "b", "a"]
    assert len(ticks) == 4
    assert {tool: {page: len(rounds) for page, rounds in of.items()} for tool, of in times.milliseconds.items()} == {
        "a": {"one": 2, "two": 2},
        "b": {"one": 2, "two": 2},
    }
    assert all(time >= 0 for of in times.milliseconds.values() for rounds in of.values() for time in rounds)


def test_a_tool_that_raises_has_failed_on_that_page_only() -> None:
    def picky(html: str) -> None:
        if "two" in html:
            raise ValueError(html)

    times = measure([Tool("picky", "1", picky)], PAGES, 2, lambda: None)
    assert times.failed == {"picky": {"two"}}
    assert set(times.milliseconds["picky"]) == {"one", "three", "four"}


def test_results_are_shown_to_whoever_looks_but_not_those_of_the_warm_up() -> None:
    seen: list[tuple[str, str]] = []
    measure([Tool("a", "1", str.upper, lambda page, result: seen.append((page.name, result)))], PAGES, 1, lambda: None)
    assert seen == [(page.name, page.html.upper()) for page in PAGES]


def test_nothing_stays_frozen() -> None:
    before = gc.get_freeze_count()
    measure([Tool("a", "1", str.upper)], PAGES, 1, lambda: None)
    assert gc.get_freeze_count() <= before
