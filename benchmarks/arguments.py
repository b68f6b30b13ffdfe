"""What the benchmarks' command lines have in common."""

import argparse
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


def parser(module: str, description: str | None, *, pages: int) -> argparse.ArgumentParser:
    """Return the parser of `python -m module`, which asks where the corpus is and how many of its pages to take."""
    made = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    made.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the corpus")
    made.add_argument("--pages", type=positive, default=pages, help="how many different pages (default: %(default)s)")
    return made


def positive(text: str) -> int:
    """Return the number of 1 or more that an argument says."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
