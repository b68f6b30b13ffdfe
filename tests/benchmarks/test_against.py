import subprocess
from pathlib import Path

import pytest

from benchmarks import against
from tests.conftest import ROOT


def test_the_sentence_says_how_the_medians_compare() -> None:
    said = against.described("abc1234", [[10.0, 20.0, 30.0]] * 3, [[10.0, 21.0, 90.0]] * 3)
    assert "takes **1.05** times what it took at commit abc1234 (bound 1.1: held), the middle page 1.05 times" in said
    said = against.described("abc1234", [[10.0, 20.0], [30.0, 60.0]], [[20.0, 40.0], [45.0, 90.0]])
    assert "takes **1.62** times" in said
    assert "missed" in said
    assert "1.50 to 2.00" in said


@pytest.mark.slow
def test_a_commit_is_about_as_fast_as_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("no git work tree here")
    results = tmp_path / "RESULTS.md"
    results.write_text("<!-- against:start -->\n<!-- against:end -->\n")
    options = ["--corpus", str(tmp_path), "--pages", "2", "--runs", "1", "--rounds", "1", "--results", str(results)]
    assert against.main([*options, "--revision", "HEAD"]) == 0
    assert "2 pages of our own" in results.read_text()
    assert "times what it took at commit HEAD" in capsys.readouterr().out
    assert against.main([*options, "--revision", "none-such"]) == 1
    assert "none-such" in capsys.readouterr().err
