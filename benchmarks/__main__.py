"""`python -m benchmarks`: time begone beside other tools and write RESULTS.md."""

import argparse
import sys
from pathlib import Path

from app.labeller import Labeller
from app.model import Model
from benchmarks import engine
from benchmarks.pages import NoPages, sample

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark as the command line says; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        chosen = sample(options.corpus, options.pages)
    except NoPages as error:
        print(f"Nothing to time: {error}.", file=sys.stderr)
        return 1
    models = ROOT / "models"
    model = Model.load(options.model or models / (models / "CURRENT").read_text(encoding="utf-8").strip())
    print(engine.run(chosen, options.rounds, Labeller(model)))
    print(f"Written to {engine.RESULTS.relative_to(ROOT)} and {engine.PLOT.relative_to(ROOT)}.", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus", help="folder of the corpus")
    parser.add_argument("--model", type=Path, help="folder of the model (default: the one that models/CURRENT names)")
    parser.add_argument("--pages", type=positive, default=150, help="how many pages (default: %(default)s)")
    parser.add_argument("--rounds", type=positive, default=5, help="how many times each (default: %(default)s)")
    return parser


def positive(text: str) -> int:
    """Return the number of 1 or more that an argument says."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


if __name__ == "__main__":
    sys.exit(main())
