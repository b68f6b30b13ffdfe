"""`make gate`: whether the served model keeps its floors, is whole, and was trained on the labels that are here."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from training import floors, trained
from training.corpus import Corpus
from training.floors import Floors
from training.trained import Missing, Trained

_LOOKED_BACK: Final = 50
"""Commits that changed the floors and are compared with; a shallow clone has fewer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the floors or set them; returns the exit code: 1 where one does not hold, 2 where files are missing."""
    parser = argparse.ArgumentParser(
        prog="python -m training.gate",
        description="Check the model that models/CURRENT names against the floors under its figures.",
    )
    parser.add_argument("--corpus", type=Path, default=trained.CORPUS, help="the corpus (default: %(default)s)")
    parser.add_argument("--models", type=Path, default=trained.MODELS, help="(default: %(default)s)")
    parser.add_argument("--floors", type=Path, default=floors.PATH, help="(default: %(default)s)")
    parser.add_argument("--set", action="store_true", help="set the floors anew from the model's figures")
    parser.add_argument("--why", help="with --set: the reason why floors are lowered, where some must be")
    options = parser.parse_args(arguments)
    try:
        model = trained.current(options.models)
        if options.set:
            set_floors(options.floors, model, options.why)
        held = read_floors(options.floors)
    except (Missing, ValueError) as problem:
        print(f"gate: {problem}", file=sys.stderr)
        return 2
    print(table(held, model))
    faults = [*model.damage(), *of_labels(held, model, options.corpus), *of_figures(held, model)]
    faults += of_history(held, options.floors)
    for fault in faults:
        print(f"gate: {fault}", file=sys.stderr)
    print(f"gate: {len(held.floors)} floors, {len(faults)} faults", file=sys.stderr)
    return 1 if faults else 0


def read_floors(path: Path) -> Floors:
    """Return the floors in a file; `Missing` where there are none."""
    if not path.is_file():
        raise Missing(f"there is no {path}: `python -m training.gate --set` writes it")
    try:
        return floors.from_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Missing(f"{path} cannot be read ({error})") from error


def set_floors(path: Path, model: Trained, why: str | None) -> None:
    """Write the floors anew from the model's figures; `ValueError` where some must be lowered and `why` is None."""
    labels = str(model.manifest["trained_on"]["corpus"])
    earlier = read_floors(path) if path.exists() else Floors(labels, {})
    today = datetime.now(UTC).date().isoformat()
    path.write_text(floors.renewed(earlier, model.metrics, labels, today, why).to_json(), encoding="utf-8")


def of_labels(held: Floors, model: Trained, corpus: Path) -> list[str]:
    """Return where floors, model and corpus (if it is here) are not of the same labels."""
    trained_on = str(model.manifest.get("trained_on", {}).get("corpus"))
    faults = []
    if held.labels != trained_on:
        faults.append(
            f"the floors were set on labels {held.labels[:16]}, the model was trained on {trained_on[:16]}: "
            "figures of different labels do not compare; python -m training.gate --set"
        )
    if not (corpus / "index.jsonl").is_file():
        print(f"gate: no corpus in {corpus}, so that its labels are not compared", file=sys.stderr)
    elif (here := Corpus(corpus).digest()) != trained_on:
        faults.append(f"the labels here are {here[:16]}, the model was trained on {trained_on[:16]}: make train")
    return faults


def of_figures(held: Floors, model: Trained) -> list[str]:
    """Return which floors the model's figures do not keep."""
    faults = []
    for figure, floor in sorted(held.floors.items()):
        found = floors.value_of(model.metrics, figure)
        if found is None:
            faults.append(f"{figure}: the model has no such figure, and a floor is set ({floor.said()})")
        elif not floor.holds(found[0]):
            faults.append(f"{figure}: {found[0]:.4f}, and must be {floor.said()}: {floor.why}")
    return faults


def of_history(held: Floors, path: Path) -> list[str]:
    """Return which floors were lowered silently since an earlier commit, as far as git remembers."""
    versions = earlier_versions(path)
    if not versions:
        print(f"gate: git knows no earlier {path.name}, so that nothing is compared with it", file=sys.stderr)
    faults: list[str] = []
    for commit, text in versions:
        try:
            earlier = floors.from_json(text)
        except ValueError:
            continue  # of a form that was given up: there is nothing to compare with
        faults += [f"{fault} (since {commit[:9]})" for fault in floors.lowered_silently(earlier, held)]
    return faults


def earlier_versions(path: Path) -> list[tuple[str, str]]:
    """Return (commit, text) of a file in the commits that changed it, newest first; none where git cannot say."""
    listing = _git(path, "log", f"--max-count={_LOOKED_BACK}", "--format=%H", "--", path.name)
    shown = ((commit, _git(path, "show", f"{commit}:./{path.name}")) for commit in (listing or "").split())
    return [(commit, text) for commit, text in shown if text is not None]


def _git(path: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 (no argument comes from outside)
            ["git", *arguments],  # noqa: S607 (git is found as everywhere else)
            cwd=path.parent,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def table(held: Floors, model: Trained) -> str:
    """Return the floors beside the model's figures, for people."""
    rows = []
    for figure, floor in sorted(held.floors.items()):
        found = floors.value_of(model.metrics, figure)
        value = "  none" if found is None else f"{found[0]:.4f}"
        verdict = "ok" if found is not None and floor.holds(found[0]) else "BELOW" if floor.higher else "ABOVE"
        rows.append(f"{figure:<32} {value}  {floor.said():<16} {verdict}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
