"""The caller's hints on a page's elements, told by attributes: which a browser shows, and which stand fixed over it."""

from app.blocks import Page
from app.elements import POSITION, VISIBLE, hides


def take(page: Page) -> dict[int, str]:
    """Return the CSS positions that the caller has told of elements; mark as hidden what the caller says is.

    `data-bl-vis` is 1 for an element that is shown, 0 for one that is not; its word goes before the markup's, and holds
    for what stands in the element up to the next that carries one. The hints are taken off the page, so that they have
    no say in the labels but by this.
    """
    positions: dict[int, str] = {}
    if not any(VISIBLE in page.attrs[each] or POSITION in page.attrs[each] for each in (0, *page.laid)):
        return positions
    hidden, parents, tags = page.hidden, page.parents, page.tags
    for element, attributes in enumerate(page.attrs):
        visible = attributes.pop(VISIBLE, None)
        position = attributes.pop(POSITION, None)
        if position:
            positions[element] = position.strip().lower()
        if visible in {"0", "1"}:
            hidden[element] = visible == "0"
        elif element:
            hidden[element] = hidden[parents[element]] or (bool(attributes) and hides(tags[element], attributes))
    return positions
