"""Look the locked dependencies up among known vulnerabilities: `make audit`. Says plainly when nothing was checked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ("otel.txt", "sbom.txt")  # otel.txt repeats run.txt
UNKNOWN: Final = 2
"""The exit status where a dependency could not be looked up, so that nothing is known of it."""


def verdict(report: str, complaint: str) -> tuple[int, list[str]]:
    """Return the exit status and what to print, from what pip-audit wrote to its output and to its error output."""
    try:
        looked_up: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        said = complaint.strip().splitlines()
        return UNKNOWN, [f"NOTHING WAS CHECKED: the vulnerability service gave no answer. {said[-1] if said else ''}"]
    found = [
        f"{each['name']} {each['version']}: {flaw['id']} ({', '.join(flaw['aliases'])}), mended in "
        f"{', '.join(flaw['fix_versions']) or 'no version yet'}"
        for each in looked_up
        for flaw in each.get("vulns", ())
    ]
    skipped = [each["name"] for each in looked_up if "skip_reason" in each]
    lines = [f"{len(looked_up) - len(skipped)} dependencies looked up, {len(found)} known vulnerabilities.", *found]
    if skipped:
        lines.append(f"NOT CHECKED, the vulnerability service does not know them or is not there: {' '.join(skipped)}")
    return 1 if found else UNKNOWN if skipped else 0, lines


def main() -> int:
    """Look up every lock that the image is built from; return the worst exit status, a finding first."""
    statuses = []
    for lock in LOCKS:
        command = ["pip-audit", "--requirement", f"requirements/{lock}", "--require-hashes", "--disable-pip"]
        options = ["--format", "json", "--progress-spinner", "off"]
        program = [str(Path(sys.executable).with_name(command[0])), *command[1:], *options]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        status, lines = verdict(done.stdout, done.stderr)
        print(f"requirements/{lock}:", *lines, sep="\n  ")
        statuses.append(status)
    return 1 if 1 in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())
