"""`python -m benchmarks.against`: time whole answers beside those of another commit; write a part of RESULTS.md."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tqdm import tqdm

from benchmarks import answering, arguments, machine
from benchmarks.arguments import positive
from benchmarks.engine import RESULTS
from benchmarks.pages import NoPages, sample
from scripts.markers import fill_file

ROOT: Final = Path(__file__).resolve().parent.parent
BEFORE: Final = "c12722f"
"""The last commit before answers said more than labels: before verdicts, elements to hide, fixes."""

_BOUND: Final = 1.1

Run = list[float]
"""Milliseconds per page."""


def main(given: list[str] | None = None) -> int:
    """Run the comparison as the command line says; return the exit status."""
    parser = arguments.parser("benchmarks.against", __doc__, pages=80)
    parser.add_argument("--revision", default=BEFORE, help="the commit to compare with (default: %(default)s)")
    parser.add_argument("--runs", type=positive, default=16, help="processes of each (default: %(default)s)")
    parser.add_argument("--rounds", type=positive, default=3, help="times that each answers (default: %(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file whose marked place is filled")
    options = parser.parse_args(given)
    try:
        chosen = sample(options.corpus, options.pages)
        with _tree(options.revision) as other, tempfile.TemporaryDirectory() as folder:
            for number, page in enumerate(chosen.pages):
                (Path(folder) / f"{number:05}.html").write_text(page.html, encoding="utf-8", errors="replace")
            before, now = _in_turns(other, Path(folder), options.runs, options.rounds)
    except NoPages as error:
        print(f"Nothing to answer: {error}.", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{error}: {(error.stderr or '').strip()[-500:]}", file=sys.stderr)
        return 1
    content = f"{machine.description()}\n\n{chosen.what}, {described(options.revision, before, now)}\n"
    print(content)
    fill_file(options.results, "against", content)
    return 0


def described(revision: str, before: Sequence[Run], now: Sequence[Run]) -> str:
    """Return what came of the runs, which took turns, as a sentence."""
    medians = [(statistics.median(one), statistics.median(other)) for one, other in zip(before, now, strict=True)]
    single = sorted(new / old for old, new in medians)
    pages = [statistics.median(of_page) for of_page in zip(*now, strict=True)]
    earlier = [statistics.median(of_page) for of_page in zip(*before, strict=True)]
    ratio = statistics.median(pages) / statistics.median(earlier)
    each = statistics.median(new / old for old, new in zip(earlier, pages, strict=True))
    verdict = "held" if ratio <= _BOUND else "missed"
    return (
        f"{len(now)} processes of each in turn: a whole answer (p50) takes **{ratio:.2f}** times what it took at "
        f"commit {revision} (bound {_BOUND}: {verdict}), the middle page {each:.2f} times; single pairs of processes "
        f"say {single[0]:.2f} to {single[-1]:.2f}."
    )


def _in_turns(other: Path, folder: Path, runs: int, rounds: int) -> tuple[list[Run], list[Run]]:
    """Return the times of both trees; whatever slows the machine down slows both alike."""
    found: dict[Path, list[Run]] = {other: [], ROOT: []}
    for turn in tqdm(range(runs), desc="against", unit="run", file=sys.stderr):
        for tree in (other, ROOT) if turn % 2 else (ROOT, other):
            found[tree].append(_run(tree, folder, rounds))
    return found[other], found[ROOT]


def _run(tree: Path, folder: Path, rounds: int) -> Run:
    command = [sys.executable, answering.__file__, str(tree), str(folder), str(rounds)]
    times: Run = json.loads(_output(command, tree).splitlines()[-1])
    return times


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(  # noqa: S603 (our own program, and git)
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@contextmanager
def _tree(revision: str) -> Iterator[Path]:
    """Give a folder with the files of another commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _output(["git", "worktree", "add", "--quiet", "--detach", str(tree), revision], ROOT)
        try:
            yield tree
        finally:
            _output(["git", "worktree", "remove", "--force", str(tree)], ROOT)


if __name__ == "__main__":
    sys.exit(main())
