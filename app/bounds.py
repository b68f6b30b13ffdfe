"""How much of a page the engine takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is counted, and how much of it; a page beyond is refused with `PageTooComplex`."""

    max_elements: int = 200_000
    max_depth: int = 2_000
    max_blocks: int = 50_000
    max_path_steps: int = 1_500_000  # the sum of the blocks' depths: bounds the selectors' total length (some 30 MB)
    max_attributes: int = 512  # of one tag; the parser compares each with those before it
    max_names: int = 20_000  # different names of elements and attributes; the parser seeks each in a list that grows
    max_reopened: int = 100_000  # formatting elements left open, that each new block opens again
    max_steps: int = 20_000_000  # elements that the parser looks through to place all tags
