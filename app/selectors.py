"""CSS selectors over a page's elements, in time that is bounded whatever the selector says.

The parser is cssselect's. The matching is ours: Lexbor's own engine counts the siblings of each element anew for
`:nth-child` (14 s on 50,000 paragraphs in one box), cannot be stopped, and counts processing instructions as elements.
"""

from collections.abc import Callable, Sequence
from typing import Final

import cssselect
from cssselect import parser as css

from app.elements import Elements

MAX_STEPS: Final = 3_000_000
"""Looks at elements for all selectors of a request: a second or two at the most (measured on what costs most)."""
_MAX_NUMBER: Final = 10**9
_MAX_NESTED: Final = 4  # `:is(:not(…))`
_LOOK: Final = 16  # characters of a value that one look takes in
_READ: Final = 100  # looks that reading one character of a selector is worth


class InvalidSelector(ValueError):
    """It is no CSS selector, or one of a kind that is not matched here."""


class TooCostly(Exception):
    """Matching it would take more steps than are left."""


Test = Callable[[int], bool]


class Selectors:
    """Finds a page's elements by CSS: types, `#id`, `.class`, `[attribute]`, all four combinators, `:not()`, `:is()`,
    `:root`, `:scope`, `:first-child`, `:nth-child()`, and the `of-type` forms.

    What a reader never sees (scripts, templates, what stands in a frame) is no element here. `root` is what `:scope`
    names. All selectors together take at most `steps` looks at elements.
    """

    def __init__(self, page: Elements, root: int = 0, steps: int = MAX_STEPS) -> None:
        self._page = page
        self._root = root
        self._left = steps
        self._made = 0
        self._types: list[tuple[int, int]] | None = None

    def find(self, selector: str) -> list[int]:
        """Return the numbers of the elements that match, ascending. Raises InvalidSelector and TooCostly."""
        self._spend(_READ * len(selector))
        try:
            parsed = cssselect.parse(selector)
        except (cssselect.SelectorError, RuntimeError, ValueError) as error:
            # RuntimeError: too deep, or `:is(` without its end, at which the library runs out of tokens.
            raise InvalidSelector from error
        found: set[int] = set()
        for each in parsed:
            if each.pseudo_element is not None:
                raise InvalidSelector("a pseudo-element is no element")
            found.update(self._chain(each.parsed_tree))
        return sorted(found)

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooCostly

    def _chain(self, tree: css.Tree) -> list[int]:
        """Return what matches compounds joined by combinators: step by step from the left, each over the whole page."""
        steps: list[tuple[str, css.Tree]] = []
        while isinstance(tree, css.CombinedSelector):
            steps.append((tree.combinator, tree.subselector))
            tree = tree.selector
        matched = self._matching(tree, range(self._root, len(self._page.tags)))
        for combinator, compound in reversed(steps):
            matched = self._matching(compound, self._reached(combinator, matched))
        return matched

    def _matching(self, compound: css.Tree, among: Sequence[int]) -> list[int]:
        before = self._made
        tests = self._tests(compound, 0)
        self._spend(len(among) * (1 + self._made - before))
        return [element for element in among if all(test(element) for test in tests)]

    def _reached(self, combinator: str, matched: list[int]) -> list[int]:
        """Return the elements that a combinator leads to from those matched, ascending."""
        page = self._page
        count = len(page.tags)
        self._spend(3 * count)
        parents, positions = page.parents, page.positions
        if combinator == " ":
            inside = bytearray(count)
            for element in matched:
                inside[element] = 1
            reached = []
            for element in range(1, count):
                if inside[parents[element]]:
                    inside[element] = 1
                    reached.append(element)
            return reached
        if combinator == ">":
            above = set(matched)
            return [element for element in range(1, count) if parents[element] in above]
        if combinator == "+":
            before = {(parents[element], positions[element] + 1) for element in matched}
            return [element for element in range(1, count) if (parents[element], positions[element]) in before]
        first: dict[int, int] = {}
        for element in matched:
            first.setdefault(parents[element], positions[element])
        return [each for each in range(1, count) if positions[each] > first.get(parents[each], positions[each])]

    def _tests(self, tree: css.Tree, nested: int) -> list[Test]:
        """Return what an element must pass to match a compound selector."""
        if nested > _MAX_NESTED:
            raise InvalidSelector("nested too deep")
        tests: list[Test] = []
        self._made += 1
        while not isinstance(tree, css.Element):
            self._made += 1
            if isinstance(tree, css.Class):
                tests.append(self._value("class", "~=", tree.class_name))
            elif isinstance(tree, css.Hash):
                tests.append(self._value("id", "=", tree.id))
            elif isinstance(tree, css.Attrib):
                tests.append(self._attribute(tree))
            elif isinstance(tree, css.Negation):
                tests.append(_none_of(self._tests(tree.subselector, nested + 1)))
            elif isinstance(tree, css.Matching):
                tests.append(_any_of([self._tests(each, nested + 1) for each in tree.selector_list]))
            elif isinstance(tree, css.Pseudo):
                tests.append(self._pseudo(tree.ident.lower()))
            elif isinstance(tree, css.Function):
                tests.append(self._function(tree))
            else:
                raise InvalidSelector(type(tree).__name__)
            tree = tree.selector
        if tree.namespace is not None:
            raise InvalidSelector("a namespace")
        if tree.element is not None:
            name, tags = tree.element.lower(), self._page.tags
            tests.append(lambda element: tags[element].lower() == name)
        return tests[::-1]

    def _attribute(self, given: css.Attrib) -> Test:
        if given.namespace is not None or given.operator not in _COMPARE:
            raise InvalidSelector("an attribute in a namespace, or an operator of another language")
        value = given.value.value if given.value is not None else None
        return self._value(given.attrib.lower(), given.operator, value or "")

    def _value(self, name: str, operator: str, value: str) -> Test:
        attrs, compare = self._page.attrs, _COMPARE[operator]

        def test(element: int) -> bool:
            if name not in attrs[element]:
                return False
            found = attrs[element][name] or ""
            self._spend(len(found) // _LOOK)
            return compare(found, value)

        return test

    def _pseudo(self, name: str) -> Test:
        positions = self._page.positions
        if name in {"root", "scope"}:
            root = self._root if name == "scope" else 0
            return lambda element: element == root
        if name == "first-child":
            return lambda element: positions[element] == 1
        if name in {"first-of-type", "last-of-type"}:
            types, side = self._of_type(), int(name == "last-of-type")
            return lambda element: types[element][side] == 1
        raise InvalidSelector(f":{name}")

    def _function(self, function: css.Function) -> Test:
        name = function.name.lower()
        if name not in {"nth-child", "nth-of-type", "nth-last-of-type"}:
            raise InvalidSelector(f":{name}()")
        try:
            step, start = css.parse_series(function.arguments)
        except ValueError as error:
            raise InvalidSelector from error
        if max(abs(step), abs(start)) > _MAX_NUMBER:
            raise InvalidSelector("a number too large to count with")
        positions = self._page.positions
        if name == "nth-child":
            return lambda element: _in_series(positions[element], step, start)
        types, side = self._of_type(), int(name == "nth-last-of-type")
        return lambda element: _in_series(types[element][side], step, start)

    def _of_type(self) -> list[tuple[int, int]]:
        """Return each element's place among its siblings of the same type, from the first and from the last."""
        if self._types is None:
            page = self._page
            self._spend(2 * len(page.tags))
            counts: dict[tuple[int, str], int] = {}
            places = []
            for key in zip(page.parents, page.tags, strict=True):
                counts[key] = counts.get(key, 0) + 1
                places.append(counts[key])
            keys = zip(page.parents, page.tags, places, strict=True)
            self._types = [(place, counts[parent, tag] - place + 1) for parent, tag, place in keys]
        return self._types


def _in_series(place: int, step: int, start: int) -> bool:
    past = place - start
    return past == 0 if step == 0 else past % step == 0 and past // step >= 0


def _none_of(tests: list[Test]) -> Test:
    return lambda element: not all(test(element) for test in tests)


def _any_of(alternatives: list[list[Test]]) -> Test:
    return lambda element: any(all(test(element) for test in tests) for tests in alternatives)


_COMPARE: Final[dict[str, Callable[[str, str], bool]]] = {
    "exists": lambda _, __: True,
    "=": lambda found, value: found == value,
    "~=": lambda found, value: value in found.split(),
    "|=": lambda found, value: found == value or found.startswith(f"{value}-"),
    "^=": lambda found, value: value != "" and found.startswith(value),
    "$=": lambda found, value: value != "" and found.endswith(value),
    "*=": lambda found, value: value != "" and value in found,
}
