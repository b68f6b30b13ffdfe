import json

import pytest

from scripts.audit import UNKNOWN, verdict

FLAW = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"], "description": "x"}
SOUND = {"name": "sound", "version": "2.0", "vulns": []}
FLAWED = {"name": "flawed", "version": "1.0", "vulns": [FLAW]}
UNFOUND = {"name": "unfound", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "said"),
    [
        ([SOUND], 0, "1 dependencies looked up, 0 known"),
        ([SOUND, FLAWED], 1, "flawed 1.0: PYSEC-1 (CVE-1), mended in 1.1"),
        (
            [SOUND, UNFOUND],
            UNKNOWN,
            "NOT CHECKED, the vulnerability service does not know them or is not there: unf",
        ),
        ([FLAWED, UNFOUND], 1, "NOT CHECKED"),
    ],
)
def test_findings_and_gaps_are_told_apart(dependencies: list[object], status: int, said: str) -> None:
    found, lines = verdict(json.dumps({"dependencies": dependencies, "fixes": []}), "")
    assert found == status
    assert said in "\n".join(lines)


@pytest.mark.parametrize("report", ["", "{}", "no json"])
def test_without_an_answer_nothing_was_checked(report: str) -> None:
    status, (line,) = verdict(report, "a warning\nERROR: no route to host\n")
    assert status == UNKNOWN
    assert line == "NOTHING WAS CHECKED: the vulnerability service gave no answer. ERROR: no route to host"
    assert verdict(report, "")[0] == UNKNOWN
