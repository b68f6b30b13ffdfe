"""What the model looks at, in words: names for its numbers, for words in addresses and for names of elements."""

from typing import Final

TEXT_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "its length and punctuation": (
        "chars", "words", "word_length", "digit_words", "upper_words", "commas", "stops", "marks", "sentence", "colon",
        "empty",
    ),
    "currency signs": ("currency",),
    "words of the page's title in it": ("title_overlap",),
    "the same text elsewhere on the page": ("repeats",),
    "its place on the page": ("place", "from_end", "chars_before"),
}  # fmt: skip
MARKUP_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "the number and length of its links": (
        "link_density", "links", "links_out", "links_here", "links_mail",
        "number_of_links_out", "number_of_links_mail",
    ),
    "a link marked as sponsored": ("sponsored",),
    "its pictures and frames": (
        "images", "slot", "image_width", "number_of_images", "number_of_frames",
    ),
    "its fields and buttons": (
        "inputs", "buttons", "number_of_emails", "number_of_passwords", "number_of_searches", "number_of_fields",
        "number_of_choices", "number_of_submits", "number_of_in_form", "number_of_in_form_out",
    ),
    "its currency signs": ("number_of_currency",),
    "whether the page hides it": ("hidden",),
    "its depth and distance to the headline": ("depth", "part", "heading_distance"),
}  # fmt: skip
"""The numbers of a block by what they say; `tag_…` and `in_…` have groups of their own."""

SURROUNDINGS: Final[dict[str, tuple[str, ...]]] = {
    "the blocks before it": ("at-",),
    "the blocks after it": ("at+",),
    "the box around it": ("box1_",),
    "the wider boxes around it": ("box2_", "box3_", "box4_", "box5_"),
    "boxes of the same make": ("shape_",),
    "the page as a whole": ("page_",),
}
"""The columns of the context by where they look."""

NOTICE: Final = "it belongs to a notice about the reader’s data that lies over the page"
CHOICE: Final = "it belongs to what stops the reader: to pay, to be followed, to switch the ad blocker off"
CARD: Final = "its card opens with who paid for it"
EDIT: Final = "it is a wiki’s link to edit a section"
"""What `rules.py` labels."""

_LINKS: Final = {
    "=here": "a link that leads nowhere else",
    "=in": "a link within the site",
    "=sub": "a link to a sister site",
    "=out": "a link to another site",
    "=none": "a link without an address",
    "=broken": "a link with a broken address",
    "=absolute": "a link with a host name",
    "=mailto": "a link that opens a letter",
    "=tel": "a link to a telephone number",
    "=sms": "a link that opens a message",
    "=whatsapp": "a link that opens a message",
    "=javascript": "a link that runs a script",
    "=data": "a link that holds its own data",
    "=about": "a link to a blank page",
    "=blob": "a link that holds its own data",
}


def link(word: str) -> str:
    """Return what a word of `links.link_words` says; with `^` in front, of a picture's or frame's address."""
    if word.startswith("^"):
        return f"{link(word[1:]).replace('a link', 'a picture or frame', 1)}"
    if word in _LINKS:
        return _LINKS[word]
    if word.startswith("?"):
        return f"a link with the parameter “{word[1:]}”"
    if word.endswith("."):
        return f"a link with “{word[:-1]}” in its host name"
    return f"a link with “{word}” in its path"


def name(word: str, attributes: dict[str, str | None], where: str) -> str:
    """Return what a word of `names.name_words` says; `where` is the element's place as seen from the block."""
    if word.startswith("<"):
        return f"{where} is <{word[1:]}>"
    if word.startswith("@"):
        given = word[1:]
        return f"{where} has the attribute {given if given in attributes else f'data-{given}'}"
    for attribute, value in attributes.items():
        if word in (value or "").lower():
            said = {"class": "class name", "id": "id"}.get(attribute, attribute)
            return f"{where} has the {said} “{word}”"
    return f"{where} is named “{word}”"
