"""`python -m benchmarks`: time begone beside other tools and write RESULTS.md."""

import argparse
import sys
from pathlib import Path

from app.labeller import Labeller
from app.model import Model
from benchmarks import arguments, engine
from benchmarks.arguments import positive
from benchmarks.pages import NoPages, sample

ROOT = Path(__file__).resolve().parent.parent


def main(given: list[str] | None = None) -> int:
    """Run the benchmark as the command line says; return the exit status."""
    options = _parser().parse_args(given)
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
    parser = arguments.parser("benchmarks", __doc__, pages=150)
    parser.add_argument("--model", type=Path, help="folder of the model (default: the one that models/CURRENT names)")
    parser.add_argument("--rounds", type=positive, default=5, help="how many times each (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
