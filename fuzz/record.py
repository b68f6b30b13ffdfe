"""A run's figures as a file, and as the table in SECURITY.md: `python -m fuzz.record` writes the table anew."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from benchmarks import machine
from fuzz import tally
from fuzz.tally import MOST_SECONDS, Tally
from scripts.markers import fill_file, table

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "fuzz" / "RESULTS.json"
SECURITY: Final = ROOT / "SECURITY.md"

_NAMES: Final = {
    "pages": "pages, guided by coverage (atheris)",
    "bodies": "JSON bodies, guided by coverage (atheris)",
    "drawn": "requests to the application, drawn by Hypothesis",
}


def place() -> dict[str, str]:
    """Return where a run runs, and what."""
    return {"machine": machine.description(), "commit": _commit()}


def write(path: Path, where: dict[str, str], parts: dict[str, Tally], seconds: float) -> None:
    """Write what a run has come to so far, by kind of turn, after so many seconds."""
    document = {
        **where,
        "ended": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "hours": round(seconds / 3600, 2),
        "bound_ms": round(1000 * MOST_SECONDS),
        **{kind: part.document() for kind, part in parts.items()},
    }
    tally.write(path, document)


def read(path: Path) -> tuple[dict[str, Tally], float]:
    """Return what a run had come to, by kind of turn, and after how many seconds."""
    document = orjson.loads(path.read_bytes())
    return {kind: Tally.of(document[kind]) for kind in _NAMES}, 3600 * document["hours"]


def keep(path: Path) -> None:
    """Make the figures in `path` the recorded ones."""
    results = orjson.loads(path.read_bytes())
    tally.write(RESULTS, results)
    fill_file(SECURITY, "fuzz", results_table(results))


def results_table(results: dict[str, Any]) -> str:
    """Return the recorded run as Markdown: a row for each kind, and where it ran."""
    rows = []
    for kind, name in _NAMES.items():
        part = results[kind]
        refused = part["inputs"] - part["outcomes"].get("200", 0)
        figures = [part["inputs"], refused, part["crashes"], part["server_errors"], part["slow"]]
        hours = f"{part['processor_seconds'] / 3600:.2f}"
        rows.append([name, *(f"{figure:,}" for figure in figures), f"{part['slowest_ms']:,.0f}", hours])
    head = ["inputs", "number", "refused", "crashes", "5xx", "too slow", "slowest, ms", "hours in the code"]
    total = sum(results[kind]["inputs"] for kind in _NAMES)
    return (
        f"{table(head, rows)}\n{total:,} inputs in one run of {results['hours']} hours, of commit "
        f"`{results['commit']}`, ended {results['ended']}. Too slow is more than "
        f"{results['bound_ms']:,} ms of processor time. {results['machine']}\n"
    )


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (nothing given)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    keep(Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS)
