"""Charts as inline SVG, without a library: colours come from the page's style sheet, so that they suit light and dark.

Every mark carries a `<title>`, which browsers show under the pointer.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

_SIDE: Final = 220.0  # of the square that is drawn on
_LEFT: Final = 38.0
_TOP: Final = 10.0
_BELOW: Final = 36.0
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_STRIP: Final = 120.0  # width of an interval's strip

Point = tuple[float, float, str]
"""x and y, each from 0 to 1, and what the pointer is told."""


def curve(points: Sequence[Mapping[str, float]], chosen: Mapping[str, float] | None, label: str) -> str:
    """Return the precision-recall curve of a label; `chosen` is where the decision rule stands, marked by a ring."""
    line = [
        (
            each["recall"],
            each["precision"],
            f"at {each['threshold']:.3f}: precision {each['precision']:.3f}, recall {each['recall']:.3f}",
        )
        for each in points
    ]
    marks = [_path(line, "line"), *(_dot(point, 2.2, "point") for point in line)]
    if chosen is not None:
        said = f"the rule's choice: precision {chosen['precision']:.3f}, recall {chosen['recall']:.3f}"
        marks.append(_dot((chosen["recall"], chosen["precision"], said), 5, "ring"))
    return _square(marks, "recall", "precision", f"Precision-recall curve of {label}")


def reliability(bins: Sequence[Mapping[str, Any]]) -> str:
    """Return the reliability diagram: the share that is right over the score that was given; dots grow with units."""
    most = max((each["units"] for each in bins), default=1)
    points = [
        (
            each["score"],
            each["right"],
            f"score {each['score']:.3f}: {each['right']:.1%} of {each['units']:,} right",
        )
        for each in bins
    ]
    marks = [_path([(0.0, 0.0, ""), (1.0, 1.0, "")], "ideal"), _path(points, "line")]
    marks += [
        _dot(point, 2.5 + 6.5 * (each["units"] / most) ** 0.5, "weighed")
        for point, each in zip(points, bins, strict=True)
    ]
    return _square(marks, "score", "share right", "Reliability diagram")


def interval(found: Mapping[str, float], start: float, end: float) -> str:
    """Return a strip from `start` to `end` with the figure as a dot on its interval."""

    def at(value: float) -> float:
        return 4 + (_STRIP - 8) * min(max((value - start) / (end - start), 0.0), 1.0)

    low, value, high = (at(found[name]) for name in ("low", "value", "high"))
    return (
        f'<svg class="strip" viewBox="0 0 {_STRIP:g} 12" width="{_STRIP:g}" height="12" aria-hidden="true">'
        f'<line class="ground" x1="4" x2="{_STRIP - 4:g}" y1="6" y2="6"/>'
        f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="6" y2="6"/>'
        f'<circle class="point" cx="{value:.1f}" cy="6" r="3.5"/></svg>'
    )


def bar(share: float) -> str:
    """Return a bar as long as the share."""
    width = _STRIP * min(max(share, 0.0), 1.0)
    return (
        f'<svg class="strip" viewBox="0 0 {_STRIP:g} 12" width="{_STRIP:g}" height="12" aria-hidden="true">'
        f'<line class="ground" x1="0" x2="{_STRIP:g}" y1="6" y2="6"/>'
        f'<rect class="bar" x="0" y="2" width="{width:.1f}" height="8" rx="2"/></svg>'
    )


def _square(marks: Sequence[str], across: str, up: str, title: str) -> str:
    width, height = _LEFT + _SIDE + 12, _TOP + _SIDE + _BELOW
    grid = []
    for tick in _TICKS:
        x, y = _x(tick), _y(tick)
        grid += [
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(1):.1f}" y2="{_y(0):.1f}"/>',
            f'<line class="grid" x1="{_x(0):.1f}" x2="{_x(1):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>',
            f'<text x="{x:.1f}" y="{_y(0) + 14:.1f}" text-anchor="middle">{tick:g}</text>',
            f'<text x="{_LEFT - 6:.1f}" y="{y + 3.5:.1f}" text-anchor="end">{tick:g}</text>',
        ]
    return (
        f'<svg class="chart" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(grid)}{"".join(marks)}'
        f'<text x="{_x(0.5):.1f}" y="{height - 4:.1f}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(10 {_y(0.5):.1f}) rotate(-90)" text-anchor="middle">{escape(up)}</text></svg>'
    )


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _path(points: Sequence[Point], name: str) -> str:
    places = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y, _ in points)
    return f'<polyline class="{name}" points="{places}"/>'


def _dot(point: Point, radius: float, name: str) -> str:
    x, y, said = point
    mark = f'<circle class="{name}" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="{radius:.1f}">'
    return f"{mark}<title>{escape(said)}</title></circle>"
